import type * as z from 'zod'
import type { Reader } from '../file/database'
import { groupOfConversation } from './anchors'
import type { StateRow } from './reduce'

interface Row extends Omit<StateRow, 'value'> {
  readonly value: string
}

/** What the team's events amount to for one thing; rows with a rank above 0 are concurrent writes that do not stand. */
export function stateOf(read: Reader, owner: string): StateRow[] {
  return read
    .all<Row>(
      'SELECT field, element, rank, value, device, seq, idx, at FROM team_state WHERE owner = ? ORDER BY field, element, rank',
      owner,
    )
    .map((row) => ({ ...row, value: parse(row.value) }))
}

export function stateOfConversation(read: Reader, conversationId: number): StateRow[] {
  return stateOf(read, groupOfConversation(read, conversationId).owner)
}

/** All entities of a kind (`tag:`, `view:` ...), each with its state. */
export function statesOf(read: Reader, prefix: string): Map<string, StateRow[]> {
  const owners = read.all<{ owner: string }>(
    'SELECT DISTINCT owner FROM team_state WHERE owner >= ? AND owner < ?',
    prefix,
    `${prefix}\uffff`,
  )
  return new Map(owners.map(({ owner }) => [owner, stateOf(read, owner)]))
}

/** The write of a register that stands; undefined: nobody wrote it. */
export const standingWrite = (rows: readonly StateRow[], field: string): StateRow | undefined =>
  rows.find((row) => row.field === field && row.rank === 0)

/** What a set holds. */
export const elementsOf = (rows: readonly StateRow[], field: string): string[] =>
  rows.filter((row) => row.field === field && row.rank === 0).map(({ element }) => element)

/** What people defined of a kind (`field:`, `view:` ...) and did not remove, each with its name; what does not fit is left out. */
export function definitionsOf<S extends z.ZodType<object>>(
  read: Reader,
  prefix: string,
  schema: S,
): (z.output<S> & { name: string })[] {
  return [...statesOf(read, prefix)].flatMap(([owner, rows]) => {
    const definition = schema.safeParse(standingWrite(rows, 'definition')?.value)
    return definition.success && standingWrite(rows, 'retired')?.value !== true
      ? [{ ...definition.data, name: owner.slice(prefix.length) }]
      : []
  })
}

/** Writes of one register that were made without knowing of each other, the one that stands first; empty when there is no conflict. */
export function conflictOf(rows: readonly StateRow[], field: string): StateRow[] {
  const writes = rows.filter((row) => row.field === field && row.element === '')
  return new Set(writes.map(({ value }) => JSON.stringify(value))).size > 1 ? writes : []
}

/** One thing that stands about an entity. */
export interface EntityState {
  readonly value: unknown
  readonly device: string
  readonly at: number
}

/** What the events of one entity alone amount to; elements of a set are named by field and element. */
export function stateOfEntity(rows: readonly StateRow[]): ReadonlyMap<string, EntityState> {
  return new Map(
    rows
      .filter(({ rank }) => rank === 0)
      .map(({ field, element, value, device, at }) => [
        element === '' ? field : `${field} ${element}`,
        { value, device, at },
      ]),
  )
}

const parse = (text: string): unknown => JSON.parse(text)
