import type { Writer } from '../file/database'
import { parseTexts } from '../rows'
import type { Workspace } from '../workspace'
import { keepRefusals } from './delivery'
import { reopen } from './outbox-effects'
import { dropBytes, outboxRow } from './outbox-rows'
import { place } from '../mail/places'
import { markWork } from '../conversations/summary'

interface Leaving {
  id: number
  state: string
  conversation_id: number
  draft_id: number | null
  sent_message: number | null
}

/**
 * The copy of a sent message was met in a folder: it did leave. Settles an item of which that was uncertain; everything else is as it
 * was. One whose try is under way waits for its end, which alone tells whom the server refused or put off.
 */
export function settleFound(
  tx: Writer,
  workspace: Workspace,
  outboxId: number,
  messageId: number,
  inSent: boolean,
): void {
  tx.run('UPDATE outbox SET sent_message = ? WHERE id = ?', messageId, outboxId)
  // Its copy needs not be filed any more.
  if (inSent && tx.get('SELECT 1 FROM outbox WHERE id = ? AND copy = 1', outboxId)) dropBytes(tx, outboxId)
  const item = outboxRow(tx, outboxId)
  // A failed or held one is a person's to decide; one that waits has not been handed to a server.
  if (item.state !== 'uncertain') return
  // One that goes to its recipients in several tries shows nothing about the others.
  if (item.recipients_left !== null || item.envelope !== null) return
  const refused = parseTexts(item.refused)
  markSent(tx, item, { refused, line: item.server_line })
  if (inSent) dropBytes(tx, outboxId)
  if (refused.length === 0) return
  reopen(tx, workspace, item)
  tx.changes.changed('undelivered', item.conversation_id)
}

/**
 * It has left: the message is shown instead of the item, the draft goes. Its bytes stay until their copy lies in Sent.
 * The conversation's row is the caller's to renew.
 */
export function markSent(
  tx: Writer,
  item: Leaving,
  { refused, line }: { refused: readonly string[]; line: string | null },
): void {
  tx.run(
    "UPDATE outbox SET state = 'sent', error = NULL, error_detail = '{}', server_line = ?, refused = ?, recipients_left = NULL, copy = EXISTS(SELECT 1 FROM outbox_raw WHERE outbox_id = outbox.id), settled_at = ? WHERE id = ?",
    line,
    JSON.stringify(refused),
    Date.now(),
    item.id,
  )
  keepRefusals(tx, item.id, refused, line)
  if (item.sent_message !== null)
    tx.run(`UPDATE messages SET place = ${place.sent} WHERE id = ? AND place = ${place.leaving}`, item.sent_message)
  if (item.draft_id !== null) {
    tx.run('UPDATE outbox SET draft_id = NULL WHERE id = ?', item.id)
    tx.run('DELETE FROM drafts WHERE id = ?', item.draft_id)
  }
  tx.changes.changed('outbox', item.id)
  markWork(tx, item.conversation_id)
}
