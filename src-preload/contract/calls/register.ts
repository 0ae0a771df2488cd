import * as z from 'zod'
import { nothing, store, undoable, type CallDef } from './define'
import { ThingName } from '../fields'
import { RegisterDefinition, RegisterEntry } from '../processors'

/** The workspace's register of processors and of the versions of its privacy policy, which the team shares. */
export const registerCalls = {
  'register.list': store(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({ entries: z.array(RegisterEntry), /** Whether the caller may change it. */ mayChange: z.boolean() }),
  ),
  /** @throws `conflict` when one of its kind has this name, `invalid-input` when it is in force before it is announced */
  'register.save': store(
    'write',
    'manage-team',
    () => RegisterDefinition.extend({ name: ThingName.nullable() }),
    () => undoable.extend({ name: ThingName }),
  ),
  'register.remove': store(
    'write',
    'manage-team',
    () => z.object({ name: ThingName }),
    () => undoable,
  ),
} as const satisfies Record<string, CallDef>
