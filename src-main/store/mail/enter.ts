import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { addressKey } from '../../../src-preload/contract/address'
import { customerOf } from '../conversations/customers'
import { addToMailbox } from '../conversations/summary'
import type { Writer } from '../file/database'
import { aboutOf, keepReport } from '../outbox/delivery'
import { noteArrival } from '../outbox/since'
import { displayName, statusNumber } from '../rows'
import type { Words } from '../search/search-text'
import type { Joined } from '../threads/thread-join'
import { note } from '../threads/threads'
import type { Workspace } from '../workspace'
import type { Batch } from './batch'

/** How a message comes into its conversation: whose mail it is, what lists and search learn of it, what it does to a status. */

interface Entering {
  readonly id: number
  readonly message: ParsedMessage
  readonly date: number
  /** When the server got it. */
  readonly arrived: number
  readonly ours: boolean
  readonly mailboxId: number
  readonly role: FolderRole | null
  readonly backfill: boolean
  /** When the message is stored just now. */
  readonly words?: Words | null
  /** Its conversation was made for it, and has no label and nothing of the outbox. */
  readonly rowIsWritten?: boolean
}

/** The customers whose mail it is; before its conversation, which names one of them. @returns that one; null when there is none */
export function meet(
  tx: Writer,
  workspace: Workspace,
  message: ParsedMessage,
  ours: boolean,
  date: number,
): number | null {
  const others = ours
    ? message.to.filter(({ address }) => !workspace.own.has(addressKey(address))).slice(0, 5)
    : [message.from]
  const [first = null] = others.map((person) => customerOf(tx, person, date, message.autoKind))
  return first
}

/** Mailbox and search index of a stored message of a conversation. */
export function enter(
  tx: Writer,
  workspace: Workspace,
  { conversationId, created, merged, moved }: Joined,
  entering: Entering,
  batch: Batch,
): void {
  const { id, message, date, rowIsWritten = false } = entering
  if (!rowIsWritten) addToMailbox(tx, conversationId, entering.mailboxId)
  batch.index(tx, id, entering.words)
  // Somebody put old mail into the archive, imported perhaps: it is news to nobody.
  const isNews = !entering.backfill && !(entering.role === 'archive' && date < Date.now() - oldMs)
  if (merged.length > 0) {
    if (isNews) note(tx, conversationId, 'merged', '', Date.now())
    for (const gone of merged) batch.touched.delete(gone)
  }
  const failed = message.report ? keepReport(tx, workspace, id, message.report, date) : false
  if (isNews) {
    arriveLive(tx, conversationId, created, failed, entering)
    if (!created) noteArrival(tx, conversationId, id)
  }
  if (rowIsWritten && !isNews && !message.report) tx.changes.changed('conversations', conversationId)
  else batch.touched.add(conversationId)
  for (const id of moved) batch.touched.add(id)
  for (const about of message.report ? aboutOf(tx, id) : []) {
    batch.touched.add(about.id)
    if (isNews && about.news === 1) tx.changes.changed('undelivered', about.id)
  }
  workspace.team.doLater(tx)
}

/** Mail that lies in the archive and is older than this came there by hand. */
const oldMs = 7 * 24 * 3_600_000

/** New mail moves a status: a customer's mail opens; a machine's answer and our own from elsewhere leave it as it is. */
function arriveLive(
  tx: Writer,
  conversationId: number,
  created: boolean,
  failed: boolean,
  { message, ours, role, date, arrived }: Entering,
): void {
  const aside = role === null || role === 'junk' || role === 'trash' || role === 'sent'
  if (!ours && !aside && (message.autoKind === 'none' || message.autoKind === 'notification'))
    tx.changes.changed('arrived', conversationId)
  if (created) {
    // A rule on the server may have filed it: it is new mail all the same.
    if (!ours && !aside)
      tx.run(
        'UPDATE conversations SET status = ?, status_by_person = ? WHERE id = ?',
        statusNumber('open'),
        role === 'inbox' ? 0 : 1,
        conversationId,
      )
    return
  }
  const current = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', conversationId)?.status
  const person = !ours && !aside && message.autoKind !== 'auto-reply' && message.autoKind !== 'bounce'
  // By the server's clock: what its writer's clock dates back, or what was long on its way, was not known when it was put to sleep.
  if (person)
    tx.run(
      'UPDATE conversations SET snoozed_until = NULL WHERE id = ? AND snooze_unless_reply = 1 AND snoozed_until IS NOT NULL AND snoozed_at < ?',
      conversationId,
      arrived,
    )
  const opens =
    (person || (failed && !aside)) && (current === statusNumber('closed') || current === statusNumber('pending'))
  tx.run(
    'UPDATE conversations SET status = ?, status_by_person = 1 WHERE id = ?',
    opens ? statusNumber('open') : (current ?? 0),
    conversationId,
  )
  if (opens && failed) note(tx, conversationId, 'opened', '', date)
  else if (opens) note(tx, conversationId, 'reopened', displayName(message.from.name, message.from.address), date)
}
