import type { presenceCalls } from '../../../src-preload/contract/calls/presence'
import type { Handlers } from '../../../src-preload/contract/internal'
import { foreignDrafts } from '../outbox/draft-marks'
import type { StoreService } from '../service'

/** Who else is here. */
export function presence(service: StoreService): Handlers<typeof presenceCalls> {
  return {
    'presence.list': () => {
      const { workspace } = service.open
      return { marks: workspace.presence.marks(service.read), drafts: foreignDrafts(service.read, workspace) }
    },
    'presence.set': ({ conversationId, doing }) => {
      service.open.workspace.presence.set(conversationId, doing)
      return {}
    },
  }
}
