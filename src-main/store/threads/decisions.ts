import type { Reader } from '../file/database'
import { keyHashOf } from '../team/anchors'
import { effectsOf, eventsOf } from '../team/events'
import { compareStamps, knew, reduce, type LogEvent } from '../team/reduce'
import type { Workspace } from '../workspace'
import type { Decision } from './arrange'

/** What stands of merges and splits in a family, each after what it knew of; what did not know of each other comes in the order of its stamps. */
export function decisionsOn(read: Reader, workspace: Workspace, root: number): Decision[] {
  const standing: { event: LogEvent; decision: Decision }[] = []
  const keyOf = (entity: string): string => String(keyHashOf(workspace.hashes, entity))
  for (const { entity } of read.all<{ entity: string }>(
    `SELECT a.entity FROM conversations c JOIN team_anchors a ON a.conversation_id = c.id WHERE c.family = ?
       AND EXISTS(SELECT 1 FROM team_events e WHERE e.entity = a.entity AND e.kind IN ('merge', 'split'))`,
    root,
  )) {
    const events = eventsOf(read, entity)
    const splits = new Map<string, { event: LogEvent; messages: string[]; left: string[] }>()
    for (const { field, element, rank, value, device, seq, idx } of reduce(events, effectsOf)) {
      const event = events.find((one) => one.device === device && one.seq === seq && one.idx === idx)
      if (rank !== 0 || !event) continue
      if (field === 'merged-into' && typeof value === 'string')
        standing.push({ event, decision: { do: 'merge', from: keyOf(entity), into: keyOf(value) } })
      const off = field.startsWith('split-off:')
      if (!off && !field.startsWith('left:')) continue
      const name = field.slice(field.indexOf(':') + 1)
      const split = splits.get(name) ?? { event, messages: [], left: [] }
      ;(off ? split.messages : split.left).push(keyOf(element))
      splits.set(name, split)
    }
    for (const { event, messages, left } of splits.values())
      if (messages.length > 0) standing.push({ event, decision: { do: 'split', from: keyOf(entity), messages, left } })
  }
  return inOrder(standing).map(({ decision }) => decision)
}

function inOrder<T extends { readonly event: LogEvent }>(all: readonly T[]): T[] {
  const waiting = all.toSorted((a, b) => compareStamps(a.event, b.event))
  const done: T[] = []
  while (waiting.length > 0) {
    const free = waiting.findIndex((one) => !waiting.some((other) => other !== one && knew(one.event, other.event)))
    done.push(...waiting.splice(Math.max(0, free), 1))
  }
  return done
}
