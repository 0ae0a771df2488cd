import { summarize } from '../conversations/summary'
import { merge, sortAgain, splitKeys, standingAct } from '../threads/thread-acts'
import { undoThreadAct } from '../threads/thread-undo'
import { findSurvivor, survivorOf } from '../threads/threads'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { conversationOf, groupOf, keyHashOf, type Group } from './anchors'
import { nameOfDevice } from './members'
import { stateOfEntity, type EntityState } from './state'

/**
 * What colleagues put together or took apart. Each conversation's anchor says for itself where it was put, so that two merges
 * into one conversation never stand in each other's way. The work is done once the state of all that is touched is made.
 */
export function sortLater(tx: Writer, workspace: Workspace, entity: string): void {
  if (tx.get("SELECT 1 FROM team_events WHERE entity = ? AND kind IN ('merge', 'split') LIMIT 1", entity))
    workspace.team.afterwards(tx, () => sortEntity(tx, workspace, entity))
}

/** Mail came that a merge or a split waits for. */
export function placeWaiting(tx: Writer, workspace: Workspace, group: Group): void {
  for (const entity of group.entities) sortLater(tx, workspace, entity)
  for (const { entity } of tx.all<{ entity: string }>(
    "SELECT DISTINCT e.entity FROM json_each(?) v JOIN team_events e ON e.kind = 'merge' AND json_extract(e.payload, '$.into') = v.value",
    JSON.stringify(group.entities),
  )) {
    if (!group.entities.includes(entity)) sortLater(tx, workspace, entity)
  }
}

/** Brings the conversation that an anchor names in line with what the team decided about it. */
function sortEntity(tx: Writer, workspace: Workspace, entity: string): void {
  const state = stateOfEntity(workspace.team.eventsOf(tx, entity))
  const into = state.get('merged-into')
  if (into) placeMerge(tx, workspace, entity, into)
  placeSplits(tx, workspace, entity, state)
  const target = typeof into?.value === 'string' ? conversationOf(tx, workspace.hashes, into.value) : null
  const here = conversationOf(tx, workspace.hashes, entity)
  sortAgain(
    tx,
    workspace,
    [here, target].filter((id) => id !== null),
  )
}

function placeMerge(tx: Writer, workspace: Workspace, entity: string, { value, device }: EntityState): void {
  const act = standingAct(tx, 'merge', entity)
  const here = conversationOf(tx, workspace.hashes, entity)
  if (typeof value !== 'string') {
    if (act !== null) undoThreadAct(tx, workspace, act)
    return
  }
  // An anchor of mail that is not here yet is remembered; its coming brings us here again.
  const target = groupOf(tx, workspace.hashes, value).conversationId
  if (target === null || here === null || survivorOf(tx, target) === here) return
  if (act !== null) return
  merge(tx, workspace, target, here, nameOfDevice(tx, device), { entity })
}

function placeSplits(tx: Writer, workspace: Workspace, entity: string, state: ReadonlyMap<string, EntityState>): void {
  const wanted = new Map<string, { keys: bigint[]; device: string }>()
  for (const [name, { device }] of state) {
    const [, split, message] = /^split-off:(\S+) (\S+)$/.exec(name) ?? []
    if (split === undefined || message === undefined) continue
    const part = wanted.get(split) ?? { keys: [], device }
    part.keys.push(keyHashOf(workspace.hashes, message))
    wanted.set(split, part)
  }
  for (const { split, act } of splitsOf(tx, entity)) if (!wanted.has(split)) undoThreadAct(tx, workspace, act)
  for (const [split, { keys, device }] of wanted) {
    const from = conversationOf(tx, workspace.hashes, entity)
    if (from === null || standingAct(tx, 'split', split) !== null) continue
    const made = splitKeys(tx, workspace, from, keys, nameOfDevice(tx, device), { entity: split, from: entity })
    if (made !== null && findSurvivor(tx, made.conversationId) !== null)
      summarize(tx, made.conversationId, workspace.own)
  }
}

const splitsOf = (tx: Writer, entity: string): { split: string; act: number }[] =>
  tx.all<{ split: string; act: number }>(
    "SELECT json_extract(before, '$.named.entity') AS split, id AS act FROM thread_acts WHERE kind = 'split' AND undone = 0 AND json_extract(before, '$.named.from') = ?",
    entity,
  )
