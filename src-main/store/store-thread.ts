import type { Worker } from 'node:worker_threads'
import { behind } from '../shared/bytes'
import { logger } from '../shared/log'
import { startThread } from '../shared/nursery'
import { perform, ThreadAnswer, type Hands, type ThreadJob, openHands, closeHands } from './thread-jobs'

const log = logger('store')

/** A thread with nothing to do for so long is ended, ms. */
const idle = 5_000
/** MiB that new objects may take in the thread: it handles words in buffers, and V8 would let 48 stand half empty. */
const nursery = 4

/**
 * The store's thread: writes the search index and copies the journal back, so that no read waits for either. It is
 * started by the first job and ended when there is none for a while.
 */
export class StoreThread {
  private readonly key: Buffer
  private worker: Worker | null = null
  private rest: NodeJS.Timeout | null = null
  private readonly waiting: ((answer: ThreadAnswer) => void)[] = []
  private hands: Hands | null = null
  private stopped = false
  private spare: ArrayBuffer | null = null

  /**
   * @param key 32 bytes; copied
   * @param script of the thread; null: the jobs are done here, for tools and tests
   */
  constructor(
    private readonly dir: string,
    key: Uint8Array,
    readonly script: URL | null,
  ) {
    this.key = Buffer.from(key)
  }

  /** Does one job after the other. Never rejects: what failed is in the answer; `STOPPED` when the thread ended meanwhile. */
  perform(job: ThreadJob): Promise<ThreadAnswer> {
    if (this.stopped) return Promise.resolve({ code: 'STOPPED' })
    if (this.script === null) {
      this.hands ??= openHands(this.dir, this.key)
      return Promise.resolve(perform(this.hands, job))
    }
    if (this.rest) clearTimeout(this.rest)
    this.rest = null
    const worker = this.worker ?? this.start(this.script)
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      worker.postMessage(job, job.kind === 'batch' ? behind(job.text) : [])
    })
  }

  /** A buffer that an earlier batch came in, for the next one: memory that is used again costs no new pages of the system. */
  takeSpare(): ArrayBuffer | null {
    const { spare } = this
    this.spare = null
    return spare
  }

  /** Ends the thread and lets go of its files; the next job starts it anew. */
  end(): void {
    const { worker, hands } = this
    this.worker = null
    this.hands = null
    this.spare = null
    if (this.rest) clearTimeout(this.rest)
    this.rest = null
    if (hands) closeHands(hands)
    void worker?.terminate()
    for (const resolve of this.waiting.splice(0)) resolve({ code: 'STOPPED' })
  }

  stop(): void {
    this.stopped = true
    this.end()
    this.key.fill(0)
  }

  private start(script: URL): Worker {
    const data = { storeDir: this.dir, storeKey: Uint8Array.from(this.key) }
    const worker = startThread(script, data, { maxYoungGenerationSizeMb: nursery })
    worker.on('message', (message: unknown) => {
      if (this.worker !== worker) return
      const answer = ThreadAnswer.parse(message)
      if ('used' in answer) this.spare = behind(answer.used)[0] ?? null
      this.waiting.shift()?.(answer)
      if (this.waiting.length === 0) this.rest ??= setTimeout(() => this.end(), idle).unref()
    })
    worker.on('error', (fault: unknown) => log.warn('the thread failed', { fault }))
    worker.on('exit', () => {
      if (this.worker === worker) this.end()
    })
    this.worker = worker
    return worker
  }
}
