import { logger } from '../shared/log'
import { finishRemovals } from './removal'
import { breathe, type Workspace } from './workspace'

const log = logger('store')

/** Quiet time after a commit before upkeep begins, ms. */
const quiet = 400
/** Index pages written by one step of a merge; about 10 ms. A page of mail writes some 40, so merging keeps ahead. */
const mergePages = 96
/** Commits that each left an index segment, after which merging goes on even while mail comes in. */
const manySegments = 256
/** Deleted content leaves the journal within a minute (R48). */
const longestJournal = 30_000

const merge = "INSERT INTO search(search, rank) VALUES('merge', ?)"

/**
 * Work that no commit waits for: merging the segments of the search index, emptying the journal, finishing removals.
 * Done in quiet moments and in pieces of a few milliseconds, so that no call waits for it.
 */
export class Upkeep {
  private timer: NodeJS.Timeout | null = null
  private commits = 0
  private running = false
  private stopped = false
  private journalSince = 0
  private removalDue = true

  constructor(private readonly workspace: Workspace) {
    this.schedule()
  }

  /** After every commit. */
  committed(): void {
    this.commits++
    if (this.journalSince === 0) this.journalSince = Date.now()
    this.schedule()
  }

  removalWaits(): void {
    this.removalDue = true
    this.schedule()
  }

  /** Called between two pages of a long sync: one step of merging when segments have piled up. */
  betweenPages(): void {
    if (this.commits >= manySegments && !this.mergeStep()) this.commits = 0
  }

  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
  }

  private schedule(): void {
    if (this.stopped || this.running) return
    if (this.timer) {
      // Under steady load it runs all the same once the journal is old.
      if (this.journalSince !== 0 && Date.now() - this.journalSince > longestJournal) return
      clearTimeout(this.timer)
    }
    this.timer = setTimeout(() => {
      this.timer = null
      void this.run()
    }, quiet)
    this.timer.unref()
  }

  private async run(): Promise<void> {
    this.running = true
    try {
      if (this.removalDue) {
        this.removalDue = false
        await finishRemovals(this.workspace)
      }
      if (this.workspace.db.read.get("SELECT 1 FROM meta WHERE key = 'purge'")) await this.purge()
      const before = this.commits
      while (!this.stopped && this.commits === before && this.mergeStep()) await breathe()
      if (!this.stopped && this.commits === before) this.commits = 0
      if (!this.stopped && this.journalSince !== 0) {
        this.workspace.db.checkpoint('TRUNCATE')
        this.journalSince = 0
      }
    } catch (fault) {
      // A full disk or the like: the next commit schedules it anew, and the commit itself tells the person.
      log.warn('upkeep failed', { fault })
    } finally {
      this.running = false
      // Commits that came meanwhile found it running.
      if (this.commits > 0 || this.journalSince !== 0) this.schedule()
    }
  }

  /** Merges the whole index into one segment, in which nothing of a removed message is left. */
  private async purge(): Promise<void> {
    let more = this.workspace.db.upkeep(merge, -mergePages) > 1
    while (!this.stopped && more) {
      await breathe()
      more = this.mergeStep()
    }
    if (!this.stopped) this.workspace.db.write((tx) => tx.run("DELETE FROM meta WHERE key = 'purge'"))
  }

  /** @returns whether there may be more to merge */
  private mergeStep(): boolean {
    return this.workspace.db.upkeep(merge, mergePages) > 1
  }
}
