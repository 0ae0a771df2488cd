import { asCallError, call, type CallError } from '../client'
import { saveLeft } from '../state/closing'

/** What was typed into notes that were not added yet, by conversation, as it was typed; the store keeps it durably. */
export const unsaved = new Map<number, string>()
/** Of those, what the store does not have yet. */
const waiting = new Map<number, string>()

/** What the store has, or may have by now where an answer is missing. */
const known = new Map<number, string[]>()
const mostKnown = 10

/** What the store has of it, as it says itself. */
export function heard(conversationId: number, text: string): void {
  known.set(conversationId, [text])
}
export const knownOf = (conversationId: number): string[] => known.get(conversationId) ?? ['']

export function wrote(conversationId: number, text: string): void {
  if (text.trim() === '') unsaved.delete(conversationId)
  else unsaved.set(conversationId, text)
  waiting.set(conversationId, text)
}

/**
 * Words that came with another conversation are put in front, and are shown where nothing was typed meanwhile.
 * @returns what stands in the way; null: the store has all that was typed
 */
export async function keepNote(conversationId: number, show?: (text: string) => void): Promise<CallError | null> {
  const text = waiting.get(conversationId)
  if (text === undefined) return null
  try {
    const over = knownOf(conversationId)
    known.set(conversationId, [...over, text].slice(-mostKnown))
    const kept = await call('notes.keepDraft', { conversationId, text, over })
    const before = knownOf(conversationId)
    known.set(conversationId, before.slice(Math.max(0, before.lastIndexOf(text))))
    if (waiting.get(conversationId) !== text) return null
    waiting.delete(conversationId)
    if (kept.text.trim() === text.trim()) return null
    heard(conversationId, kept.text)
    unsaved.set(conversationId, kept.text)
    show?.(kept.text)
    return null
  } catch (thrown) {
    return asCallError(thrown)
  }
}

/** Its words come to the store as the note itself: kept behind that they would be a note that was begun anew. */
export function isAdding(conversationId: number, text: string): void {
  // Taken back, it is there again as it was added.
  known.set(conversationId, [...knownOf(conversationId), text.trim()].slice(-mostKnown))
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
