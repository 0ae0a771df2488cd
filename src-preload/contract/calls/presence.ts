import * as z from 'zod'
import { done, nothing, store, type CallDef } from './define'
import { Id } from '../mail'
import { ForeignDraft, PresenceDoing, PresenceMark } from '../presence'

/** Who else is here. */
export const presenceCalls = {
  'presence.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ marks: z.array(PresenceMark), drafts: z.array(ForeignDraft) }),
  ),
  /** What the person at this window looks at, or answers; null: nothing. Told to the team when there is one. */
  'presence.set': store(
    'write',
    'note',
    () => z.object({ conversationId: Id.nullable(), doing: PresenceDoing }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
