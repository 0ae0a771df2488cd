import type { Caller } from '../../../src-preload/contract/access'
import type { registerCalls } from '../../../src-preload/contract/calls/register'
import type { Handlers } from '../../../src-preload/contract/internal'
import { mayDo } from '../access'
import { listRegister, removeEntry, saveEntry } from '../privacy/register'
import type { StoreService } from '../service'
import { ownPermissions } from '../team/roles'

/** The register of processors and of versions of the privacy policy. */
export function register(service: StoreService, caller: Caller): Handlers<typeof registerCalls> {
  return {
    'register.list': () => ({
      entries: listRegister(service.read),
      mayChange: mayDo(caller, 'manage-team', ownPermissions(service.read, service.open.workspace.device.id)),
    }),
    'register.save': (entry) => {
      const { workspace } = service.open
      return workspace.db.write((tx) => saveEntry(tx, workspace, entry))
    },
    'register.remove': ({ name }) => {
      const { workspace, acts } = service.open
      return acts.keep(workspace.db.write((tx) => removeEntry(tx, workspace, name)))
    },
  }
}
