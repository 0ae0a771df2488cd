import type { noteCalls } from '../../../src-preload/contract/calls/notes'
import type { Handlers } from '../../../src-preload/contract/internal'
import { addNote, removeNote } from '../notes'
import type { StoreService } from '../service'
import type { Workspace } from '../workspace'

/** Internal notes. */
export function notes(service: StoreService, by: () => string): Handlers<typeof noteCalls> {
  const workspace = (): Workspace => service.open.workspace
  return {
    'notes.add': ({ conversationId, text }) => ({ noteId: workspace().db.write((tx) => addNote(tx, workspace(), conversationId, text, by(), Date.now())) }),
    'notes.remove': ({ noteId }) => service.open.acts.keep(workspace().db.write((tx) => removeNote(tx, workspace(), noteId)).undo),
  }
}
