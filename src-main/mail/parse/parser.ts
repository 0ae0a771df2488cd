import type { Worker } from 'node:worker_threads'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { behind, joined } from '../../shared/bytes'
import { lastCompilerLate } from '../../shared/compiled'
import { logger } from '../../shared/log'
import { startThread } from '../../shared/nursery'
import { isYielding } from '../../shared/yield'
import { unreadableMessage } from './parse-message'
import { messagesOf, ParserAnswer, type ParserJob } from './parse-worker'

const log = logger('parser')

/** A thread that has nothing to do for so long is ended; it starts again within some 50 ms. */
const restMs = 5_000
/** So many times the limit may pass on the clock. */
const idleFactor = 12
/** Parsing makes much that is soon forgotten: a roomy nursery halves the collector's work during a sync. A larger one takes memory and saves no more. */
const limits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 }

/** A buffer for pages that is larger than this is not kept. */
const largestSpare = 8 * 2 ** 20

/** Passes what most mail does: encoded words, two parts, HTML with style and link. */
const example = Buffer.from(
  [
    'From: =?utf-8?Q?An_Example?= <a@example.com>',
    'To: b@example.com',
    'Subject: =?utf-8?B?RXhhbXBsZQ==?=',
    'Date: Thu, 1 Jan 2026 00:00:00 +0000',
    'Message-ID: <1@example.com>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Caf=C3=A9',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p style="color: red">Example <a href="https://example.com/">link</a></p>',
    '--b--',
    '',
  ].join('\r\n'),
)

interface Waiting {
  /** Made when its turn comes: until then there is one copy of its bytes less. */
  job(spare: ArrayBuffer | null): ParserJob
  resolve(answer: ParserAnswer): void
  stuck(reason: StuckReason, index: number): void
  /** The parser is closed: nothing is known of the message. */
  ended(): void
}
type StuckReason = 'takes-too-long' | 'crashed'

/**
 * The parser in a thread of its own: hostile bytes can neither stop nor crash the process. A message that takes longer
 * than the limit, or that kills the thread, comes back as unreadable with its source kept, and the thread is started
 * anew (R24, R25).
 */
export class Parser {
  private readonly queue: Waiting[] = []
  private current: Waiting | null = null
  private spare: ArrayBuffer | null = null
  private worker: Worker | null = null
  private progress = new Int32Array(new SharedArrayBuffer(8))
  private seen = 0
  private seenAt = 0
  /** Processor time of the thread when the message now at work was first looked at; null: not asked yet. */
  private usedBefore: number | null = null
  private watch: NodeJS.Timeout | undefined
  private rest: NodeJS.Timeout | undefined
  private ended = false

  /** `script` is the file that serves as the thread; `limitMs` the longest time for one message. */
  constructor(
    private readonly script: URL,
    private readonly limitMs = 10_000,
  ) {}

  /** Starts the thread while its first work is still on its way, and has it read a message: what code has run once runs faster. */
  warm(): void {
    if (!this.ended && !this.current) this.parse([example]).catch(() => undefined)
  }

  /** Parses in order. Rejects only when the parser is closed: what was under way then comes again, and is not called unreadable. */
  async parse(sources: readonly Uint8Array[]): Promise<ParsedMessage[]> {
    const done: ParsedMessage[] = []
    while (done.length < sources.length) {
      const rest = sources.slice(done.length)
      // The copy goes to the thread; the originals stay here until they are parsed, for when the thread dies.
      const sizes = rest.map((source) => source.byteLength)
      const outcome = await this.run((spare) => ({
        kind: 'page',
        bytes: joined(rest, spare),
        sizes,
        yields: isYielding(),
      }))
      if ('answer' in outcome) {
        if (outcome.answer.kind === 'page') done.push(...messagesOf(outcome.answer))
        continue
      }
      // Everything before the stuck one is parsed again, by itself: it is known to work.
      if (outcome.index > 0) done.push(...(await this.parse(rest.slice(0, outcome.index))))
      const bad = rest[outcome.index]
      if (bad) done.push(unreadableMessage(bad, outcome.reason))
    }
    return done
  }

  /** Bytes of one attachment. Throws `not-found` or `unreadable`. */
  async extract(raw: Uint8Array, index: number): Promise<{ type: string; bytes: Uint8Array }> {
    const outcome = await this.run(() => ({ kind: 'part', bytes: joined([raw]), index }))
    if (!('answer' in outcome)) throw new PosternError('unreadable', outcome.reason)
    if (outcome.answer.kind !== 'part')
      throw new PosternError(outcome.answer.kind === 'failed' ? outcome.answer.code : 'internal', 'part')
    return { type: outcome.answer.type, bytes: outcome.answer.bytes }
  }

  async close(): Promise<void> {
    this.ended = true
    clearInterval(this.watch)
    clearTimeout(this.rest)
    const waiting = [...(this.current ? [this.current] : []), ...this.queue]
    this.current = null
    this.queue.length = 0
    for (const one of waiting) one.ended()
    const { worker } = this
    this.worker = null
    await worker?.terminate()
  }

  private run(job: Waiting['job']): Promise<{ answer: ParserAnswer } | { reason: StuckReason; index: number }> {
    if (this.ended) throw new PosternError('service-stopped')
    return new Promise((resolve, reject) => {
      this.queue.push({
        job,
        resolve: (answer) => resolve({ answer }),
        stuck: (reason, index) => resolve({ reason, index }),
        ended: () => reject(new PosternError('service-stopped')),
      })
      this.next()
    })
  }

  private next(): void {
    if (this.current || this.ended) return
    const next = this.queue.shift()
    if (!next) {
      clearInterval(this.watch)
      this.watch = undefined
      this.rest ??= setTimeout(() => this.sleep(), restMs).unref()
      return
    }
    clearTimeout(this.rest)
    this.rest = undefined
    this.current = next
    this.seen = Atomics.load(this.progress, 0)
    this.seenAt = performance.now()
    this.usedBefore = null
    this.watch ??= setInterval(() => this.look(), Math.min(1_000, this.limitMs / 4))
    const job = next.job(this.spare)
    this.spare = null
    this.thread().postMessage(job, behind(job.bytes))
  }

  private thread(): Worker {
    if (this.worker) return this.worker
    this.progress = new Int32Array(new SharedArrayBuffer(8))
    this.seen = 0
    const worker = startThread(this.script, { parserProgress: this.progress.buffer }, limits)
    worker.on('message', (message: unknown) => {
      const answer = ParserAnswer.safeParse(message)
      const current = this.current
      this.current = null
      // Once the thread has its code in the form in which it is kept.
      lastCompilerLate()
      if (answer.success && answer.data.kind === 'page') this.keep(answer.data.used)
      if (answer.success) current?.resolve(answer.data)
      else current?.stuck('crashed', 0)
      this.next()
    })
    worker.on('error', (error) => log.warn('the parser thread failed', error))
    worker.on('exit', () => {
      if (this.worker === worker) this.restart('crashed')
    })
    this.worker = worker
    return worker
  }

  /** Memory that is used again costs neither new pages of the system nor a collection. */
  private keep(used: Uint8Array): void {
    const [buffer] = behind(used)
    if (buffer && buffer.byteLength <= largestSpare) this.spare = buffer
  }

  /** Gives the memory of an idle thread back. */
  private sleep(): void {
    const { worker } = this
    this.spare = null
    this.worker = null
    this.rest = undefined
    void worker?.terminate()
  }

  private look(): void {
    const begun = Atomics.load(this.progress, 0)
    if (begun !== this.seen) {
      this.seen = begun
      this.seenAt = performance.now()
      this.usedBefore = null
    }
    if (this.current) void this.measure(begun)
  }

  /**
   * What counts is the processor time that a message took: on a busy computer, or over a sleep, the clock runs on while the
   * thread gets nothing. Without any of it the clock decides after all.
   */
  private async measure(begun: number): Promise<void> {
    const { worker } = this
    const { user, system } = (await worker?.cpuUsage().catch(() => ({ user: 0, system: 0 }))) ?? { user: 0, system: 0 }
    if (this.worker !== worker || !this.current || this.seen !== begun || Atomics.load(this.progress, 0) !== begun)
      return
    const used = (user + system) / 1000
    this.usedBefore ??= used
    if (used - this.usedBefore > this.limitMs || performance.now() - this.seenAt > this.limitMs * idleFactor)
      this.restart('takes-too-long')
  }

  private restart(reason: StuckReason): void {
    const { worker, current } = this
    this.worker = null
    this.current = null
    void worker?.terminate()
    log.warn('a message was set aside', { reason })
    current?.stuck(reason, Atomics.load(this.progress, 1))
    this.next()
  }
}
