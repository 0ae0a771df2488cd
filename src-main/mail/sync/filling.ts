import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { Sleeper } from './backoff'
import type { FolderList } from './folder-list'
import type { FolderSync } from './folder-sync'
import type { ImapSession } from './imap-session'
import type { SyncConnections } from './sync-connections'
import { pollMs, watchAfterMs } from './sync-timing'

const log = logger('mailbox')

/** Brings in what a mailbox has and is not here yet: the newest first, the rest while a second connection keeps the inbox live. */
export class Filling {
  /**
   * @param stopped true: the mailbox is let go
   * @param attempt does work on one folder; a folder that cannot be had holds up none of the others
   */
  constructor(
    private readonly list: FolderList,
    private readonly connections: Pick<SyncConnections, 'openWatch'>,
    private readonly stopped: () => boolean,
    private readonly attempt: (folder: FolderSync, work: () => Promise<unknown>) => Promise<unknown>,
  ) {}

  /** Inbox first: its newest page is what the window waits for. */
  async firstPages(session: ImapSession): Promise<void> {
    const { inbox } = this.list
    if (!inbox) return
    await this.attempt(inbox, async () => {
      if (inbox.cursor.highUid > 0) await inbox.catchUp(session)
      // New, or its UIDs began anew just now.
      if (inbox.cursor.highUid === 0) await inbox.backfill(session, this.stopped, true)
    })
  }

  /** Fetches what is not here yet. */
  async rest(session: ImapSession): Promise<void> {
    if (this.list.all.every((folder) => folder.cursor.complete)) return
    await this.besideInbox(session, this.list.all, (folder) => folder.backfill(session, this.stopped))
  }

  /** After more is to be kept than before: completes what is here in part. */
  async deepen(session: ImapSession): Promise<void> {
    const folders: FolderSync[] = []
    for (const folder of this.list.all) if ((await folder.partial(1)).length > 0) folders.push(folder)
    if (folders.length > 0) await this.besideInbox(session, folders, (folder) => folder.deepen(session, this.stopped))
  }

  /** Long work on folders, while a second connection keeps the inbox live. */
  private async besideInbox(
    session: ImapSession,
    folders: readonly FolderSync[],
    work: (folder: FolderSync) => Promise<void>,
  ): Promise<void> {
    const filled = new Sleeper()
    let filling = true
    const watching = this.watchInbox(() => filling && !this.stopped() && !session.closed, filled)
    try {
      for (const folder of folders) {
        await this.attempt(folder, () => work(folder))
        if (this.stopped()) return
      }
    } finally {
      filling = false
      filled.wake()
      await watching
    }
  }

  /** Goes without when the server allows no second connection, and tries again now and then. */
  private async watchInbox(wanted: () => boolean, signal: Sleeper): Promise<void> {
    const { inbox } = this.list
    await signal.sleep(watchAfterMs)
    while (inbox && wanted()) {
      try {
        const session = await this.connections.openWatch()
        session.onChange(() => signal.wake())
        session.onClose(() => signal.wake())
        try {
          while (wanted() && !session.closed) {
            await inbox.catchUp(session)
            await signal.sleep(pollMs)
            // Several changes at once come as several lines.
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        } finally {
          // Another one takes its place, also where the server only refused a command.
          await session.close()
        }
      } catch (error) {
        log.info('no second connection', { code: PosternError.from(error).code })
      }
      if (wanted()) await signal.sleep(pollMs)
    }
  }
}
