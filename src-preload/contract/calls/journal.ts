import * as z from 'zod'
import { Time } from '../mail'
import { done, nothing, store, type CallDef } from './define'

/** The end of the database's journal was found damaged: what a person did last may be missing. */
export const journalCalls = {
  /** `at`: when it was found; null: nothing to tell. */
  'journal.damage': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ at: Time.nullable() }),
  ),
  /** A person has read it. */
  'journal.damageSeen': store(
    'write',
    'work',
    () => nothing,
    () => done,
  ),
} as const satisfies Record<string, CallDef>
