import type { transferCalls } from '../../../src-preload/contract/calls/transfers'
import type { Handlers } from '../../../src-preload/contract/internal'
import type { StoreService } from '../service'
import { cancelTransfer, forgetTransfer, listTransfers } from '../mail/transfers'

/** Mail from files and into files. */
export function transfers(service: StoreService): Handlers<typeof transferCalls> {
  return {
    'transfers.list': () => ({ transfers: listTransfers(service.read) }),
    'transfers.cancel': ({ id }) => {
      service.open.workspace.db.write((tx) => cancelTransfer(tx, id))
      return {}
    },
    'transfers.forget': ({ id }) => {
      service.open.workspace.db.write((tx) => forgetTransfer(tx, id))
      return {}
    },
  }
}
