import { PosternError } from '../../../src-preload/contract/errors'
import { noticeOf, RegisterDefinition, type RegisterEntry } from '../../../src-preload/contract/processors'
import type { Reader, Writer } from '../file/database'
import { newName } from '../team/log'
import { definitionsOf } from '../team/state'
import type { Workspace } from '../workspace'

const prefix = 'processor:'

/** Processors and versions of the privacy policy that the team keeps; what comes into force last stands first. */
export const listRegister = (read: Reader): RegisterEntry[] =>
  definitionsOf(read, prefix, RegisterDefinition).toSorted(
    (a, b) => (b.from ?? '').localeCompare(a.from ?? '') || a.label.localeCompare(b.label),
  )

/** @throws PosternError `conflict` (one of its kind has this name), `invalid-input` (in force before it is announced), `not-found` */
export function saveEntry(
  tx: Writer,
  workspace: Workspace,
  { name, ...definition }: RegisterDefinition & { name: string | null },
): { name: string } {
  const known = listRegister(tx)
  if (name !== null && !known.some((entry) => entry.name === name)) throw new PosternError('not-found', 'no such entry')
  const wanted = definition.label.toLocaleLowerCase()
  if (
    known.some((one) => one.name !== name && one.kind === definition.kind && one.label.toLocaleLowerCase() === wanted)
  )
    throw new PosternError('conflict', 'an entry has this name', { what: 'register' })
  if ((noticeOf(definition) ?? 0) < 0) throw new PosternError('invalid-input', 'in force too early', { what: 'days' })
  const id = name ?? newName()
  workspace.team.record(tx, { kind: 'processor-define', entity: `${prefix}${id}`, payload: { definition } })
  return { name: id }
}

/** Takes an entry out; it stays in the team's events. @throws PosternError `not-found` */
export function removeEntry(tx: Writer, workspace: Workspace, name: string): { name: string } {
  const entry = listRegister(tx).find((one) => one.name === name)
  if (!entry) throw new PosternError('not-found', 'no such entry')
  const { name: _, ...definition } = entry
  workspace.team.record(tx, {
    kind: 'processor-define',
    entity: `${prefix}${name}`,
    payload: { definition, retired: true },
  })
  return { name }
}
