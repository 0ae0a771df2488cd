import { ask, call } from '../client'
import { beforeClosing } from './closing'

interface Edit {
  readonly conversationId: number
  readonly text: string
}
/** New words for notes that are there, by note, until they are saved or given up. */
const edits = new Map<number, Edit>()

/** What was written for a note and is not saved; undefined where nothing is. */
export const editOf = (noteId: number): string | undefined => edits.get(noteId)?.text

export function wroteEdit(noteId: number, conversationId: number, text: string): void {
  edits.set(noteId, { conversationId, text })
}

/** Saved, or given up. */
export function endEdit(noteId: number): void {
  edits.delete(noteId)
}

/** Only a person says that a note has new words: what is left when the window goes lies with the note that is begun there. */
async function keepEdits(): Promise<void> {
  // after those who write there have handed over theirs
  await Promise.resolve()
  for (const [noteId, { conversationId, text }] of edits) {
    const begun = await ask('notes.draft', { conversationId })
    const both = begun.text.trim() === '' ? text : `${begun.text}\n\n${text}`
    await call('notes.keepDraft', { conversationId, text: both })
    edits.delete(noteId)
  }
}
beforeClosing(keepEdits)
