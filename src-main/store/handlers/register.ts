import type { Caller } from '../../../src-preload/contract/access'
import type { registerCalls } from '../../../src-preload/contract/calls/register'
import type { Handlers } from '../../../src-preload/contract/internal'
import { mayDo } from '../access'
import { define } from '../conversations/definitions'
import type { Writer } from '../file/database'
import { listRegister, removeEntry, saveEntry } from '../privacy/register'
import type { StoreService } from '../service'
import { ownPermissions } from '../team/roles'

/** The register of processors and of versions of the privacy policy. */
export function register(service: StoreService, caller: Caller): Handlers<typeof registerCalls> {
  const made = (name: string | null, does: (tx: Writer) => { name: string }) =>
    define(service.open.acts, service.open.workspace, 'processor', name, does)
  return {
    'register.list': () => ({
      entries: listRegister(service.read),
      mayChange: mayDo(caller, 'manage-team', ownPermissions(service.read, service.open.workspace.device.id)),
    }),
    'register.save': (entry) => made(entry.name, (tx) => saveEntry(tx, service.open.workspace, entry)),
    'register.remove': ({ name }) => made(name, (tx) => removeEntry(tx, service.open.workspace, name)),
  }
}
