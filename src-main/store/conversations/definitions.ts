import * as z from 'zod'
import { definedKinds, type DefinedKind, type DefinitionConflict } from '../../../src-preload/contract/definitions'
import { PosternError } from '../../../src-preload/contract/errors'
import { Hue } from '../../../src-preload/contract/work'
import type { Reader, Writer } from '../file/database'
import { fitting } from '../team/kinds'
import { effectsOf, eventsOf } from '../team/events'
import { nameOfDevice } from '../team/members'
import { compareStamps, contested, dotText, knew, type LogEvent } from '../team/reduce'
import { elementsOf, stateOf, standingWrite } from '../team/state'
import type { Workspace } from '../workspace'
import type { Acts } from './acts'
import { peopleBook, selfOf } from './people'

/** What two changed at the same time of the things that a team defines: told in words, and either can be chosen. */

type Write = DefinitionConflict['writes'][number]

/** Events that write a whole definition. */
const writing: Readonly<Record<DefinedKind, readonly string[]>> = {
  tag: ['tag-define', 'tag-retire'],
  group: ['group-define'],
  field: ['field-define'],
  view: ['view-define'],
  processor: ['processor-define'],
}

/** What is asked of the payloads of those events; what another program wrote otherwise reads as empty. */
const Written = z
  .object({
    name: z.string(),
    colour: Hue.catch('stone'),
    retired: z.boolean(),
    into: z.string().nullable(),
    definition: z
      .object({
        label: z.string(),
        choices: z.array(z.string()),
        conditions: z.array(z.unknown()),
        own: z.boolean(),
        maker: z.string(),
      })
      .partial(),
  })
  .partial()
const writtenBy = ({ payload }: LogEvent) => Written.catch({}).parse(payload)
const isRemoval = (event: LogEvent): boolean => writtenBy(event).retired === true

const meaningOf = ({ kind, payload }: LogEvent): string => JSON.stringify([kind, payload])

/** The writes that no other write knew of, the one that stands first; none when all of them mean the same. */
function apart(read: Reader, kind: DefinedKind, entity: string): LogEvent[] {
  const newest = newestOf(read, kind, entity)
  return new Set(newest.map(meaningOf)).size > 1 ? newest : []
}

function newestOf(read: Reader, kind: DefinedKind, entity: string): LogEvent[] {
  const all = eventsOf(read, entity).filter((event) => writing[kind].includes(event.kind))
  // A tag is named and removed by different events: a removal that stands comes before any name.
  const removed = kind === 'tag' && standing(read, entity, 'retired') === true
  const place = (event: LogEvent): number => (removed && !isRemoval(event) ? 1 : 0)
  return all
    .filter((event) => !all.some((other) => other !== event && knew(other, event)))
    .toSorted((a, b) => place(a) - place(b) || compareStamps(b, a))
}

const standing = (read: Reader, entity: string, field: string): unknown =>
  standingWrite(stateOf(read, entity), field)?.value

const membersApart = (read: Reader, entity: string) =>
  contested(eventsOf(read, entity, 'group-member'), effectsOf, 'members')

/** @param me id of this device; a view that somebody keeps for themselves is told to them only */
export function definitionConflicts(read: Reader, me: string): DefinitionConflict[] {
  const person = peopleBook(read, me)
  const self = selfOf(read, me).id
  return definedKinds.flatMap((kind) =>
    read
      .all<{ entity: string }>(
        'SELECT entity FROM team_events WHERE entity >= ? AND entity < ? GROUP BY entity HAVING count(DISTINCT device) > 1',
        `${kind}:`,
        `${kind};`,
      )
      .flatMap(({ entity }): DefinitionConflict[] => {
        const label = labelNow(read, entity)
        const writes = apart(read, kind, entity)
        const hidden = writes.some((write) => {
          const { own, maker } = writtenBy(write).definition ?? {}
          return own === true && maker !== self
        })
        const of = { kind, name: entity.slice(kind.length + 1), label }
        const changed =
          writes.length > 1 && !hidden
            ? [{ ...of, member: null, writes: writes.map((write) => writeOf(read, write, label)) }]
            : []
        const members = kind === 'group' && standing(read, entity, 'retired') !== true ? membersApart(read, entity) : []
        return [
          ...changed,
          ...members.map(({ element, gave, took }) => ({
            ...of,
            member: person(element),
            writes: [gave, took].map((write) => writeOf(read, write, label)),
          })),
        ]
      }),
  )
}

function labelNow(read: Reader, entity: string): string {
  const { name, definition } = Written.catch({}).parse({
    name: standing(read, entity, 'name'),
    definition: standing(read, entity, 'definition'),
  })
  return name ?? definition?.label ?? ''
}

function writeOf(read: Reader, event: LogEvent, now: string): Write {
  const { name, colour, definition } = writtenBy(event)
  return {
    id: dotText(event),
    by: nameOfDevice(read, event.device),
    gone: isRemoval(event),
    label: name ?? definition?.label ?? now,
    hue: colour ?? null,
    choices: definition?.choices ?? [],
    conditions: definition?.conditions?.length ?? null,
  }
}

/**
 * Chooses a write: recorded anew it knows of all the others.
 * @throws PosternError `not-found` when there is nothing to choose any more, `not-allowed`
 */
export function settleDefinition(
  acts: Acts,
  workspace: Workspace,
  { kind, name, write }: { kind: DefinedKind; name: string; write: string },
): { undo: string } {
  const { undo } = define(acts, workspace, kind, name, (tx) => {
    const entity = `${kind}:${name}`
    const wanted = [
      ...apart(tx, kind, entity),
      ...(kind === 'group' ? membersApart(tx, entity).flatMap(({ gave, took }) => [gave, took]) : []),
    ].find((one) => dotText(one) === write)
    if (!wanted) throw new PosternError('not-found', 'that is settled already')
    put(tx, workspace, wanted)
    return { name }
  })
  return { undo }
}

/**
 * Makes, changes or removes a definition and keeps the way back; an undo leaves what a colleague has changed since.
 * @param name null: a new one, which the undo removes
 */
export function define<T extends { readonly name: string }>(
  acts: Acts,
  workspace: Workspace,
  kind: DefinedKind,
  name: string | null,
  does: (tx: Writer) => T,
): T & { undo: string } {
  const { done, back } = workspace.db.write((tx) => {
    const before = name === null ? null : standingOf(tx, kind, name)
    const did = does(tx)
    const after = standingOf(tx, kind, did.name)
    return {
      done: did,
      back: (undo: Writer) => {
        const now = standingOf(undo, kind, did.name)
        if (now.means !== after.means) return 'left'
        const entity = `${kind}:${did.name}`
        if (before?.event && before.means !== after.means) put(undo, workspace, before.event)
        else if (!before && after.event) remove(undo, workspace, kind, after.event)
        for (const member of new Set([...(before?.members ?? []), ...after.members])) {
          const on = before?.members.includes(member) ?? false
          if (before && on !== after.members.includes(member))
            workspace.team.record(undo, { kind: 'group-member', entity, payload: { member, on } })
        }
        return undefined
      },
    }
  })
  return { ...done, ...acts.keep(back) }
}

/** The event that stands for a definition, and what tells it from any other state. */
function standingOf(read: Reader, kind: DefinedKind, name: string) {
  const entity = `${kind}:${name}`
  const newest = newestOf(read, kind, entity)
  const members = elementsOf(stateOf(read, entity), 'members')
  return {
    event: newest[0] ?? null,
    members,
    means: JSON.stringify([newest.map(meaningOf), members.toSorted()]),
  }
}

/** Records what an event said once more. */
function put(tx: Writer, workspace: Workspace, event: LogEvent): void {
  const { entity } = event
  const fits = fitting(event.kind, event.payload)
  if (!fits) throw new PosternError('not-found', 'this program does not know it')
  // A tag's name says nothing of its removal: who chooses a name brings it back.
  if (fits.kind === 'tag-define' && standing(tx, entity, 'retired') === true)
    workspace.team.record(tx, { kind: 'tag-retire', entity, payload: { retired: false, into: null } })
  workspace.team.record(tx, { ...fits, entity })
}

function remove(tx: Writer, workspace: Workspace, kind: DefinedKind, event: LogEvent): void {
  const { entity } = event
  if (kind === 'tag') workspace.team.record(tx, { kind: 'tag-retire', entity, payload: { retired: true, into: null } })
  else put(tx, workspace, { ...event, payload: { ...Object(event.payload), retired: true } })
}
