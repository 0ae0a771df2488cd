import * as z from 'zod'
import { Permission } from '../../../src-preload/contract/access'
import { permissionsOf } from '../../../src-preload/contract/roles'
import { Role } from '../../../src-preload/contract/team'
import type { Reader } from '../file/database'
import { teamInfo } from './team-info'

/** What a device's events may do, from one batch on. */
export const Rights = z.object({
  from: z.int().min(1),
  role: Role,
  permissions: z.array(z.string().max(60)).max(50),
})

/** What a device may do with the events of its batch `seq`; null: nothing, it is not in the roster. */
export function rightsOf(
  read: Reader,
  device: string,
): ((seq: number) => { permissions: ReadonlySet<Permission>; held: boolean }) | null {
  const row = read.get<{ roles: string; cut_off: number | null }>(
    'SELECT roles, cut_off FROM team_devices WHERE device = ?',
    device,
  )
  if (!row) return null
  const all = z
    .array(Rights)
    .parse(JSON.parse(row.roles))
    .map(({ from, role, permissions }) => ({ from, permissions: permissionsOf(role, permissions) }))
  const nothing: ReadonlySet<Permission> = new Set()
  return (seq) => ({
    permissions: all.findLast(({ from }) => from <= seq)?.permissions ?? nothing,
    held: row.cut_off !== null && seq > row.cut_off,
  })
}

/** What the person at this installation may do. Alone: everything. */
export function ownPermissions(read: Reader, device: string): ReadonlySet<Permission> {
  const info = teamInfo(read)
  if (!info || info.membership === 'joining') return new Set(Permission.options)
  if (info.membership === 'removed') return new Set(['read', 'settings'])
  const row = read.get<{ role: string; permissions: string }>(
    'SELECT m.role, m.permissions FROM team_devices d JOIN team_members m ON m.member = d.member WHERE d.device = ?',
    device,
  )
  const role = Role.safeParse(row?.role)
  return role.success
    ? permissionsOf(role.data, z.array(z.string()).parse(JSON.parse(row?.permissions ?? '[]')))
    : new Set(['read'])
}
