import { summarize } from '../conversations/summary'
import { merge, splitKeys, standingAct, undoThreadAct } from '../threads/thread-acts'
import { findSurvivor } from '../threads/threads'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { conversationOf, groupOf, keyHashOf, type Group } from './anchors'
import type { Changed } from './log'
import { nameOfDevice } from './members'
import { stateOfEntity, type EntityState } from './state'

/**
 * What colleagues put together or took apart. Each conversation's anchor says for itself where it was put, so that two merges
 * into one conversation never stand in each other's way. The work is done once the state of all that is touched is made.
 */
export function projectThreads({ tx, workspace, group, fields, own, quiet }: Changed): void {
  if (
    group.conversationId === null ||
    own ||
    quiet ||
    ![...fields].some((field) => field === 'merged-into' || field === 'split-off')
  )
    return
  workspace.team.afterwards(() => {
    for (const entity of group.entities) sortEntity(tx, workspace, entity)
  })
}

/** Mail came that a merge waits for: what shall go into its conversation goes there. */
export function placeWaiting(tx: Writer, workspace: Workspace, group: Group): void {
  for (const { owner } of tx.all<{ owner: string }>(
    `SELECT owner FROM team_state WHERE field = 'merged-into' AND element = '' AND rank = 0 AND value IN (SELECT json_quote(value) FROM json_each(?))`,
    JSON.stringify(group.entities),
  )) {
    if (!group.entities.includes(owner)) workspace.team.afterwards(() => sortEntity(tx, workspace, owner))
  }
}

/** Brings the conversation that an anchor names in line with what the team decided about it. */
function sortEntity(tx: Writer, workspace: Workspace, entity: string): void {
  const state = stateOfEntity(workspace.team.eventsOf(tx, entity))
  const into = state.get('merged-into')
  if (into) placeMerge(tx, workspace, entity, into)
  placeSplits(tx, workspace, entity, state)
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
  if (target === null || here === null || target === here) return
  if (act !== null) return
  merge(tx, workspace, target, here, nameOfDevice(tx, device), { entity })
}

function placeSplits(tx: Writer, workspace: Workspace, entity: string, state: ReadonlyMap<string, EntityState>): void {
  const wanted = new Map<string, { keys: bigint[]; device: string }>()
  for (const [field, { value, device }] of state) {
    if (!field.startsWith('split-off ') || typeof value !== 'string') continue
    const part = wanted.get(value) ?? { keys: [], device }
    part.keys.push(keyHashOf(workspace.hashes, field.slice('split-off '.length)))
    wanted.set(value, part)
  }
  for (const { first, act } of splitsOf(tx, entity)) if (!wanted.has(first)) undoThreadAct(tx, workspace, act)
  for (const [first, { keys, device }] of wanted) {
    const from = conversationOf(tx, workspace.hashes, entity)
    if (from === null || standingAct(tx, 'split', first) !== null) continue
    const made = splitKeys(tx, workspace, from, keys, nameOfDevice(tx, device), { entity: first, from: entity })
    if (made !== null && findSurvivor(tx, made.conversationId) !== null)
      summarize(tx, made.conversationId, workspace.own)
  }
}

const splitsOf = (tx: Writer, entity: string): { first: string; act: number }[] =>
  tx.all<{ first: string; act: number }>(
    "SELECT json_extract(before, '$.named.entity') AS first, id AS act FROM thread_acts WHERE kind = 'split' AND undone = 0 AND json_extract(before, '$.named.from') = ?",
    entity,
  )
