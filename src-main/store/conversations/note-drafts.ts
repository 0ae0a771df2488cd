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

/**
 * What is kept here besides what whoever writes knows of: words that came with another conversation.
 * @param over what they last had from here or gave, any of it
 */
function others(kept: string, over: readonly string[]): string {
  if (over.includes(kept)) return ''
  const all = `\n\n${kept}\n\n`
  const own = over
    .filter((text) => text.trim() !== '' && all.includes(`\n\n${text}\n\n`))
    .toSorted((a, b) => b.length - a.length)[0]
  return (own === undefined ? all : all.replace(`\n\n${own}\n\n`, () => '\n\n')).trim()
}

/** As `keepNoteDraft`, but words that its writer has not seen yet stay in front. @returns what is kept now */
export function writeNoteDraft(tx: Writer, conversationId: number, text: string, over: readonly string[]): string {
  const unseen = others(noteDraft(tx, conversationId), over)
  const both = [unseen, text].filter((one) => one.trim() !== '').join('\n\n')
  keepNoteDraft(tx, conversationId, both)
  return both
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
