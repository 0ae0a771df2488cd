import type { MailboxUse } from '../../../src-preload/contract/calls'
import type { Reader, Writer } from '../file/database'

/** What a mailbox's permission is used for: messages read from the server, messages that it took, moves and marks there. */
export type Use = 'read' | 'sent' | 'acts'

/** Adds to what was used, in the transaction of the use itself. */
export function countUse(tx: Writer, mailboxId: number, what: Use, count: number): void {
  if (count <= 0) return
  const now = Date.now()
  tx.run(
    'INSERT INTO mailbox_use(mailbox_id, what, count, first_at, last_at) VALUES(?1, ?2, ?3, ?4, ?4) ON CONFLICT DO UPDATE SET count = count + ?3, last_at = ?4',
    mailboxId,
    what,
    count,
    now,
  )
}

/** What was used of each mailbox since it was set up here. */
export function usedOf(read: Reader): MailboxUse[] {
  const rows = read.all<{
    id: number
    what: Use | null
    count: number | null
    first_at: number | null
    last_at: number | null
  }>(
    'SELECT m.id, u.what, u.count, u.first_at, u.last_at FROM mailboxes m LEFT JOIN mailbox_use u ON u.mailbox_id = m.id WHERE m.removing = 0 ORDER BY m.id',
  )
  const used = new Map<number, MailboxUse>()
  for (const row of rows) {
    const one = used.get(row.id) ?? { mailboxId: row.id, read: 0, sent: 0, acts: 0, since: null, lastAt: null }
    used.set(row.id, one)
    if (row.what === null) continue
    one[row.what] = row.count ?? 0
    one.since = Math.min(one.since ?? Infinity, row.first_at ?? Infinity)
    one.lastAt = Math.max(one.lastAt ?? 0, row.last_at ?? 0)
  }
  return [...used.values()]
}
