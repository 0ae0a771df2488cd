import * as z from 'zod'
import type { LogAct } from '../../../src-preload/contract/support'
import type { Writer } from '../file/database'
import { agent } from '../privacy/access-log'
import type { Workspace } from '../workspace'
import { jsonIn } from '../../shared/json'
import type { RosterBody } from './roster-body'

interface Row {
  readonly member: string
  readonly name: string
  readonly role: string
  readonly permissions: string
  readonly removed_at: number | null
}
const Permissions = z.array(z.string())

/**
 * Writes into the access log what a new roster changes of who belongs to the team and what they may do, on each computer as it
 * comes there. Call before the tables follow it. The first roster of a computer changes nothing.
 */
export function noteMembers(tx: Writer, workspace: Workspace, body: RosterBody): void {
  const rows = tx.all<Row>('SELECT member, name, role, permissions, removed_at FROM team_members')
  if (rows.length === 0) return
  const before = new Map(rows.map((row) => [row.member, row]))
  const signer = body.devices.find(({ id }) => id === body.owner)?.member
  const who = agent(body.members.find(({ id }) => id === signer)?.name ?? '')
  const note = (act: LogAct, { name, role }: { name: string; role: string }, permissions: readonly string[]): void => {
    const may = permissions.length > 0 ? { permissions: permissions.join(', ').slice(0, 200) } : {}
    workspace.accessLog.append(tx, { who, act, detail: { name, role, ...may } })
  }
  for (const one of body.members) {
    const was = before.get(one.id)
    before.delete(one.id)
    const permissions = one.permissions.toSorted()
    if (one.removedAt !== null) {
      if (was?.removed_at === null) note('member-left', one, [])
    } else if (was?.removed_at !== null) note('member-joined', one, permissions)
    else if (was.role !== one.role || kept(was) !== permissions.join()) note('role-changed', one, permissions)
  }
  // Of a record that counts no more.
  for (const was of before.values()) if (was.removed_at === null) note('member-left', was, [])
}

const kept = ({ permissions }: Row): string => (Permissions.safeParse(jsonIn(permissions)).data ?? []).toSorted().join()
