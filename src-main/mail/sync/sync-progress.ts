import type { StoreForMail } from '../../../src-preload/contract/internal'
import type { PosternError } from '../../../src-preload/contract/errors'
import type { SyncState } from '../../../src-preload/contract/mailboxes'
import type { Rpc } from '../../shared/port-rpc'
import type { FolderState } from './imap-session'

/** Between two reports of a first sync that goes on. */
const reportMs = 400

/** What the window is told of a mailbox: its state, and how far its first sync has come. */
export class SyncProgress {
  private done = 0
  private total = 0
  private reached: number | null = null
  private syncedAt: number | null = null
  private reportedAt = -Infinity
  private timer: NodeJS.Timeout | undefined
  /** Folders that the server names and does not open. */
  private readonly refused = new Set<number>()

  /** `slowed`: whether background work is held back now; `leftOut`: how many folders of the server are not followed. */
  constructor(
    private readonly mailboxId: number,
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private readonly slowed: () => boolean = () => false,
    private readonly leftOut: () => number = () => 0,
  ) {}

  /** The server's counts go into the ledger. Gives the folders that hold another number here. */
  async count(states: ReadonlyMap<number, FolderState>): Promise<ReadonlySet<number>> {
    const counts = [...states].map(([folderId, { exists }]) => ({ folderId, serverCount: exists }))
    const { differing, done } = await this.store.call('folders.counted', { at: Date.now(), counts })
    if (this.syncedAt === null) {
      this.done = done
      this.total = counts.reduce((sum, { serverCount }) => sum + serverCount, 0)
      this.report('syncing')
    }
    return new Set(differing)
  }

  /** `count` more messages are here, the oldest of this date. */
  stored(count: number, oldest: number): void {
    this.done += count
    if (this.syncedAt !== null) return
    this.reached = this.reached === null ? oldest : Math.min(this.reached, oldest)
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined
        if (this.syncedAt === null) this.report('syncing')
      },
      Math.max(0, this.reportedAt + reportMs - performance.now()),
    )
  }

  /** Whether the server opened a folder when it was last asked to. */
  opened(folderId: number, did: boolean): void {
    if (did) this.refused.delete(folderId)
    else this.refused.add(folderId)
  }

  isRefused(folderId: number): boolean {
    return this.refused.has(folderId)
  }

  synced(): void {
    this.syncedAt = Date.now()
    this.report('idle')
  }

  get isSynced(): boolean {
    return this.syncedAt !== null
  }

  /** The connection is gone, or a folder is to be filled: the next count is that of a sync. */
  lost(): void {
    this.syncedAt = null
  }

  /** Tells nothing more on its own. */
  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  report(state: SyncState, failure: PosternError | null = null): void {
    this.reportedAt = performance.now()
    // What came in before would be told as a sync that goes on.
    if (state !== 'syncing') this.stop()
    void this.store
      .call('progress.set', {
        mailboxId: this.mailboxId,
        state,
        error: failure ? { code: failure.code, detail: failure.detail } : null,
        done: this.done,
        total: Math.max(this.total, this.done),
        reached: this.reached,
        syncedAt: this.syncedAt,
        slowed: this.slowed(),
        refused: [...this.refused],
        leftOut: this.leftOut(),
      })
      .catch(() => undefined)
  }
}
