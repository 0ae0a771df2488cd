import { logger } from '../../shared/log'
import { IndexFile } from './index-file'
import { handOver } from './index-text'
import type { Words } from './search-text'
import type { StoreThread } from '../store-thread'
import { codeOf } from '../thread-jobs'
import { breathe, type Workspace } from '../workspace'

const log = logger('search')

/** A batch is one segment of the index. Larger ones make it smaller and faster, and new mail later to be found. */
const batchMessages = 1000
/** A batch waits so long for more after each commit, and so long in all, ms. */
const gather = 120
const longestGather = 1_500
/** Without a batch for so long, segments are merged and the journal is emptied, ms. */
const quiet = 2_000
/** Messages that wait for the index; beyond this whoever brings mail waits, so that it is not far behind when a first sync ends. */
const mostWaiting = 2_500
/** Bytes of text that wait for the thread at most; of messages beyond it reads what is stored. */
const mostHeld = 8 * 2 ** 20
/** After a failure (a full disk), ms. */
const pause = 15_000
/**
 * Keeps the search index equal to the messages, behind the commits: a message that changed is noted in `index_queue`
 * in its own transaction, the thread that writes the index is handed its words or reads them, and once they are on the disk
 * the note is taken away. After a crash the notes are still there. An index that is missing, damaged or of another database is made anew.
 */
export class SearchIndex {
  private readonly key: Buffer
  private reading: IndexFile | null = null
  private readonly queue = new Map<number, Words | null>()
  private held = 0
  /** Messages of the batch that is being written. */
  private underWay = 0
  /** While the index is made anew: the messages below this id are still to come. */
  private walk: number | null = null
  private walkLeft = 0
  private busy = false
  private stopped = false
  private timer: NodeJS.Timeout | null = null
  private due = 0
  /** Of `performance.now()`, as `pausedUntil`: a clock that is set back must not keep what was deleted in the index (R48). */
  private lastBatch = -Infinity
  /** Set by a step that wants to be called again after so many ms. */
  private tidyIn: number | null = null
  private mergeDue = false
  private pausedUntil = 0
  private roomWanted: (() => void)[] = []

  /**
   * @param key 32 bytes; copied
   * @param thread writes the index
   * @param caughtUp told when nothing waits any more
   */
  constructor(
    private readonly workspace: Workspace,
    private readonly dir: string,
    key: Uint8Array,
    private readonly thread: StoreThread,
    private readonly caughtUp: () => void = () => undefined,
  ) {
    this.key = Buffer.from(key)
    this.openFile()
    for (const { message_id: id } of workspace.db.read.iterate<{ message_id: number }>(
      'SELECT message_id FROM index_queue',
    ))
      this.queue.set(id, null)
    // Also what an earlier run removed may still have to leave the index.
    this.schedule()
  }

  /** Messages whose words cannot be found yet. */
  get waiting(): number {
    return this.queue.size + this.underWay + this.walkLeft
  }

  /** Messages that a commit changed, with their words when those came along. */
  committed(changed: ReadonlyMap<number, Words | null>): void {
    if (changed.size === 0 || this.stopped) return
    for (const [id, words] of changed) {
      this.held -= sizeOf(this.queue.get(id))
      const kept = this.held + sizeOf(words) > mostHeld ? null : words
      this.held += sizeOf(kept)
      this.queue.set(id, kept)
    }
    this.schedule()
  }

  /** Resolves once there is room for more. */
  async room(): Promise<void> {
    while (
      !this.stopped &&
      (this.thread.script === null ? this.waiting > 0 : this.queue.size > mostWaiting) &&
      !this.paused
    ) {
      await new Promise<void>((resolve) => this.roomWanted.push(resolve))
    }
  }

  /** Ids of messages, newest first. An expression that the index does not take has no matches. */
  *matches(expression: string): Generator<number> {
    try {
      for (const { rowid } of this.reading?.matches(expression) ?? []) yield rowid
    } catch (fault) {
      const code = codeOf(fault)
      if (code === 'UNKNOWN') throw fault
      // A tokenizer of another Unicode version may split a word that we take for one; then there is no such word to find.
      if (code !== 'SQLITE_ERROR') this.failed(code)
    }
  }

  /** Ends the work; what is not in the index yet stays noted. */
  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
    this.reading?.close()
    this.reading = null
    this.key.fill(0)
    this.wakeWaiting()
  }

  /** @returns false: there is no room to make it anew; nothing is found until that was tried again */
  private openFile(): boolean {
    const all = 'SELECT count(*) AS n FROM messages'
    try {
      this.reading = this.openOrMake()
      if (this.meta('index_id') !== this.reading.id) this.beginAnew(this.reading.id)
      const walk = this.meta('index_walk')
      this.walk = walk === undefined ? null : Number(walk)
      this.walkLeft = this.walk === null ? 0 : this.countOf(`${all} WHERE id < ?`, this.walk)
      return true
    } catch (fault) {
      log.warn('the search index cannot be made', { code: codeOf(fault) })
      this.reading?.close()
      this.reading = null
      this.walkLeft = this.countOf(all)
      this.pausedUntil = performance.now() + pause
      return false
    }
  }

  private openOrMake(): IndexFile {
    try {
      return IndexFile.open(this.dir, this.key, true)
    } catch (fault) {
      log.warn('the search index cannot be read and is made anew', { code: codeOf(fault) })
      IndexFile.remove(this.dir)
      return IndexFile.open(this.dir, this.key, true)
    }
  }

  private meta(key: string): string | undefined {
    return this.workspace.db.read.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value
  }

  private countOf(sql: string, ...params: number[]): number {
    return this.workspace.db.read.get<{ n: number }>(sql, ...params)?.n ?? 0
  }

  private beginAnew(id: string): void {
    this.workspace.db.write((tx) => {
      tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES('index_id', ?)", id)
      const last = tx.get<{ id: number | null }>('SELECT max(id) AS id FROM messages')?.id ?? null
      if (last === null) tx.run("DELETE FROM meta WHERE key = 'index_walk'")
      else tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES('index_walk', ?)", String(last + 1))
    })
  }

  private get paused(): boolean {
    return this.pausedUntil > performance.now()
  }

  private schedule(wait = 0): void {
    if (this.stopped || this.busy) return
    const due = Math.max(performance.now() + wait, this.pausedUntil)
    if (this.timer) {
      if (this.due <= due) return
      clearTimeout(this.timer)
    }
    this.due = due
    this.timer = setTimeout(
      () => {
        this.timer = null
        void this.run()
      },
      Math.max(0, due - performance.now()),
    )
    if (this.thread.script !== null) this.timer.unref()
  }

  private async run(): Promise<void> {
    this.busy = true
    try {
      while (!this.stopped && (await this.step())) await breathe()
    } catch (fault) {
      log.error('indexing failed', { fault })
      this.pausedUntil = performance.now() + pause
    } finally {
      this.busy = false
      this.wakeWaiting()
      if (this.waiting > 0 || this.reading === null) this.schedule()
      else if (this.tidyIn !== null) this.schedule(this.tidyIn)
      this.tidyIn = null
    }
  }

  /** @returns whether more is to be done at once */
  private async step(): Promise<boolean> {
    if (this.reading === null && !this.openFile()) return false
    if (this.queue.size > 0) {
      await this.gathered()
      return await this.indexQueue()
    }
    if (this.walk !== null) return await this.indexWalk()
    return await this.tidy()
  }

  private async indexQueue(): Promise<boolean> {
    const taken = [...this.queue].slice(0, batchMessages)
    for (const [id, words] of taken) {
      this.queue.delete(id)
      this.held -= sizeOf(words)
    }
    this.underWay = taken.length
    const written = await this.write(taken)
    this.underWay = 0
    if (!written) {
      for (const [id] of taken) if (!this.queue.has(id)) this.queue.set(id, null)
      return false
    }
    this.workspace.db.write((tx) => {
      // Looked at in here: what a page under way had changed was committed just now, and is in the queue again.
      const done = taken.flatMap(([id]) => (this.queue.has(id) ? [] : [id]))
      tx.run('DELETE FROM index_queue WHERE message_id IN (SELECT value FROM json_each(?))', JSON.stringify(done))
    }, 'normal')
    this.mergeDue = true
    this.lastBatch = performance.now()
    this.wakeWaiting()
    if (this.waiting === 0) this.caughtUp()
    return true
  }

  /** Waits until no more messages come, or there are enough for a batch. */
  private async gathered(): Promise<void> {
    if (this.thread.script === null) return
    const begun = performance.now()
    let before = 0
    while (
      !this.stopped &&
      this.queue.size > before &&
      this.queue.size < batchMessages &&
      performance.now() - begun < longestGather
    ) {
      before = this.queue.size
      await new Promise((resolve) => {
        setTimeout(resolve, gather)
      })
    }
  }

  private async indexWalk(): Promise<boolean> {
    const { walk } = this
    if (walk === null) return false
    const ids = this.workspace.db.read
      .all<{ id: number }>('SELECT id FROM messages WHERE id < ? ORDER BY id DESC LIMIT ?', walk, batchMessages / 2)
      .map(({ id }) => id)
    if (ids.length > 0 && !(await this.write(ids.map((id) => [id, null])))) return false
    const last = ids.at(-1) ?? null
    this.walk = last
    this.walkLeft = last === null ? 0 : Math.max(0, this.walkLeft - ids.length)
    if (last === null) this.note("DELETE FROM meta WHERE key = 'index_walk'")
    else this.note("INSERT OR REPLACE INTO meta(key, value) VALUES('index_walk', ?)", String(last))
    this.mergeDue = true
    if (this.waiting === 0) {
      log.info('the search index is whole again')
      this.caughtUp()
    }
    return true
  }

  /** With nothing else to do: merges segments, rids the index of what was removed, empties the journal. */
  private async tidy(): Promise<boolean> {
    const purge = this.workspace.db.read.get("SELECT 1 FROM meta WHERE key = 'purge'") !== undefined
    if (!purge && !this.mergeDue) return false
    const wait = this.lastBatch + quiet - performance.now()
    if (wait > 0 && this.thread.script !== null) {
      this.tidyIn = wait
      return false
    }
    let answer = await this.thread.perform(purge ? { kind: 'purge', begin: true } : { kind: 'merge' })
    while (!this.stopped && 'more' in answer && answer.more && this.queue.size === 0)
      answer = await this.thread.perform(purge ? { kind: 'purge', begin: false } : { kind: 'merge' })
    if ('code' in answer) {
      this.failed(answer.code)
      return false
    }
    if (this.stopped || answer.more) return !this.stopped
    const rested = await this.thread.perform({ kind: 'rest' })
    if ('code' in rested) {
      // Somebody reads just now: a moment later it works.
      this.tidyIn = 1_000
      return false
    }
    this.mergeDue = false
    if (purge && this.queue.size === 0) this.note("DELETE FROM meta WHERE key = 'purge'")
    return this.queue.size > 0
  }

  /** @returns whether the index holds these messages as they are now */
  private async write(batch: readonly (readonly [id: number, words: Words | null])[]): Promise<boolean> {
    const handed = await handOver(batch, breathe, this.thread.takeSpare())
    if (this.stopped) return false
    const answer = await this.thread.perform({ kind: 'batch', ...handed })
    if ('code' in answer) {
      this.failed(answer.code)
      return false
    }
    if (answer.unreadable) log.warn('the words of some messages cannot be read', { count: answer.unreadable })
    return true
  }

  /** Damage: the index is made anew. Anything else (a full disk): it is tried again later. */
  private failed(code: string): void {
    if (this.stopped) return
    log.warn('the search index failed', { code })
    if (!code.startsWith('SQLITE_CORRUPT') && code !== 'SQLITE_NOTADB') {
      this.pausedUntil = performance.now() + pause
      this.tidyIn = pause
      this.schedule()
      return
    }
    this.thread.end()
    this.reading?.close()
    this.reading = null
    IndexFile.remove(this.dir)
    this.openFile()
    this.schedule()
  }

  /** What a power cut takes back is only done once more. */
  private note(sql: string, ...params: string[]): void {
    this.workspace.db.write((tx) => tx.run(sql, ...params), 'normal')
  }

  private wakeWaiting(): void {
    const waiting = this.roomWanted
    this.roomWanted = []
    for (const resolve of waiting) resolve()
  }
}

const sizeOf = (words: Words | null | undefined): number => words?.text.byteLength ?? 0
