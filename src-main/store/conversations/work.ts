import { PosternError } from '../../../src-preload/contract/errors'
import type { Person, WorkConflict } from '../../../src-preload/contract/work'
import { FieldValue } from '../../../src-preload/contract/fields'
import * as z from 'zod'
import type { Acts } from './acts'
import type { Reader, Writer } from '../file/database'
import { peopleBook, type PeopleBook } from './people'
import { parseTexts } from '../rows'
import { summarize } from './summary'
import { current, tagsNamed } from './tags'
import { nameOfDevice } from '../team/members'
import { groupOfConversation } from '../team/anchors'
import { effectsOf, eventsOf } from '../team/events'
import { backTo, contested, type Dot, type LogEvent } from '../team/reduce'
import { conflictOf, stateOfConversation } from '../team/state'
import { note, takeBackLine } from '../threads/threads'
import type { Workspace } from '../workspace'

/** Assignment, tags and snooze: what a person does to conversations. Each act is recorded as a team event and can be taken back. */

interface Row {
  readonly assignee: string | null
  readonly tags: string
  readonly snoozed_until: number | null
  readonly snoozed_at: number
  readonly snooze_unless_reply: number
}

function rowOf(tx: Reader, id: number): Row {
  const row = tx.get<Row>(
    'SELECT assignee, tags, snoozed_until, snoozed_at, snooze_unless_reply FROM conversations WHERE id = ?',
    id,
  )
  if (!row) throw new PosternError('not-found', 'no such conversation')
  return row
}

/** How an assignee stands in an event. */
const target = (to: string | null): { member: string } | { group: string } | null =>
  to === null ? null : to.startsWith('g:') ? { group: to.slice(2) } : { member: to }

const AssigneeValue = z.union([z.object({ member: z.string() }), z.object({ group: z.string() })]).nullable()
/** The column's form of an event's assignee. */
export function assigneeOf(value: unknown): string | null {
  const read = AssigneeValue.safeParse(value)
  if (!read.success || read.data === null) return null
  return 'member' in read.data ? read.data.member : `g:${read.data.group}`
}

export function assign(
  acts: Pick<Acts, 'act'>,
  workspace: Workspace,
  ids: readonly number[],
  to: string | null,
  by: string,
): Promise<{ undo: string }> {
  return acts.act(ids, (tx, id) => {
    const done = assignOne(tx, workspace, id, to, by)
    return done ? [(undo, at) => unassignOne(undo, workspace, at, done)] : []
  })
}

/** Whom a conversation was given to before, the line in its thread and the event that both tell of. */
export const Assigned = z.object({
  before: z.string().nullable(),
  to: z.string().nullable(),
  line: z.int(),
  dot: z.object({ device: z.string(), seq: z.int(), idx: z.int() }).nullable().default(null),
})
export type Assigned = z.infer<typeof Assigned>

/** Gives one conversation to somebody, as part of another act. @returns what takes it back; null: it stood so already */
export function assignOne(
  tx: Writer,
  workspace: Workspace,
  id: number,
  to: string | null,
  by: string,
): Assigned | null {
  const { assignee: before } = rowOf(tx, id)
  if (before === to && conflictOf(stateOfConversation(tx, id), 'assignee').length === 0) return null
  putAssignee(tx, id, to)
  const dot = workspace.team.recordOn(tx, id, 'assign', { to: target(to) })
  const line = note(
    tx,
    id,
    to === null ? 'unassigned' : 'assigned',
    by,
    Date.now(),
    null,
    to === null ? '' : peopleBook(tx, workspace.device.id)(to).name,
  )
  return { before, to, line, dot }
}

/** What others have decided since stays. */
export function unassignOne(
  tx: Writer,
  workspace: Workspace,
  id: number,
  { before, to, line, dot }: Assigned,
): 'left' | void {
  if (rowOf(tx, id).assignee !== to) return 'left'
  putAssignee(tx, id, before)
  workspace.team.recordOn(tx, id, 'assign', { to: target(before), ...backTo(dot) })
  takeBackLine(tx, line)
  return undefined
}

/** @throws PosternError `not-found` for a tag that is not in use */
export function setTag(
  acts: Pick<Acts, 'act'>,
  workspace: Workspace,
  ids: readonly number[],
  tag: string,
  on: boolean,
  by: string,
): Promise<{ undo: string }> {
  const known = current(workspace.db.read, tag)
  if (!known) throw new PosternError('not-found', 'no such tag')
  return acts.act(ids, (tx, id) => {
    const has = (read: Reader, at: number): boolean => parseTexts(rowOf(read, at).tags).includes(known.name)
    const put = (way: Writer, at: number, is: boolean, back: Dot | null = null): Dot | null => {
      const others = parseTexts(rowOf(way, at).tags).filter((name) => name !== known.name)
      putTags(way, at, is ? [...others, known.name] : others)
      return workspace.team.recordOn(way, at, 'tag', { tag: known.name, on: is, ...backTo(back) })
    }
    if (has(tx, id) === on) {
      // To give it again settles that somebody took it at the same time; there is nothing to take back of that.
      if (on && tagConflictsOf(tx, id).some(({ element }) => element === known.name)) {
        put(tx, id, on)
        note(tx, id, 'tagged', by, Date.now(), null, known.label)
      }
      return []
    }
    const dot = put(tx, id, on)
    const line = note(tx, id, on ? 'tagged' : 'untagged', by, Date.now(), null, known.label)
    return [
      (undo, at) => {
        if (has(undo, at) !== on) return 'left'
        put(undo, at, !on, dot)
        takeBackLine(undo, line)
        return undefined
      },
    ]
  })
}

/** `until` in ms; it must lie ahead. @throws PosternError `invalid-input` */
export function snooze(
  acts: Acts,
  workspace: Workspace,
  ids: readonly number[],
  until: number | null,
  unlessReply: boolean,
  by: string,
): Promise<{ undo: string }> {
  const now = Date.now()
  if (until !== null && until <= now)
    throw new PosternError('invalid-input', 'a snooze ends later than now', { what: 'until' })
  return acts.act(ids, (tx, id) => {
    const before = rowOf(tx, id)
    if (before.snoozed_until === until && conflictOf(stateOfConversation(tx, id), 'snooze').length === 0) return []
    putSnooze(tx, id, until, now, unlessReply)
    const dot = workspace.team.recordOn(tx, id, 'snooze', { until, unlessReply })
    const kind = until === null ? 'unsnoozed' : 'snoozed'
    const line = note(tx, id, kind, by, now, null, until === null ? '' : String(until))
    return [
      (undo, at) => {
        if (rowOf(undo, at).snoozed_until !== until) return 'left'
        putSnooze(undo, at, before.snoozed_until, before.snoozed_at, before.snooze_unless_reply === 1)
        workspace.team.recordOn(undo, at, 'snooze', {
          until: before.snoozed_until,
          unlessReply: before.snooze_unless_reply === 1,
          ...backTo(dot),
        })
        takeBackLine(undo, line)
        return undefined
      },
    ]
  })
}

// ---- columns ---------------------------------------------------------------------------------------------------

function changed(tx: Writer, id: number): void {
  tx.changes.changed('conversations', id)
  tx.changes.touched('counts')
}

export function putAssignee(tx: Writer, id: number, to: string | null): void {
  tx.run('UPDATE conversations SET assignee = ?, version = version + 1 WHERE id = ?', to, id)
  changed(tx, id)
}

/** Writes the tags of a conversation as they shall be. */
export function putTags(tx: Writer, id: number, names: readonly string[]): void {
  tx.run('UPDATE conversations SET tags = ? WHERE id = ?', JSON.stringify(names), id)
  tx.run('DELETE FROM conversation_tags WHERE conversation_id = ?', id)
  // Under its own name and that of the tag that took its place, so that both ways lead here.
  const all = new Set(names.flatMap((name) => [name, current(tx, name)?.name ?? name]))
  for (const name of all) {
    tx.run(
      'INSERT INTO conversation_tags(tag, conversation_id, listed, last_at) SELECT ?1, id, hidden = 0 AND status = 0, last_at FROM conversations WHERE id = ?2',
      name,
      id,
    )
  }
  changed(tx, id)
}

/** The place in the lists follows when the conversation is summarized next. */
export function putSnooze(tx: Writer, id: number, until: number | null, at: number, unlessReply: boolean): void {
  tx.run(
    'UPDATE conversations SET snoozed_until = ?, snoozed_at = ?, snooze_unless_reply = ? WHERE id = ?',
    until,
    at,
    Number(unlessReply),
    id,
  )
  changed(tx, id)
}

/** Brings back what has slept long enough, some at a time. @returns when the next one is due, or null */
export function wake(workspace: Workspace, now: number): number | null {
  const due = workspace.db.read.all<{ id: number; snoozed_until: number }>(
    'SELECT id, snoozed_until FROM conversations WHERE hidden = 2 AND snoozed_until <= ? ORDER BY snoozed_until LIMIT 25',
    now,
  )
  if (due.length > 0) {
    workspace.db.write((tx) => {
      for (const { id, snoozed_until: until } of due) {
        tx.run('UPDATE conversations SET snoozed_until = NULL, woke_at = ? WHERE id = ?', until, id)
        note(tx, id, 'woke', '', until)
        summarize(tx, id, workspace.own)
        changed(tx, id)
      }
    })
  }
  return (
    workspace.db.read.get<{ at: number | null }>('SELECT min(snoozed_until) AS at FROM conversations WHERE hidden = 2')
      ?.at ?? null
  )
}

// ---- what the window reads -------------------------------------------------------------------------------------

export interface WorkColumns {
  readonly assignee: string | null
  readonly tags: string
  readonly snoozed_until: number | null
}

export function workOf(
  read: Reader,
  person: PeopleBook,
  row: WorkColumns,
): { assignee: Person | null; tags: ReturnType<typeof tagsNamed>; snoozedUntil: number | null } {
  return {
    assignee: row.assignee === null ? null : person(row.assignee),
    tags: row.tags === '[]' ? [] : tagsNamed(read, parseTexts(row.tags)),
    snoozedUntil: row.snoozed_until,
  }
}

const StatusOf = z.object({ status: z.string() })
const SnoozeValue = z.object({ until: z.number().nullable() }).nullable()

const tagConflictsOf = (read: Reader, id: number) =>
  contested(
    groupOfConversation(read, id).entities.flatMap((entity) => eventsOf(read, entity, 'tag')),
    effectsOf,
    'tags',
  )

/** What two of the team set at the same time, for the line that lets a person choose. */
export function conflictsOf(read: Reader, person: PeopleBook, id: number): WorkConflict[] {
  const rows = stateOfConversation(read, id)
  const tags = tagConflictsOf(read, id).flatMap(({ element: tag, gave, took }): WorkConflict[] => {
    const known = current(read, tag)
    const write = ({ device, ms: at }: LogEvent) => ({
      by: nameOfDevice(read, device),
      at,
      to: null,
      until: null,
      value: known?.label ?? null,
    })
    return known?.name === tag ? [{ field: 'tag', name: tag, writes: [write(gave), write(took)] }] : []
  })
  const custom = new Set(
    rows.filter(({ field, rank }) => field.startsWith('field:') && rank > 0).map(({ field }) => field),
  )
  const registers = (['assignee', 'snooze', 'status', 'mailbox', ...custom] as const).flatMap(
    (register): WorkConflict[] => {
      const field = isPlain(register) ? register : 'field'
      const writes = conflictOf(rows, register).map((row) => {
        const to = field === 'assignee' ? assigneeOf(row.value) : null
        const until = field === 'snooze' ? (SnoozeValue.safeParse(row.value).data?.until ?? null) : null
        const value =
          field === 'status'
            ? (StatusOf.safeParse(row.value).data?.status ?? null)
            : field === 'field' || field === 'mailbox'
              ? (FieldValue.safeParse(row.value).data ?? null)
              : null
        return { by: nameOfDevice(read, row.device), at: row.at, to: to === null ? null : person(to), until, value }
      })
      // Two that closed it, one before and one after looking, want the same.
      return writes.length > 1 &&
        new Set(writes.map(({ to, until, value }) => JSON.stringify([to, until, value]))).size > 1
        ? [{ field, name: field === 'field' ? register.slice('field:'.length) : '', writes }]
        : []
    },
  )
  return [...registers, ...tags]
}

const isPlain = (register: string): register is 'assignee' | 'snooze' | 'status' | 'mailbox' =>
  ['assignee', 'snooze', 'status', 'mailbox'].includes(register)
