import { Permission } from './access'
import type { Role } from './team'

const everything: readonly Permission[] = Permission.options

/** What a role may do, said once for the store and the window. Owner and admin differ in the roster only: the owner signs it. */
const ofRole: Readonly<Record<Role, readonly Permission[]>> = {
  owner: everything,
  admin: everything,
  agent: ['read', 'note', 'work', 'send', 'settings'],
  light: ['read', 'note', 'settings'],
}

/** Role and single permissions together. Names of permissions that this program does not know are kept but allow nothing. */
export function permissionsOf(role: Role, single: readonly string[]): ReadonlySet<Permission> {
  return new Set([...ofRole[role], ...everything.filter((permission) => single.includes(permission))])
}
