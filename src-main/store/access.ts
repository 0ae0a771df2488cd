import type { Caller, Permission } from '../../src-preload/contract/access'
import { PosternError } from '../../src-preload/contract/errors'

const held: Readonly<Record<Caller['kind'], ReadonlySet<Permission>>> = {
  agent: new Set<Permission>(['read', 'work', 'send', 'manage-mailboxes', 'settings']),
}

/**
 * The one place where a call is allowed or refused, before its function runs. Who asks is fixed when the port is made.
 * @throws PosternError `not-allowed`
 */
export function requirePermission(caller: Caller, permission: Permission): void {
  if (!held[caller.kind].has(permission)) throw new PosternError('not-allowed', 'the caller lacks the permission', { permission })
}
