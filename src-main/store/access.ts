import type { Caller, Permission } from '../../src-preload/contract/access'
import { PosternError } from '../../src-preload/contract/errors'

const held: Readonly<Record<Caller['kind'], ReadonlySet<Permission>>> = {
  // What a support session may do follows from its grant: store/support-session.
  support: new Set<Permission>(),
  agent: new Set<Permission>(['read', 'work', 'send', 'manage-mailboxes', 'settings', 'support-access']),
}

/** Whether a caller holds a permission. */
export function mayDo(caller: Caller, permission: Permission): boolean {
  return held[caller.kind].has(permission)
}

/**
 * The one place where a call is allowed or refused, before its function runs. Who asks is fixed when the port is made.
 * @throws PosternError `not-allowed`
 */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!mayDo(caller, permission)) throw new PosternError('not-allowed', 'the caller lacks the permission', { permission })
}
