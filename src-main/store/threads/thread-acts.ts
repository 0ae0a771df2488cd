import { PosternError } from '../../../src-preload/contract/errors'
import type { Writer } from '../file/database'
import { mergeInto, note } from './threads'
import { lettersOf, sortFamily, unite } from './families'
import { withAnswers } from './arrange'
import { act, Before, before, membersOf, pin, renew, stateOf, type Member } from './thread-act-rows'
import { undoThreadAct } from './thread-undo'
import { markWork } from '../conversations/summary'
import { entityOfConversation, entityOfMessage, groupOfConversation } from '../team/anchors'
import { newName } from '../team/log'
import type { Workspace } from '../workspace'

/** Splitting, merging and keeping together by a person. Each is one row of `thread_acts`, which `thread-undo` reads back. */

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
  const messages = chosen.map(({ id }) => entityOfMessageId(tx, id))
  const name = newName()
  // Recorded first: where messages lie follows from what was decided.
  if (entity !== null) tellSplit(tx, workspace, entity, name, messages, leftBehind(tx, workspace, from, chosen))
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
  return letters.filter(({ key }) => along.has(key) && !named.has(key)).map(({ id }) => entityOfMessageId(tx, id))
}

/** As many messages as one event names. */
const mostSplit = 500

/** A long conversation takes several events of one name: what they say adds up. */
function tellSplit(
  tx: Writer,
  workspace: Workspace,
  entity: string,
  split: string,
  messages: readonly string[],
  left: readonly string[],
  on = true,
): void {
  for (let at = 0; at < Math.max(messages.length, left.length); at += mostSplit) {
    const named = messages.slice(at, at + mostSplit)
    workspace.team.record(tx, {
      kind: 'split',
      entity,
      // each names one at least
      payload: {
        split,
        messages: named.length > 0 ? named : messages.slice(0, 1),
        left: left.slice(at, at + mostSplit),
        ...(on ? {} : { on }),
      },
    })
  }
}

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
  if (parts.length > 0 && named?.from) tellSplit(tx, workspace, named.from, named.entity, parts, left, false)
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
