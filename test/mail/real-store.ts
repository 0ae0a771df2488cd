/** The sync on a real, encrypted store in this process: what the two processes do together, without Electron between. */
import type { Mailbox } from '../../src-preload/contract/mailboxes'
import { Backoff } from '../../src-main/mail/sync/backoff'
import { MailboxSync } from '../../src-main/mail/sync/mailbox-sync'
import { Harness } from '../store/helpers'
import { inlineParser, mailboxAt, serverAt, user, waitFor } from './harness'

export class RealStore {
  constructor(
    readonly harness: Harness,
    readonly mailbox: Mailbox,
  ) {}

  /** A new store with one mailbox on a server at `port`. */
  static async make(port: number): Promise<RealStore> {
    const harness = await Harness.make()
    const { id: _id, paused: _paused, ...settings } = mailboxAt(serverAt(port))
    const { id } = await harness.app.call('mailbox.create', { settings })
    return new RealStore(harness, { ...settings, id, paused: false })
  }

  private running: MailboxSync | null = null

  /** As the store does when a person has acted. */
  wakeActs(): void {
    this.running?.actsWaiting()
  }

  get db(): Harness['db'] {
    return this.harness.db
  }

  /** Starts the sync; tries follow each other fast. */
  follow(): MailboxSync {
    const app = { call: async () => ({ user: user.name, password: user.password }) as never }
    const sync = new MailboxSync(
      this.mailbox,
      { store: this.harness.mail, app, parser: inlineParser },
      () => undefined,
      new Backoff(10, 50),
    )
    sync.start()
    this.running = sync
    return sync
  }

  state(): string | undefined {
    return this.harness.service.open.board.status(this.db.read).mailboxes[0]?.state
  }

  async untilIdle(ms = 60_000): Promise<void> {
    await waitFor(() => this.state() === 'idle', { ms, what: () => `idle (${this.state()})` })
  }

  /**
   * Everything that a person or a later sync can see of the mail, without row ids: places and flags, conversations by
   * their messages, statuses, customers, counts.
   */
  digest(): unknown {
    const rows = (sql: string): unknown[] => this.db.read.all(sql)
    return {
      places: rows(
        'SELECT f.path, l.uid, l.flags, m.message_id, m.subject, m.place, m.seen, hex(m.content_hash) AS content FROM locations l JOIN folders f ON f.id = l.folder_id JOIN messages m ON m.id = l.message_id ORDER BY f.path, l.uid',
      ),
      folders: rows(
        'SELECT path, role, uid_validity, high_uid, low_uid, complete, server_count, local_count, missing FROM folders ORDER BY path',
      ),
      conversations:
        rows(`SELECT c.subject, c.status, c.hidden, c.unread, c.last_at, c.message_count, c.people, c.snippet, k.name AS customer,
        (SELECT group_concat(message_id, ' ') FROM (SELECT message_id FROM messages WHERE conversation_id = c.id ORDER BY message_id)) AS messages
        FROM conversations c LEFT JOIN customers k ON k.id = c.customer_id WHERE c.merged_into IS NULL AND c.message_count > 0 ORDER BY messages`),
      counts: rows(
        'SELECT mailbox_id, status, total, unread FROM view_counts WHERE total > 0 ORDER BY mailbox_id, status',
      ),
      customers: rows('SELECT address, name FROM customer_addresses ORDER BY address'),
      integrity: rows('PRAGMA integrity_check'),
    }
  }

  async close(): Promise<void> {
    await this.harness.stop()
  }
}
