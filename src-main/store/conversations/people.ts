import type { Person } from '../../../src-preload/contract/work'
import type { Reader } from '../file/database'
import { getSettings } from '../settings'
import { elementsOf, statesOf, standingWrite } from '../team/state'

/** The member whose device it is; alone, before there is a team, the device stands for the person. */
function memberOf(read: Reader, device: string): string {
  return read.get<{ member: string }>('SELECT member FROM team_devices WHERE device = ?', device)?.member ?? device
}

/** Who this installation is to the team. `me` is the id of its device. */
export function selfOf(read: Reader, me: string): Person {
  const id = memberOf(read, me)
  return (
    read.get<Person>('SELECT member AS id, name FROM team_members WHERE member = ?', id) ?? {
      id,
      name: getSettings(read).agentName,
    }
  )
}

/** Everybody that a conversation can be given to, oneself first. */
export function peopleOf(read: Reader, me: string): Person[] {
  const self = selfOf(read, me)
  return [
    self,
    ...read.all<Person>(
      'SELECT member AS id, name FROM team_members WHERE removed_at IS NULL AND member <> ? ORDER BY name',
      self.id,
    ),
  ]
}

/** A group in use, as an assignee, with the ids of its members. */
export interface GroupOf extends Person {
  readonly members: readonly string[]
}

export function groupsWithMembers(read: Reader): GroupOf[] {
  return [...statesOf(read, 'group:')].flatMap(([owner, rows]) => {
    const name = standingWrite(rows, 'name')?.value
    if (typeof name !== 'string' || standingWrite(rows, 'retired')?.value === true) return []
    return [{ id: `g:${owner.slice('group:'.length)}`, name, members: elementsOf(rows, 'members') }]
  })
}

export const groupsOf = (read: Reader): Person[] => groupsWithMembers(read).map(({ id, name }) => ({ id, name }))

/** Groups that the person at this console belongs to, as assignees. */
export function groupsOfSelf(read: Reader, me: string, groups: readonly GroupOf[] = groupsWithMembers(read)): string[] {
  const self = selfOf(read, me).id
  return groups.filter(({ members }) => members.some((member) => member === self || member === me)).map(({ id }) => id)
}

/** The name of a member, a device's owner or a group; empty for somebody who is not known. */
export type PeopleBook = (id: string) => Person

/** Names for one page or one answer: what many rows ask for is looked up once. */
export function peopleBook(read: Reader, me: string): PeopleBook {
  const known = new Map<string, Person>()
  let groups: Person[] | null = null
  const find = (id: string): Person => {
    if (id.startsWith('g:')) return (groups ??= groupsOf(read)).find((one) => one.id === id) ?? { id, name: '' }
    const member = memberOf(read, id)
    const self = selfOf(read, me)
    if (member === self.id) return self
    return (
      read.get<Person>('SELECT member AS id, name FROM team_members WHERE member = ?', member) ?? {
        id: member,
        name: '',
      }
    )
  }
  return (id) => {
    const person = known.get(id) ?? find(id)
    known.set(id, person)
    return person
  }
}
