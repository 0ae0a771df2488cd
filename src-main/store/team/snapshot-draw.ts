import { createHash } from 'node:crypto'
import { toCbor } from '../../crypto/blob'
import type { Reader } from '../file/database'
import { covers, type Cover } from './cover'
import { effectsOf, seenOf, standing } from './events'
import { compareStamps, enough, type LogEvent } from './reduce'

/** One event of a snapshot; `seen` is its batch's. */
export interface Kept {
  readonly device: string
  readonly seq: number
  readonly idx: number
  readonly kind: string
  readonly entity: string
  readonly ms: number
  readonly ctr: number
  readonly payload: string
  readonly seen: string
}

interface Row extends Kept {
  readonly standing: number
}

const pageEntities = 100

/**
 * What of the events under a cover is enough to come to the same states, and the digest of it. Yields after each page, so that
 * others come in between. The digest is over what each entity needs by itself, so it does not depend on which mail is here.
 */
export function* draw(read: Reader, cover: Cover): Generator<void, { kept: Kept[]; root: string }> {
  const root = createHash('sha256')
  root.update(
    toCbor(
      Object.entries(cover)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([device, { seq, hash }]) => [device, seq, hash]),
    ),
  )
  const kept = new Map<string, Kept>()
  for (let after = ''; ;) {
    const entities = read.all<{ entity: string }>(
      `SELECT DISTINCT entity FROM team_events WHERE entity > ? ORDER BY entity LIMIT ${pageEntities}`,
      after,
    )
    for (const { entity } of entities) {
      for (const event of neededOf(read, cover, entity)) {
        kept.set(dotOf(event), event)
        root.update(
          toCbor([
            event.device,
            event.seq,
            event.idx,
            event.kind,
            event.entity,
            event.ms,
            event.ctr,
            JSON.parse(event.payload),
          ]),
        )
      }
    }
    const last = entities.at(-1)
    if (!last) break
    after = last.entity
    yield
  }
  yield* acrossNames(read, cover, kept)
  return { kept: [...kept.values()].toSorted(byDot), root: root.digest('hex') }
}

/** Conversations with several names: who overrules what under another name belongs to it. */
function* acrossNames(read: Reader, cover: Cover, kept: Map<string, Kept>): Generator<void, void> {
  for (const { conversation_id: id } of read.all<{ conversation_id: number }>(
    'SELECT conversation_id FROM team_anchors WHERE conversation_id IS NOT NULL GROUP BY conversation_id HAVING count(*) > 1',
  )) {
    const rows = read
      .all<{ entity: string }>('SELECT entity FROM team_anchors WHERE conversation_id = ?', id)
      .flatMap(({ entity }) => rowsOf(read, cover, entity))
    const events = new Map(rows.filter((row) => row.standing === standing.counts).map((row) => [logEventOf(row), row]))
    const from = [...events].filter(([, row]) => kept.has(dotOf(row))).map(([event]) => event)
    for (const event of enough([...events.keys()], effectsOf, from)) {
      const row = events.get(event)
      if (row) kept.set(dotOf(row), row)
    }
    yield
  }
}

function neededOf(read: Reader, cover: Cover, entity: string): Kept[] {
  const rows = rowsOf(read, cover, entity)
  const events = new Map(rows.filter((row) => row.standing === standing.counts).map((row) => [logEventOf(row), row]))
  const needed = enough([...events.keys()].toSorted(compareStamps), effectsOf).flatMap(
    (event) => events.get(event) ?? [],
  )
  // What a newer program wrote is not ours to judge.
  return [...needed, ...rows.filter((row) => row.standing === standing.newer)].toSorted(byDot)
}

const rowsOf = (read: Reader, cover: Cover, entity: string): Row[] =>
  read
    .all<Row>(
      `SELECT e.device, e.seq, e.idx, e.kind, e.entity, e.ms, e.ctr, e.payload, e.standing, b.seen FROM team_events e JOIN team_batches b ON b.device = e.device AND b.seq = e.seq
   WHERE e.entity = ? AND e.standing IN (${standing.counts}, ${standing.newer})`,
      entity,
    )
    .filter(({ device, seq }) => covers(cover, device, seq))

const logEventOf = (row: Row): LogEvent => ({ ...row, payload: JSON.parse(row.payload), seen: seenOf(row.seen) })
const dotOf = ({ device, seq, idx }: { device: string; seq: number; idx: number }): string => `${device} ${seq} ${idx}`
const byDot = (a: Kept, b: Kept): number =>
  a.device < b.device ? -1 : a.device > b.device ? 1 : a.seq - b.seq || a.idx - b.idx

/** Walks through a drawing at once. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}
