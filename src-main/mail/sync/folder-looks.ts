import type { FolderState } from './imap-session'

/** Without CONDSTORE: how often the newest flags are looked at unasked, and how often all of them. */
const newestFlagsMs = 300_000
const allFlagsMs = 3_600_000
/** How often the UIDs of a folder are compared one by one although the counts agree. */
const everyUidMs = 3_600_000

/** What the server said of one folder at its looks, how much of that is here, and which look is due. */
export class FolderLooks {
  /** What the server said last. */
  private last: FolderState | null = null
  /** What it had said when all of that was here; null: not known. */
  private here: FolderState | null = null
  /** Of `performance.now()`, which nobody sets back. */
  private newestFlagsAt = -Infinity
  private allFlagsAt = -Infinity
  private everyUidAt = -Infinity

  get said(): FolderState | null {
    return this.last
  }

  get allFlagsDue(): boolean {
    return performance.now() - this.allFlagsAt > allFlagsMs
  }

  get everyUidDue(): boolean {
    return performance.now() - this.everyUidAt > everyUidMs
  }

  /** The folder was opened. A look by NOOP says less than SELECT and STATUS do. */
  opened(state: FolderState): void {
    if (state.uidNext !== null) this.last = { ...state, unseen: this.last?.unseen ?? null }
  }

  /** STATUS says something that what is here cannot be counted by. */
  notice(state: FolderState): void {
    this.last = state
    this.here = null
  }

  /** What was `said` before is here now. What was forgotten meanwhile stays forgotten. */
  caughtUp(said: FolderState | null): void {
    if (this.last !== null) this.here = said
  }

  /** What STATUS said, which also counts the unread, is here. */
  followed(state: FolderState): void {
    if (this.here !== null) this.here = { ...state, modSeq: this.here.modSeq ?? state.modSeq }
  }

  forget(): void {
    this.last = null
    this.here = null
  }

  readFlags(all: boolean): void {
    this.newestFlagsAt = performance.now()
    if (all) this.allFlagsAt = performance.now()
  }

  comparedUids(): void {
    this.everyUidAt = performance.now()
  }

  /** true: STATUS shows nothing that is not here, and nothing is due. */
  unchanged(state: FolderState): boolean {
    const { here } = this
    if (
      here === null ||
      state.uidValidity !== here.uidValidity ||
      state.uidNext !== here.uidNext ||
      state.exists !== here.exists ||
      this.everyUidDue
    )
      return false
    if (state.modSeq !== null) return state.modSeq === here.modSeq
    // Read or unread elsewhere shows in a count, on a server that has nothing better.
    return (
      (here.unseen === null || state.unseen === here.unseen) && performance.now() - this.newestFlagsAt < newestFlagsMs
    )
  }
}
