import { PosternError } from '../../../src-preload/contract/errors'
import type { Person } from '../../../src-preload/contract/work'
import type { Reader, Writer } from '../file/database'
import { groupsWithMembers, peopleBook } from './people'
import { newName } from '../team/log'
import type { Workspace } from '../workspace'

/** Groups of members that conversations can be given to. */
export interface TeamGroup {
  readonly name: string
  readonly label: string
  readonly members: Person[]
}

export function listGroups(read: Reader, me: string): TeamGroup[] {
  const person = peopleBook(read, me)
  return groupsWithMembers(read)
    .map(({ id, name, members }) => ({ name: id.slice('g:'.length), label: name, members: members.map(person) }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
}

/** @throws PosternError `conflict` when a group has this name already, `not-found` */
export function saveGroup(
  tx: Writer,
  workspace: Workspace,
  name: string | null,
  label: string,
  members: readonly string[],
): { name: string } {
  const all = listGroups(tx, workspace.device.id)
  const before = all.find((group) => group.name === name)
  if (name !== null && !before) throw new PosternError('not-found', 'no such group')
  if (all.some((group) => group.name !== name && group.label.toLocaleLowerCase() === label.toLocaleLowerCase()))
    throw new PosternError('conflict', 'a group has this name', { what: 'group' })
  const id = name ?? newName()
  const entity = `group:${id}`
  if (before?.label !== label) workspace.team.record(tx, { kind: 'group-define', entity, payload: { name: label } })
  const was = new Set(before?.members.map((one) => one.id))
  for (const member of members.filter((one) => !was.has(one)))
    workspace.team.record(tx, { kind: 'group-member', entity, payload: { member, on: true } })
  for (const member of [...was].filter((one) => !members.includes(one)))
    workspace.team.record(tx, { kind: 'group-member', entity, payload: { member, on: false } })
  return { name: id }
}

/** Takes a group out of use; conversations keep it as a name until somebody assigns them anew. */
export function removeGroup(tx: Writer, workspace: Workspace, name: string): { name: string } {
  const group = listGroups(tx, workspace.device.id).find((one) => one.name === name)
  if (!group) throw new PosternError('not-found', 'no such group')
  workspace.team.record(tx, {
    kind: 'group-define',
    entity: `group:${name}`,
    payload: { name: group.label, retired: true },
  })
  return { name }
}
