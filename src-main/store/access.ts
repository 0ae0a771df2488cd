import type { Caller, Permission } from '../../src-preload/contract/access'
import { PosternError } from '../../src-preload/contract/errors'

const held: Readonly<Record<Caller['kind'], ReadonlySet<Permission>>> = {
  // What a support session may do follows from its grant: store/privacy/support-session.
  support: new Set<Permission>(),
  agent: new Set<Permission>([
    'read',
    'note',
    'work',
    'send',
    'manage-mailboxes',
    'settings',
    'support-access',
    'manage-team',
    'diagnostics',
  ]),
}

/**
 * Whether a caller holds a permission.
 * @param roster what the team's roster lets the person at this installation do; null where there is none to ask
 */
export function mayDo(caller: Caller, permission: Permission, roster: ReadonlySet<Permission> | null): boolean {
  return held[caller.kind].has(permission) && (roster === null || caller.kind !== 'agent' || roster.has(permission))
}

/**
 * The one place where a call is allowed or refused, before its function runs. Who asks is fixed when the port is made.
 * @param roster what the team's roster lets the person at this installation do; null before the store is open
 * @throws PosternError `not-allowed`
 */
export function requirePermission(
  caller: Caller,
  permission: Permission,
  roster: ReadonlySet<Permission> | null = null,
): void {
  if (!mayDo(caller, permission, roster))
    throw new PosternError('not-allowed', 'the caller lacks the permission', { permission })
}
