import * as z from 'zod'
import { store, type CallDef } from './define'
import { Time } from '../mail'
import { LedgerRow } from '../network'

/** The network ledger: every connection of this installation. */
export const ledgerCalls = {
  /** Newest contact first. `days`: today and the days before it; null for everything. */
  'ledger.list': store(
    'read',
    'read',
    () => z.object({ days: z.int().min(1).max(3660).nullable() }),
    () => z.object({ rows: z.array(LedgerRow), since: Time.nullable() }),
  ),
} as const satisfies Record<string, CallDef>
