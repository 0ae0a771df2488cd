import { logger } from '../../shared/log'
import { freeDue } from '../mail/free'
import { turnOwnMail } from '../mail/own-mail'
import { finishRemovals } from '../mail/removal'
import type { StoreThread } from '../store-thread'
import type { ThreadAnswer } from '../thread-jobs'
import { breathe, type Workspace } from '../workspace'

const log = logger('store')

/** Quiet time after a commit before upkeep begins, ms. */
const quiet = 400
/** Journal pages that wait to be copied back (16 MiB) before the thread is asked to, and after which mail waits for it. */
const copyPages = 2_000
const mostPages = 6_000
/** Free pages given back to the disk in one go: some milliseconds. */
const shrinkPages = 100
/** Deleted content leaves the journal within a minute (R48). */
const longestJournal = 30_000

/**
 * Work that no commit waits for: emptying the journal, finishing removals, mail of an address that became ours. Done in quiet moments and in pieces of a few
 * milliseconds, so that no call waits for it. The search index has its own (store/search/search-index).
 */
export class Upkeep {
  private timer: NodeJS.Timeout | null = null
  private commits = 0
  private running = false
  private stopped = false
  private journalSince = 0
  private removalDue = true

  private copying: Promise<unknown> | null = null
  private emptying: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly workspace: Workspace,
    private readonly thread: StoreThread,
  ) {
    this.schedule()
  }

  /**
   * Called between two pages of mail: has the journal copied back beside the work when it grew. Resolves at once, unless
   * it is being emptied, or has grown so far that writing must pause for it to begin anew.
   */
  async room(): Promise<void> {
    await this.emptying
    let { pages, copied } = this.workspace.db.journal()
    if (pages - copied > copyPages) void this.copyBack()
    while (pages > mostPages && copied < pages && !this.stopped) {
      const before = copied
      await this.copyBack()
      if (this.stopped) return
      ;({ pages, copied } = this.workspace.db.journal())
      // A full disk, or a reader in the way: the commit will say what there is to say.
      if (copied <= before) return
    }
  }

  private async copyBack(): Promise<void> {
    this.copying ??= this.thread.perform({ kind: 'checkpoint', empty: false }).finally(() => {
      this.copying = null
    })
    await this.copying
  }

  /** By the thread as well: cutting off a long file takes longer than a reader may wait. Who reads goes on; who writes would wait. */
  private async empty(): Promise<ThreadAnswer> {
    const emptying = this.thread.perform({ kind: 'checkpoint', empty: true })
    this.emptying = emptying
    return await emptying
  }

  /** After every commit. */
  committed(): void {
    this.commits++
    if (this.journalSince === 0) this.journalSince = performance.now()
    this.schedule()
  }

  /** Something is to be removed: a mailbox, or what lies beyond a mailbox's depth. */
  removalWaits(): void {
    this.removalDue = true
    this.schedule()
  }

  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
  }

  private schedule(wait = quiet): void {
    if (this.stopped || this.running) return
    if (this.timer) {
      // Under steady load it runs all the same once the journal is old.
      if (this.journalSince !== 0 && performance.now() - this.journalSince > longestJournal) return
      clearTimeout(this.timer)
    }
    this.timer = setTimeout(() => {
      this.timer = null
      void this.run()
    }, wait)
    this.timer.unref()
  }

  private async run(): Promise<void> {
    this.running = true
    const removing = this.removalDue
    let wait = quiet
    try {
      if (removing) {
        this.removalDue = false
        await finishRemovals(this.workspace)
        await freeDue(this.workspace)
        while (!this.stopped && this.workspace.db.shrink(shrinkPages)) await breathe()
      }
      await turnOwnMail(this.workspace, () => this.stopped)
      if (!this.stopped) this.commits = 0
      if (!this.stopped && this.journalSince !== 0) {
        await this.copyBack()
        if (this.stopped) return
        const answer = await this.empty()
        if ('code' in answer) log.warn('the journal was not emptied', { code: answer.code })
        else if (!answer.more) this.journalSince = 0
      }
    } catch (fault) {
      // A full disk or the like: it is tried again later, and the commit itself tells the person.
      log.warn('upkeep failed', { fault })
      this.removalDue ||= removing
      wait = longestJournal
    } finally {
      this.running = false
      // What came meanwhile found it running.
      if (this.removalDue || this.commits > 0 || this.journalSince !== 0) this.schedule(wait)
    }
  }
}
