import type { Reader, Writer } from '../file/database'
import { survivorOf } from '../threads/threads'

/** What was typed into a note and not added yet; '' for nothing. */
export function noteDraft(read: Reader, conversationId: number): string {
  return (
    read.get<{ text: string }>(
      'SELECT text FROM note_drafts WHERE conversation_id = ?',
      survivorOf(read, conversationId),
    )?.text ?? ''
  )
}

/** Durable when it returns; an empty text takes it away. */
export function keepNoteDraft(tx: Writer, conversationId: number, text: string): void {
  const id = survivorOf(tx, conversationId)
  if (text.trim() === '') tx.run('DELETE FROM note_drafts WHERE conversation_id = ?', id)
  else
    tx.run(
      'INSERT INTO note_drafts(conversation_id, text, updated_at) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET text = ?2, updated_at = ?3',
      id,
      text,
      Date.now(),
    )
}
