import type { Writer } from './database'
import { place } from './places'
import { markWork } from './summary'

interface Leaving { id: number; state: string; conversation_id: number; draft_id: number | null; sent_message: number | null }

/**
 * The copy of a sent message was met in a folder: it did leave. Settles an item of which that was uncertain, or whose
 * answer was lost; everything else is as it was.
 */
export function settleFound(tx: Writer, outboxId: number, messageId: number): void {
  tx.run('UPDATE outbox SET sent_message = ? WHERE id = ?', messageId, outboxId)
  const item = tx.get<Leaving>('SELECT id, state, conversation_id, draft_id, sent_message FROM outbox WHERE id = ?', outboxId)
  // A failed or held one is a person's to decide; one that waits has not been handed to a server.
  if (item?.state === 'uncertain' || item?.state === 'sending') markSent(tx, item, null)
}

/** It has left: the message is shown instead of the item, the draft goes. The conversation's row is the caller's to renew. */
export function markSent(tx: Writer, item: Leaving, refused: { line: string | null } | null): void {
  tx.run("UPDATE outbox SET state = 'sent', error = ?, error_detail = '{}', server_line = ?, raw = NULL, settled_at = ? WHERE id = ?",
    refused ? 'recipient-refused' : null, refused?.line ?? null, Date.now(), item.id)
  if (item.sent_message !== null) tx.run(`UPDATE messages SET place = ${place.sent} WHERE id = ? AND place = ${place.leaving}`, item.sent_message)
  if (!refused && item.draft_id !== null) {
    tx.run('UPDATE outbox SET draft_id = NULL WHERE id = ?', item.id)
    tx.run('DELETE FROM drafts WHERE id = ?', item.draft_id)
  }
  tx.changes.changed('outbox', item.id)
  markWork(tx, item.conversation_id)
}
