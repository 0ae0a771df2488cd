import * as z from 'zod'
import { store, undoable, type CallDef } from './define'
import { Id, Time } from '../mail'
import { Assignee } from '../work'

/** A text that is too long for one note becomes several. */
const Text = z.string().trim().min(1).max(5_000_000)

/** What was kept when its writer last heard of it, or may be by now. What is kept besides stays; left out: nothing does. */
const Over = z.array(z.string().max(5_000_000)).max(20).optional()

/** Internal notes of a conversation. */
export const noteCalls = {
  'notes.add': store(
    'write',
    'note',
    () =>
      z.object({
        conversationId: Id,
        text: Text,
        over: Over,
        /** Given to in the same act; null: to nobody; left out: it stays as it is. */ assign:
          Assignee.nullable().optional(),
      }),
    /** `noteId`: of the first one. `undo` null: for a guest, whose notes the team takes back. */
    () => z.object({ noteId: Id, undo: z.string().nullable() }),
  ),
  'notes.edit': store(
    'write',
    'note',
    () => z.object({ noteId: Id, text: Text }),
    () => undoable,
  ),
  /** All its texts, oldest first. */
  'notes.history': store(
    'read',
    'read',
    () => z.object({ noteId: Id }),
    () => z.object({ versions: z.array(z.object({ at: Time, by: z.string(), text: z.string() })) }),
  ),
  /** What was typed into a note and not added yet. */
  'notes.draft': store(
    'read',
    'read',
    () => z.object({ conversationId: Id }),
    () => z.object({ text: z.string() }),
  ),
  'notes.keepDraft': store(
    'write',
    'note',
    () => z.object({ conversationId: Id, text: z.string().max(5_000_000), over: Over }),
    /** What is kept now. */
    () => z.object({ text: z.string() }),
  ),
  /** Takes a note away, from every console. */
  'notes.remove': store(
    'write',
    'note',
    () => z.object({ noteId: Id }),
    () => undoable,
  ),
} as const satisfies Record<string, CallDef>
