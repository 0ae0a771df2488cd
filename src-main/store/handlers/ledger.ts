import type { Handlers } from '../../../src-preload/contract/internal'
import type { ledgerCalls } from '../../../src-preload/contract/calls/ledger'
import { listLedger } from '../privacy/ledger'
import type { StoreService } from '../service'

/** The network ledger. */
export function ledger(service: StoreService): Handlers<typeof ledgerCalls> {
  return {
    'ledger.list': ({ days }) => listLedger(service.read, days),
  }
}
