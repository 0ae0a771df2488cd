import type { Since } from '../../../src-preload/contract/mail'
import type { Reader, Writer } from '../file/database'
import { shownPlaces } from '../mail/places'

interface SinceRow {
  id: number
  direction: number
  from_name: string
  from_address: string
  date: number
  snippet: string
}

/**
 * What came into the conversation of an answer since it was begun: mail from outside, and answers of colleagues that
 * were met in a folder. Not what left from here, which its writer knows of, and no machine's word (RFC 3834).
 */
export function sinceOf(read: Reader, draftId: number): Since[] {
  const draft = read.get<{ conversation_id: number | null; basis: number; kind: string }>(
    'SELECT conversation_id, basis, kind FROM drafts WHERE id = ?',
    draftId,
  )
  if (!draft || draft.conversation_id === null || (draft.kind !== 'reply' && draft.kind !== 'reply-all')) return []
  return read
    .all<SinceRow>(
      `SELECT id, direction, from_name, from_address, date, snippet FROM messages m
     WHERE conversation_id = ? AND place IN ${shownPlaces} AND auto_kind NOT IN ('auto-reply', 'bounce')
       AND (id > ? OR id IN (SELECT message_id FROM draft_news WHERE draft_id = ?))
       AND NOT EXISTS(SELECT 1 FROM outbox WHERE sent_message = m.id) ORDER BY date, id`,
      draft.conversation_id,
      draft.basis,
      draftId,
    )
    .map((row) => ({
      messageId: row.id,
      direction: row.direction === 1 ? 'out' : 'in',
      from: { name: row.from_name, address: row.from_address },
      at: row.date,
      snippet: row.snippet,
    }))
}

/** Remembers a message that came in while answers were being written or waited, also one whose date lies before theirs. */
export function noteArrival(tx: Writer, conversationId: number, messageId: number): void {
  for (const { id } of tx.all<{ id: number }>(
    "SELECT id FROM drafts WHERE conversation_id = ? AND state <> 'discarded' AND kind IN ('reply', 'reply-all')",
    conversationId,
  )) {
    tx.run('INSERT OR IGNORE INTO draft_news(draft_id, message_id) VALUES(?, ?)', id, messageId)
    tx.changes.changed('drafts', id)
  }
}

/** Newest message of a conversation, for a draft that is begun. */
export function basisOf(read: Reader, conversationId: number | null): number {
  return (
    read.get<{ id: number | null }>('SELECT max(id) AS id FROM messages WHERE conversation_id = ?', conversationId)
      ?.id ?? 0
  )
}

/** A person has seen what came in and still means the answer: from here on only newer mail counts. */
export function rebase(tx: Writer, draftId: number): void {
  const conversationId =
    tx.get<{ conversation_id: number | null }>('SELECT conversation_id FROM drafts WHERE id = ?', draftId)
      ?.conversation_id ?? null
  tx.run('UPDATE drafts SET basis = max(basis, ?) WHERE id = ?', basisOf(tx, conversationId), draftId)
  tx.run('DELETE FROM draft_news WHERE draft_id = ?', draftId)
  tx.changes.changed('drafts', draftId)
  if (conversationId !== null) tx.changes.changed('conversations', conversationId)
}
