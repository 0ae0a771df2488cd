import { PosternError } from '../../../src-preload/contract/errors'
import { Day, Field, FieldDefinition, FieldValue } from '../../../src-preload/contract/fields'
import type { Acts } from './acts'
import type { Reader, Writer } from '../file/database'
import { newName } from '../team/log'
import { backTo, type Dot } from '../team/reduce'
import { conflictOf, definitionsOf, stateOfConversation } from '../team/state'
import { note, takeBackLine } from '../threads/threads'
import type { Workspace } from '../workspace'

/** Custom fields: what a team keeps about its conversations beyond what mail says. */

/** Fields in use, by label. */
export const listFields = (read: Reader): Field[] =>
  definitionsOf(read, 'field:', FieldDefinition).toSorted((a, b) => a.label.localeCompare(b.label))

/** @throws PosternError `conflict` (a field has this label), `invalid-input` (nothing to choose from), `not-found` */
export function saveField(
  tx: Writer,
  workspace: Workspace,
  { name, ...definition }: FieldDefinition & { name: string | null },
): { name: string } {
  const known = listFields(tx)
  if (name !== null && !known.some((field) => field.name === name)) throw new PosternError('not-found', 'no such field')
  const wanted = definition.label.toLocaleLowerCase()
  if (known.some((field) => field.name !== name && field.label.toLocaleLowerCase() === wanted))
    throw new PosternError('conflict', 'a field has this name', { what: 'field' })
  if (definition.kind === 'choice' && definition.choices.length === 0)
    throw new PosternError('invalid-input', 'nothing to choose from', { what: 'choices' })
  const id = name ?? newName()
  workspace.team.record(tx, {
    kind: 'field-define',
    entity: `field:${id}`,
    payload: { definition: { ...definition, choices: [...new Set(definition.choices)] } },
  })
  return { name: id }
}

/** Takes a field out of use; the values stay in the events and are there again when it comes back. */
export function removeField(tx: Writer, workspace: Workspace, name: string): { name: string } {
  const field = listFields(tx).find((one) => one.name === name)
  if (!field) throw new PosternError('not-found', 'no such field')
  const { name: _, ...definition } = field
  workspace.team.record(tx, { kind: 'field-define', entity: `field:${name}`, payload: { definition, retired: true } })
  return { name }
}

/** @throws PosternError `invalid-input` when the value is none that the field may hold */
function checked(field: Field, value: FieldValue | null): FieldValue | null {
  if (value === null) return null
  const fits =
    field.kind === 'number'
      ? typeof value === 'number' && Number.isFinite(value)
      : typeof value === 'string' &&
        (field.kind !== 'date' || Day.safeParse(value).success) &&
        (field.kind !== 'choice' || field.choices.includes(value))
  if (!fits) throw new PosternError('invalid-input', 'the field does not hold this', { what: field.kind })
  return value
}

const valueOf = (read: Reader, id: number, field: string): FieldValue | null =>
  read.get<{ value: FieldValue }>(
    'SELECT value FROM conversation_fields WHERE conversation_id = ? AND field = ?',
    id,
    field,
  )?.value ?? null

/** @throws PosternError `not-found` for a field that is not in use, `invalid-input` */
export function setField(
  acts: Acts,
  workspace: Workspace,
  ids: readonly number[],
  name: string,
  value: FieldValue | null,
  by: string,
): Promise<{ undo: string }> {
  const field = listFields(workspace.db.read).find((one) => one.name === name)
  if (!field) throw new PosternError('not-found', 'no such field')
  const wanted = checked(field, value)
  return acts.act(ids, (tx, id) => {
    const before = valueOf(tx, id, name)
    if (before === wanted && conflictOf(stateOfConversation(tx, id), `field:${name}`).length === 0) return []
    const put = (way: Writer, at: number, now: FieldValue | null, back: Dot | null = null): Dot | null =>
      workspace.team.recordOn(way, at, 'field', { field: name, value: now, ...backTo(back) })
    const dot = put(tx, id, wanted)
    const line = note(
      tx,
      id,
      wanted === null ? 'field-cleared' : 'field-set',
      by,
      Date.now(),
      null,
      wanted === null ? field.label : `${field.label}: ${wanted}`,
    )
    return [
      (undo, at) => {
        if (valueOf(undo, at, name) !== wanted) return 'left'
        put(undo, at, before, dot)
        takeBackLine(undo, line)
        return undefined
      },
    ]
  })
}

/** Values of a conversation, of fields that are in use. */
export function fieldsOf(read: Reader, id: number): { name: string; value: FieldValue }[] {
  return read.all<{ name: string; value: FieldValue }>(
    'SELECT field AS name, value FROM conversation_fields WHERE conversation_id = ? ORDER BY field',
    id,
  )
}
