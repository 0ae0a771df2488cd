import type { searchCalls } from '../../../src-preload/contract/calls/search'
import { search as find } from '../search/search'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** Search. */
export function search(service: StoreService): Handlers<typeof searchCalls> {
  return {
    'search.query': ({ text, offset, limit, quick }) =>
      find(service.read, service.open.index, text, offset, limit, quick),
  }
}
