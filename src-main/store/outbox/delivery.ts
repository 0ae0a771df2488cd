import type { DeliveryReport } from '../../../src-preload/contract/internal'
import type { Delivery } from '../../../src-preload/contract/mail'
import { normalId } from '../../shared/threading'
import type { Reader, Writer } from '../file/database'
import { shownPlaces } from '../mail/places'
import { addressKey } from '../../../src-preload/contract/address'
import type { Workspace } from '../workspace'

/** Keeps what a report says, under the message that it is about. That one may be stored later. @returns whether somebody did not get it */
export function keepReport(
  tx: Writer,
  workspace: Workspace,
  reportMessage: number,
  report: DeliveryReport,
  at: number,
): boolean {
  const sent =
    report.posternId === null
      ? undefined
      : tx.get<{ id: number }>('SELECT id FROM outbox WHERE postern_id = ?', report.posternId)
  const keys = sent
    ? []
    : report.messageIds.flatMap((id) => normalId(id) ?? []).map((id) => workspace.hashes.hash('id', id))
  for (const { address, action, line } of report.recipients) {
    const values = [addressKey(address), reportMessage, action, line, at] as const
    if (sent)
      tx.run(
        'INSERT OR IGNORE INTO delivery_reports(about_key, recipient, report_message, action, line, at) SELECT key_hash, ?, ?, ?, ?, ? FROM outbox WHERE id = ?',
        ...values,
        sent.id,
      )
    for (const key of keys)
      tx.run(
        'INSERT OR IGNORE INTO delivery_reports(about_key, recipient, report_message, action, line, at) VALUES(?, ?, ?, ?, ?, ?)',
        key,
        ...values,
      )
  }
  return report.recipients.some(({ action }) => action === 'failed')
}

/** Recipients that the first server refused while it took the message for the others. */
export function keepRefusals(tx: Writer, outboxId: number, refused: readonly string[], line: string | null): void {
  for (const address of refused) {
    tx.run(
      `INSERT OR REPLACE INTO delivery_reports(about_key, recipient, report_message, action, line, at) SELECT key_hash, ?, 0, 'failed', ?, ? FROM outbox WHERE id = ?`,
      addressKey(address),
      line ?? '',
      Date.now(),
      outboxId,
    )
  }
}

interface Row {
  messageId: number
  recipient: string
  action: string
  line: string
  at: number
}

/** What is known of the team's messages in a conversation: the word of the server that took them, and the last report for each recipient. */
export function deliveriesIn(read: Reader, conversationId: number): Delivery[] {
  const reports = read.all<Row>(
    `SELECT m.id AS messageId, r.recipient, r.action, r.line, r.at FROM messages m JOIN delivery_reports r ON r.about_key = m.key_hash
     WHERE m.conversation_id = ? AND m.direction = 1 ORDER BY r.at`,
    conversationId,
  )
  const accepted = read.all<Row>(
    `SELECT o.sent_message AS messageId, '' AS recipient, 'accepted' AS action, o.server_line AS line, o.settled_at AS at FROM outbox o
     WHERE o.conversation_id = ? AND o.state = 'sent' AND o.sent_message IS NOT NULL AND o.server_line IS NOT NULL AND o.settled_at IS NOT NULL`,
    conversationId,
  )
  const last = new Map([...accepted, ...reports].map((row) => [`${row.messageId} ${row.recipient}`, row]))
  return [...last.values()].map((row) => ({ ...row, action: actions.find((one) => one === row.action) ?? 'failed' }))
}

/**
 * Whether somebody did not get what the team wrote last: the last word about a message is that it failed, and none of ours came after
 * both. A report may come after a later answer, and is news then.
 */
export function isUndelivered(read: Reader, conversationId: number): boolean {
  const ours = `conversation_id = ?1 AND direction = 1 AND place IN ${shownPlaces}`
  return (
    read.get(
      `SELECT 1 FROM messages m CROSS JOIN delivery_reports r ON r.about_key = m.key_hash
       WHERE ${ours} AND r.action = 'failed' AND max(m.date, r.at) >= (SELECT max(date) FROM messages WHERE ${ours})
         AND NOT EXISTS(SELECT 1 FROM delivery_reports l WHERE l.about_key = r.about_key AND l.recipient = r.recipient AND l.at > r.at)`,
      conversationId,
    ) !== undefined
  )
}

/** The conversations of the messages that a report is about, which may lie in others. `news`: one that left from this computer failed. */
export const aboutOf = (read: Reader, reportMessage: number): { id: number; news: number }[] =>
  read.all(
    `SELECT m.conversation_id AS id, max(r.action = 'failed' AND EXISTS(SELECT 1 FROM outbox o WHERE o.key_hash = m.key_hash)) AS news
     FROM delivery_reports r JOIN messages m ON m.key_hash = r.about_key
     WHERE r.report_message = ? AND m.direction = 1 AND m.conversation_id IS NOT NULL GROUP BY m.conversation_id`,
    reportMessage,
  )

const actions: readonly Delivery['action'][] = ['accepted', 'delivered', 'delayed', 'failed']
