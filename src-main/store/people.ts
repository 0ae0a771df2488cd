import type { Person } from '../../src-preload/contract/work'
import type { Reader } from './database'
import { getSettings } from './settings'
import { statesOf } from './team/state'

/** Who this installation is to the team. `me` is the id of its device. */
export function selfOf(read: Reader, me: string): Person {
  return { id: me, name: getSettings(read).agentName }
}

/** Everybody that a conversation can be given to, oneself first. */
export function peopleOf(read: Reader, me: string): Person[] {
  return [selfOf(read, me)]
}

export function groupsOf(read: Reader): Person[] {
  return [...statesOf(read, 'group:')].flatMap(([owner, rows]) => {
    const of = (field: string): unknown => rows.find((row) => row.field === field && row.rank === 0)?.value
    const name = of('name')
    return typeof name === 'string' && of('retired') !== true ? [{ id: `g:${owner.slice('group:'.length)}`, name }] : []
  })
}

/** The name of a member, a device's owner or a group; empty for somebody who is not known. */
export function personOf(read: Reader, me: string, id: string): Person {
  const all = id.startsWith('g:') ? groupsOf(read) : peopleOf(read, me)
  return all.find((one) => one.id === id) ?? { id, name: '' }
}
