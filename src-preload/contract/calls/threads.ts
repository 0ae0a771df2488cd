import * as z from 'zod'
import { done, store, type CallDef } from './define'
import { Id } from '../mail'
import { WhyHere } from '../threads'

const sorted = z.object({ undo: z.string(), conversationId: Id })

/** What belongs together: why, and how a person changes it. */
export const threadCalls = {
  'threads.why': store(
    'read',
    'read',
    () => z.object({ messageId: Id }),
    () => WhyHere,
  ),
  /** Takes a message (`one`), or it and all newer ones (`from`), into a conversation of their own; `conversationId` is the new one. */
  'threads.split': store(
    'write',
    'work',
    () => z.object({ messageId: Id, which: z.enum(['from', 'one']) }),
    () => sorted,
  ),
  /** Puts conversations into one; without `into` into the one that began first. */
  'threads.merge': store(
    'write',
    'work',
    () => z.object({ ids: z.array(Id).min(1).max(100), into: Id.nullable().default(null) }),
    () => sorted,
  ),
  /** The changed subject of a message is no reason to split. */
  'threads.keep': store(
    'write',
    'work',
    () => z.object({ messageId: Id }),
    () => z.object({ undo: z.string() }),
  ),
  /** Takes a split or a merge back, also long after. */
  'threads.undo': store(
    'write',
    'work',
    () => z.object({ actId: Id }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
