import { asCallError, call, type CallError } from '../client'
import { saveLeft } from '../state/closing'

/** What was typed into notes that were not added yet, by conversation, as it was typed; the store keeps it durably. */
export const unsaved = new Map<number, string>()
/** Of those, what the store does not have yet. */
const waiting = new Map<number, string>()

export function wrote(conversationId: number, text: string): void {
  if (text.trim() === '') unsaved.delete(conversationId)
  else unsaved.set(conversationId, text)
  waiting.set(conversationId, text)
}

/** @returns what stands in the way; null: the store has all that was typed */
export async function keepNote(conversationId: number): Promise<CallError | null> {
  const text = waiting.get(conversationId)
  if (text === undefined) return null
  try {
    await call('notes.keepDraft', { conversationId, text })
    if (waiting.get(conversationId) === text) waiting.delete(conversationId)
    return null
  } catch (thrown) {
    return asCallError(thrown)
  }
}

/** Its words come to the store as the note itself: kept behind that they would be a note that was begun anew. */
export function isAdding(conversationId: number): void {
  waiting.delete(conversationId)
}
/** @returns whether that was all: what was typed meanwhile is in no note yet, and stays */
export function isAdded(conversationId: number, text: string): boolean {
  const all = (unsaved.get(conversationId) ?? text) === text
  if (all) unsaved.delete(conversationId)
  return all
}
export function isNotAdded(conversationId: number, text: string): void {
  // What was typed meanwhile goes on from there.
  wrote(conversationId, unsaved.get(conversationId) ?? text)
  void saveLeft(() => keepNote(conversationId))
}
