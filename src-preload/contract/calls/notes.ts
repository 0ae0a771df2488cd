import * as z from 'zod'
import { store, undoable, type CallDef } from './define'
import { Id } from '../mail'

/** Internal notes of a conversation. */
export const noteCalls = {
  'notes.add': store('write', 'note', z.object({ conversationId: Id, text: z.string().trim().min(1).max(100_000) }), z.object({ noteId: Id })),
  /** Takes a note away, from every console. */
  'notes.remove': store('write', 'note', z.object({ noteId: Id }), undoable),
} as const satisfies Record<string, CallDef>
