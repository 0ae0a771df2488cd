import type { noteCalls } from '../../../src-preload/contract/calls/notes'
import type { Handlers } from '../../../src-preload/contract/internal'
import { addNote } from '../notes'
import type { StoreService } from '../service'

/** Internal notes. */
export function notes(service: StoreService, by: () => string): Handlers<typeof noteCalls> {
  return {
    'notes.add': ({ conversationId, text }) => ({ noteId: service.open.workspace.db.write((tx) => addNote(tx, conversationId, text, by(), Date.now())) }),
  }
}
