import type { customerCalls } from '../../../src-preload/contract/calls/customers'
import { getCustomer, suggestAddresses, updateCustomer } from '../conversations/customers'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** Who writes to the team. */
export function customers(service: StoreService): Handlers<typeof customerCalls> {
  return {
    'customers.get': ({ id }) => getCustomer(service.read, id),
    'customers.update': ({ id, ...change }) => {
      service.open.workspace.db.write((tx) => updateCustomer(tx, id, change))
      return {}
    },
    'customers.suggest': ({ text, limit }) => ({ addresses: suggestAddresses(service.read, text, limit) }),
  }
}
