import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Writer } from '../file/database'
import { findSurvivor, mergeInto, note, survivorOf } from './threads'
import { fitMailboxes, lettersOf, sortFamily, unite } from './families'
import { withAnswers } from './arrange'
import { markWork, summarize } from '../conversations/summary'
import { entityOfConversation, entityOfMessage, groupOfConversation } from '../team/anchors'
import { newName } from '../team/log'
import type { Workspace } from '../workspace'

/** Splitting, merging and keeping together by a person. Each is one row of `thread_acts`, which its undo reads back. */

const Before = z.object({
  status: z.int(),
  byPerson: z.int(),
  otherStatus: z.int(),
  otherByPerson: z.int(),
  /** Rows that came along from the other conversation. */
  history: z.array(z.int()),
  notes: z.array(z.int()),
  drafts: z.array(z.int()),
  outbox: z.array(z.int()),
  /** Names under which the team's events speak of the other conversation. */
  anchors: z.array(z.string()),
  /** How the team's events name the act: what was merged away or taken out, and from where. */
  named: z.object({ entity: z.string(), from: z.string().nullable() }).nullable().default(null),
})
type Before = z.infer<typeof Before>

interface State {
  id: number
  status: number
  status_by_person: number
}
interface Member {
  id: number
  key: bigint
  pin_conversation: number | null
  pin_act: number | null
  pin_chosen: number | null
}

/**
 * Takes a message, or it and all that are newer, out into a conversation of their own. It has the status of the old one.
 * @throws PosternError `not-found`; `conflict` when nothing would be left behind
 */
export function split(
  tx: Writer,
  workspace: Workspace,
  messageId: number,
  which: 'from' | 'one',
  by: string,
): { conversationId: number; actId: number } {
  const from =
    tx.get<{ conversation_id: number | null }>('SELECT conversation_id FROM messages WHERE id = ?', messageId)
      ?.conversation_id ?? null
  if (from === null) throw new PosternError('not-found', 'no such message')
  const members = membersOf(tx, from)
  const at = members.findIndex(({ id }) => id === messageId)
  const chosen = which === 'one' ? members.slice(at, at + 1) : members.slice(at)
  const entity = entityOfConversation(tx, workspace.hashes, from)
  const messages = chosen.map(({ id }) => entityOfMessageId(tx, id)).slice(0, mostSplit)
  const name = newName()
  // Recorded first: where messages lie follows from what was decided.
  if (entity !== null)
    workspace.team.record(tx, {
      kind: 'split',
      entity,
      payload: { split: name, messages, left: leftBehind(tx, workspace, from, chosen) },
    })
  const made = splitKeys(
    tx,
    workspace,
    from,
    chosen.map(({ key }) => key),
    by,
    { entity: name, from: entity },
  )
  if (made === null) throw new PosternError('conflict', 'nothing would be left', { what: 'split' })
  return made
}

/** Answers to what is taken out that are not. */
function leftBehind(tx: Writer, workspace: Workspace, from: number, chosen: readonly Member[]): string[] {
  const letters = lettersOf(tx, workspace, unite(tx, [from])).filter((one) => one.conversation_id === from)
  const named = new Set(chosen.map(({ key }) => String(key)))
  const along = withAnswers(letters, named, new Set())
  return letters
    .filter(({ key }) => along.has(key) && !named.has(key))
    .map(({ id }) => entityOfMessageId(tx, id))
    .slice(0, mostSplit)
}

/** As many messages as one event names. */
const mostSplit = 500

function entityOfMessageId(tx: Writer, id: number): string {
  const message = tx.get<{ message_id: string | null; content_hash: Buffer }>(
    'SELECT message_id, content_hash FROM messages WHERE id = ?',
    id,
  )
  if (!message) throw new PosternError('not-found', 'no such message')
  return entityOfMessage(message.message_id, message.content_hash)
}

/**
 * The same by the keys of messages, of which some may not be here yet.
 * @returns null when nothing of them is here, or nothing would be left behind
 */
export function splitKeys(
  tx: Writer,
  workspace: Workspace,
  from: number,
  chosen: readonly bigint[],
  by: string,
  named: Before['named'],
): { conversationId: number; actId: number } | null {
  const members = membersOf(tx, from)
  const keys = new Set(chosen)
  if (members.every(({ key }) => keys.has(key)) || !members.some(({ key }) => keys.has(key))) return null
  const old = stateOf(tx, from)
  const into = Number(
    tx.run('INSERT INTO conversations(status, status_by_person) VALUES(?, ?)', old.status, old.status_by_person)
      .lastInsertRowid,
  )
  const root = unite(tx, [from])
  tx.run('UPDATE conversations SET family = ? WHERE id = ?', root, into)
  const now = Date.now()
  const actId = act(tx, 'split', by, now, into, from, { ...before(tx, old, old, null), named })
  for (const member of members) {
    if (keys.has(member.key)) pin(tx, actId, member, into, true, from)
    else if (member.pin_conversation === null) pin(tx, actId, member, from, false, from)
  }
  note(tx, from, 'split-off', by, now, actId)
  note(tx, into, 'split-from', by, now, actId)
  renew(tx, workspace, [...sortFamily(tx, workspace, root), from, into])
  return { conversationId: into, actId }
}

/** The act of this kind that an event's name stands for and nobody took back; null: there is none here. */
export function standingAct(tx: Writer, kind: 'merge' | 'split', entity: string): number | null {
  return (
    tx.get<{ id: number }>(
      "SELECT id FROM thread_acts WHERE kind = ? AND undone = 0 AND json_extract(before, '$.named.entity') = ? ORDER BY id DESC LIMIT 1",
      kind,
      entity,
    )?.id ?? null
  )
}

/** A person takes an act back, here and for the team. */
export function takeBackThreadAct(tx: Writer, workspace: Workspace, actId: number): void {
  const row = tx.get<{ kind: string; before: string }>('SELECT kind, before FROM thread_acts WHERE id = ?', actId)
  const named = row ? Before.parse(JSON.parse(row.before)).named : null
  const rows = row?.kind === 'split' && named?.from ? workspace.team.eventsOf(tx, named.from) : []
  const under = (field: string): string[] =>
    rows.filter((one) => one.field === `${field}:${named?.entity}`).map(({ element }) => element)
  const [parts, left] = [under('split-off'), under('left')]
  // Recorded first: where messages lie follows from what was decided.
  if (row?.kind === 'merge' && named)
    workspace.team.record(tx, { kind: 'merge', entity: named.entity, payload: { into: null } })
  if (parts.length > 0 && named?.from)
    workspace.team.record(tx, {
      kind: 'split',
      entity: named.from,
      payload: { split: named.entity, messages: parts, left, on: false },
    })
  undoThreadAct(tx, workspace, actId)
}

/** Under which name a conversation goes into another: one that has not gone anywhere yet, so that an earlier merge stands. */
function nameToMerge(tx: Writer, workspace: Workspace, conversationId: number): string | null {
  const usual = entityOfConversation(tx, workspace.hashes, conversationId)
  return (
    groupOfConversation(tx, conversationId).entities.find(
      (entity) =>
        !workspace.team.eventsOf(tx, entity).some(({ field, value }) => field === 'merged-into' && value !== null),
    ) ?? usual
  )
}

/** Messages of these conversations are put where they belong by now. */
export function sortAgain(tx: Writer, workspace: Workspace, ids: readonly number[]): void {
  if (ids.length > 0) renew(tx, workspace, sortFamily(tx, workspace, unite(tx, ids)))
}

/** Puts all of `other` into `into`, for good: later answers to it follow. @throws PosternError `conflict` when they are one already */
export function merge(
  tx: Writer,
  workspace: Workspace,
  into: number,
  other: number,
  by: string,
  heard: { entity: string } | null = null,
): { actId: number } {
  const [target, source] = [stateOf(tx, into), stateOf(tx, other)]
  if (target.id === source.id) throw new PosternError('conflict', 'one conversation already', { what: 'merge' })
  const now = Date.now()
  const entity = heard?.entity ?? nameToMerge(tx, workspace, source.id)
  const targetEntity = entityOfConversation(tx, workspace.hashes, target.id)
  // Recorded before they are one, under the name of the one that goes.
  if (!heard && entity !== null && targetEntity !== null)
    workspace.team.record(tx, { kind: 'merge', entity, payload: { into: targetEntity } })
  const actId = act(tx, 'merge', by, now, target.id, source.id, {
    ...before(tx, target, source, source.id),
    named: entity === null ? null : { entity, from: targetEntity },
  })
  for (const member of membersOf(tx, source.id)) pin(tx, actId, member, target.id, true, source.id)
  for (const member of membersOf(tx, target.id))
    if (member.pin_conversation === null) pin(tx, actId, member, target.id, false, target.id)
  // A part of another family brings that family along, without joining the rest of it.
  const root = unite(tx, [target.id, source.id])
  mergeInto(tx, target.id, source.id)
  workspace.team.conversationGrew(tx, target.id, [], [source.id])
  workspace.team.doLater(tx)
  note(tx, target.id, 'merged', by, now, actId)
  markWork(tx, target.id)
  renew(tx, workspace, [...sortFamily(tx, workspace, root), target.id])
  return { actId }
}

/** A person looked at a message that might belong elsewhere and keeps it where it is: it is not asked again. */
export function keepHere(tx: Writer, messageId: number, by: string): { actId: number } {
  const row = tx.get<{ conversation_id: number | null }>('SELECT conversation_id FROM messages WHERE id = ?', messageId)
  const here = row?.conversation_id ?? null
  const member = here === null ? undefined : membersOf(tx, here).find(({ id }) => id === messageId)
  if (here === null || !member) throw new PosternError('not-found', 'no such message')
  const state = stateOf(tx, here)
  unite(tx, [here])
  const actId = act(tx, 'keep', by, Date.now(), here, here, before(tx, state, state, null))
  pin(tx, actId, member, here, true, here)
  tx.changes.changed('conversations', here)
  return { actId }
}

interface ActRow {
  id: number
  kind: string
  conversation_id: number
  other_id: number
  undone: number
  before: string
}

/** Takes an act back, also long after: what came since goes where the messages go that it answers. @throws PosternError `not-found`, `conflict` when it was taken back already */
export function undoThreadAct(tx: Writer, workspace: Workspace, actId: number): void {
  const row = tx.get<ActRow>(
    'SELECT id, kind, conversation_id, other_id, undone, before FROM thread_acts WHERE id = ?',
    actId,
  )
  if (!row) throw new PosternError('not-found', 'no such act')
  if (row.undone === 1) throw new PosternError('conflict', 'taken back already', { what: 'undo' })
  tx.run('UPDATE thread_acts SET undone = 1 WHERE id = ?', actId)
  const state = Before.parse(JSON.parse(row.before))
  const here = survivorOf(tx, row.conversation_id)
  if (row.kind === 'merge') revive(tx, workspace, row, here, state)
  for (const one of tx.all<{
    key: string
    before_conversation: number | null
    before_act: number | null
    before_chosen: number | null
  }>(
    'SELECT CAST(key_hash AS TEXT) AS key, before_conversation, before_act, before_chosen FROM thread_act_pins WHERE act_id = ?',
    actId,
  )) {
    const key = BigInt(one.key)
    // A later act on the message stands.
    if (one.before_act === null)
      tx.run(
        'UPDATE thread_pins SET conversation_id = ?, chosen = 0 WHERE key_hash = ? AND act_id = ?',
        one.before_conversation,
        key,
        actId,
      )
    else
      tx.run(
        'UPDATE thread_pins SET conversation_id = ?, act_id = ?, chosen = ? WHERE key_hash = ? AND act_id = ?',
        one.before_conversation,
        one.before_act,
        one.before_chosen,
        key,
        actId,
      )
  }
  const affected = [here, survivorOf(tx, row.other_id)]
  const root = unite(tx, affected)
  affected.push(...sortFamily(tx, workspace, root))
  tx.run('DELETE FROM history WHERE act_id = ?', actId)
  renew(tx, workspace, affected)
}

/** The conversation that was merged away is there again, with what came along from it. */
function revive(tx: Writer, workspace: Workspace, row: ActRow, here: number, state: Before): void {
  const gone = tx.get<{ merged_into: number | null }>(
    'SELECT merged_into FROM conversations WHERE id = ?',
    row.other_id,
  )
  if (!gone || gone.merged_into === null) return
  tx.run(
    'UPDATE conversations SET merged_into = NULL, status = ?, status_by_person = ?, version = version + 1 WHERE id = ?',
    state.otherStatus,
    state.otherByPerson,
    row.other_id,
  )
  tx.run('UPDATE conversations SET status = ?, status_by_person = ? WHERE id = ?', state.status, state.byPerson, here)
  for (const table of ['history', 'notes', 'drafts', 'outbox'] as const) {
    for (const id of state[table])
      tx.run(`UPDATE ${table} SET conversation_id = ? WHERE id = ? AND conversation_id = ?`, row.other_id, id, here)
  }
  for (const entity of state.anchors)
    tx.run(
      'UPDATE team_anchors SET conversation_id = ? WHERE entity = ? AND conversation_id = ?',
      row.other_id,
      entity,
      here,
    )
  workspace.team.conversationShrank(tx, here)
  workspace.team.conversationShrank(tx, row.other_id)
}

function renew(tx: Writer, workspace: Workspace, ids: readonly number[]): void {
  for (const id of new Set(ids)) {
    if (findSurvivor(tx, id) !== id) continue
    fitMailboxes(tx, id)
    markWork(tx, id)
    summarize(tx, id, workspace.own)
    tx.run('UPDATE conversations SET version = version + 1 WHERE id = ?', id)
  }
  tx.changes.touched('counts')
  tx.changes.changed('customers')
  workspace.team.doLater(tx)
}

function stateOf(tx: Writer, id: number): State {
  const row = tx.get<State>('SELECT id, status, status_by_person FROM conversations WHERE id = ?', survivorOf(tx, id))
  if (!row) throw new PosternError('not-found', 'no such conversation')
  return row
}

/** Messages in order of time, each with where a person has put it already. */
function membersOf(tx: Writer, conversationId: number): Member[] {
  return tx
    .all<Omit<Member, 'key'> & { key: string }>(
      `SELECT m.id, CAST(m.key_hash AS TEXT) AS key, p.conversation_id AS pin_conversation, p.act_id AS pin_act, p.chosen AS pin_chosen
     FROM messages m LEFT JOIN thread_pins p ON p.key_hash = m.key_hash WHERE m.conversation_id = ? ORDER BY m.date, m.id`,
      conversationId,
    )
    .map((row) => ({ ...row, key: BigInt(row.key) }))
}

function before(tx: Writer, here: State, other: State, from: number | null): Before {
  const ids = (table: string): number[] =>
    from === null
      ? []
      : tx.all<{ id: number }>(`SELECT id FROM ${table} WHERE conversation_id = ?`, from).map(({ id }) => id)
  return {
    status: here.status,
    byPerson: here.status_by_person,
    otherStatus: other.status,
    otherByPerson: other.status_by_person,
    history: ids('history'),
    notes: ids('notes'),
    drafts: ids('drafts'),
    outbox: ids('outbox'),
    named: null,
    anchors:
      from === null
        ? []
        : tx
            .all<{ entity: string }>('SELECT entity FROM team_anchors WHERE conversation_id = ?', from)
            .map(({ entity }) => entity),
  }
}

function act(
  tx: Writer,
  kind: 'split' | 'merge' | 'keep',
  by: string,
  at: number,
  conversationId: number,
  otherId: number,
  state: Before,
): number {
  return Number(
    tx.run(
      'INSERT INTO thread_acts(kind, at, by, conversation_id, other_id, before) VALUES(?, ?, ?, ?, ?, ?)',
      kind,
      at,
      by,
      conversationId,
      otherId,
      JSON.stringify(state),
    ).lastInsertRowid,
  )
}

/** @param home where it goes back to when the act is taken back and nobody had put it anywhere before */
function pin(tx: Writer, actId: number, member: Member, conversationId: number, chosen: boolean, home: number): void {
  tx.run(
    'INSERT OR IGNORE INTO thread_act_pins(act_id, key_hash, before_conversation, before_act, before_chosen) VALUES(?, ?, ?, ?, ?)',
    actId,
    member.key,
    member.pin_conversation ?? home,
    member.pin_act,
    member.pin_chosen,
  )
  tx.run(
    'INSERT INTO thread_pins(key_hash, conversation_id, act_id, chosen) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET conversation_id = ?2, act_id = ?3, chosen = ?4',
    member.key,
    conversationId,
    actId,
    Number(chosen),
  )
}
