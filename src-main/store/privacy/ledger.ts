import type { LedgerRow, NetworkContact } from '../../../src-preload/contract/network'
import { NetworkUse } from '../../../src-preload/contract/network'
import type { Reader, Writer } from '../file/database'
import { allMailboxes } from '../mail/mailboxes'

const dayMs = 86_400_000
/** Rows a day; past that, contacts of a day are added up under one line for their use, so that nobody can fill the disk. */
const mostRowsADay = 2000

/** Adds contacts to the ledger of their day (UTC). */
export function recordContacts(tx: Writer, contacts: readonly NetworkContact[]): void {
  const rowsOf = new Map<number, number>()
  for (const contact of contacts) {
    const day = Math.floor(contact.at / dayMs)
    const rows =
      rowsOf.get(day) ?? tx.get<{ n: number }>('SELECT count(*) AS n FROM network_ledger WHERE day = ?', day)?.n ?? 0
    const key = [
      contact.host,
      contact.port,
      contact.use,
      contact.mailboxId ?? 0,
      contact.address,
      Number(contact.expected),
    ] as const
    const known = tx.get(
      'SELECT 1 FROM network_ledger WHERE day = ? AND host = ? AND port = ? AND use = ? AND mailbox_id = ? AND address = ? AND expected = ?',
      day,
      ...key,
    )
    const full = !known && rows >= mostRowsADay
    rowsOf.set(day, rows + Number(!known && !full))
    const [host, port, use, mailbox, address, expected] = full
      ? ['*', 0, contact.use, contact.mailboxId ?? 0, '', Number(contact.expected)]
      : key
    tx.run(
      `INSERT INTO network_ledger(day, host, port, use, mailbox_id, address, expected, begun, blocked, failed, sent, received, first_at, last_at, result)
       VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, ?14)
       ON CONFLICT DO UPDATE SET begun = begun + ?8, blocked = blocked + ?9, failed = failed + ?10, sent = sent + ?11, received = received + ?12,
         first_at = min(first_at, ?13), last_at = max(last_at, ?13), result = ?14`,
      day,
      host,
      port,
      use,
      mailbox,
      address,
      expected,
      contact.begun,
      contact.blocked,
      contact.failed,
      contact.sent,
      contact.received,
      contact.at,
      contact.result,
    )
  }
  tx.changes.touched('ledger')
}

interface Row {
  host: string
  port: number
  use: string
  mailbox_id: number
  addresses: string
  expected: number
  begun: number
  blocked: number
  failed: number
  sent: number
  received: number
  first_at: number
  last_at: number
  result: string | null
}

/** The ledger, newest contact first; `days` counts today. What goes to a server of no mailbox is called `gone` or `unexpected`. */
export function listLedger(
  read: Reader,
  days: number | null,
  now: number = Date.now(),
): { rows: LedgerRow[]; since: number | null } {
  const from = days === null ? 0 : Math.floor(now / dayMs) - days + 1
  const mailboxes = new Map(allMailboxes(read).map((mailbox) => [mailbox.id, mailbox]))
  const rows = read.all<Row>(
    // The result is the one of the row with the greatest last_at (a bare column beside a single max()); so the first time is asked
    // beside it, once for all: looked for by each line, it would read the whole ledger as often as there are lines.
    `SELECT * FROM (
       SELECT host, port, use, mailbox_id, group_concat(DISTINCT nullif(address, '')) AS addresses, expected, sum(begun) AS begun, sum(blocked) AS blocked,
         sum(failed) AS failed, sum(sent) AS sent, sum(received) AS received, max(last_at) AS last_at, result
       FROM network_ledger WHERE day >= ?1 GROUP BY host, port, use, mailbox_id, expected
     ) JOIN (
       SELECT host, port, use, mailbox_id, min(first_at) AS first_at, expected FROM network_ledger WHERE day >= ?1
       GROUP BY host, port, use, mailbox_id, expected
     ) USING (host, port, use, mailbox_id, expected) ORDER BY last_at DESC, host`,
    from,
  )
  const since =
    read.get<{ at: number | null }>('SELECT min(first_at) AS at FROM network_ledger WHERE day >= ?', from)?.at ?? null
  return {
    since,
    rows: rows.map((row) => {
      const mailbox = row.mailbox_id === 0 ? undefined : mailboxes.get(row.mailbox_id)
      const server = row.use === 'fetch-mail' ? mailbox?.imap : row.use === 'send-mail' ? mailbox?.smtp : undefined
      const isMail = row.use === 'fetch-mail' || row.use === 'send-mail'
      return {
        host: row.host,
        port: row.port,
        addresses: row.addresses ? row.addresses.split(',') : [],
        use: NetworkUse.catch('unknown').parse(row.use),
        mailboxId: row.mailbox_id === 0 ? null : row.mailbox_id,
        mailboxName: mailbox?.name ?? null,
        begun: row.begun,
        blocked: row.blocked,
        failed: row.failed,
        sent: row.sent,
        received: row.received,
        firstAt: row.first_at,
        lastAt: row.last_at,
        result: row.result,
        verdict:
          row.expected === 0
            ? 'unexpected'
            : isMail && server?.host.toLowerCase() !== row.host.toLowerCase()
              ? 'gone'
              : 'expected',
      }
    }),
  }
}

/** The whole ledger as JSON Lines, oldest day first: what an auditor gets. */
export function exportLedger(read: Reader): string {
  return read
    .all<Row & { day: number; address: string }>('SELECT * FROM network_ledger ORDER BY day, first_at, host')
    .map((row) =>
      JSON.stringify({
        day: new Date(row.day * dayMs).toISOString().slice(0, 10),
        host: row.host,
        port: row.port,
        address: row.address,
        use: row.use,
        mailbox: row.mailbox_id === 0 ? null : row.mailbox_id,
        expected: row.expected === 1,
        begun: row.begun,
        blocked: row.blocked,
        failed: row.failed,
        sent: row.sent,
        received: row.received,
        first: new Date(row.first_at).toISOString(),
        last: new Date(row.last_at).toISOString(),
        result: row.result,
      }),
    )
    .join('\n')
}
