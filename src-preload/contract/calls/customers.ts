import * as z from 'zod'
import { done, store, type CallDef } from './define'
import { Address, Id } from '../mail'
import { Customer } from '../people'

/** Who writes to the team. */
export const customerCalls = {
  'customers.get': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => Customer,
  ),
  'customers.update': store(
    'write',
    'work',
    () =>
      z.object({
        id: Id,
        name: z.string().trim().min(1).max(200).optional(),
        note: z.string().max(5_000_000).optional(),
      }),
    () => done,
  ),
  'customers.suggest': store(
    'read',
    'read',
    () => z.object({ text: z.string().max(200), limit: z.int().min(1).max(20).default(8) }),
    () => z.object({ addresses: z.array(Address) }),
  ),
} as const satisfies Record<string, CallDef>
