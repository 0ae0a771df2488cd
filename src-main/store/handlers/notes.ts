import type { noteCalls } from '../../../src-preload/contract/calls/notes'
import type { Handlers } from '../../../src-preload/contract/internal'
import { keepNoteDraft, noteDraft, writeNoteDraft } from '../conversations/note-drafts'
import { addNote, editNote, noteHistory, removeNote } from '../conversations/notes'
import type { StoreService } from '../service'
import { survivorOf } from '../threads/threads'
import { assignOne, unassignOne } from '../conversations/work'
import type { Workspace } from '../workspace'

/** Internal notes. */
export function notes(service: StoreService, by: () => string): Handlers<typeof noteCalls> {
  const workspace = (): Workspace => service.open.workspace
  return {
    'notes.add': ({ conversationId, text, over, assign }) => {
      const { noteIds, given } = workspace().db.write((tx) => {
        const ids = addNote(tx, workspace(), conversationId, text, by(), Date.now())
        if (over) writeNoteDraft(tx, conversationId, '', over)
        else keepNoteDraft(tx, conversationId, '')
        return {
          noteIds: ids,
          given: assign === undefined ? null : assignOne(tx, workspace(), survivorOf(tx, conversationId), assign, by()),
        }
      })
      const { undo } = service.open.acts.keep((tx) => {
        for (const id of noteIds) removeNote(tx, workspace(), id)
        const begun = noteDraft(tx, conversationId)
        keepNoteDraft(tx, conversationId, begun === '' ? text : `${text}\n\n${begun}`)
        return given ? unassignOne(tx, workspace(), survivorOf(tx, conversationId), given) : undefined
      })
      return { noteId: noteIds[0], undo }
    },
    'notes.edit': ({ noteId, text }) =>
      service.open.acts.keep(workspace().db.write((tx) => editNote(tx, workspace(), noteId, text, by()))),
    'notes.history': ({ noteId }) => ({ versions: noteHistory(service.read, noteId) }),
    'notes.draft': ({ conversationId }) => ({ text: noteDraft(service.read, conversationId) }),
    'notes.keepDraft': ({ conversationId, text, over }) => ({
      text: workspace().db.write((tx) => {
        if (over) return writeNoteDraft(tx, conversationId, text, over)
        keepNoteDraft(tx, conversationId, text)
        return text
      }),
    }),
    'notes.remove': ({ noteId }) =>
      service.open.acts.keep(workspace().db.write((tx) => removeNote(tx, workspace(), noteId)).undo),
  }
}
