import type { Reader } from '../file/database'
import { kindOf, type Kind, type KindName } from './kinds'
import type { Dot, Effect, Frontier, LogEvent, Stamp } from './reduce'

/** Whether an event counts, and why not. Stored; never renumber. */
export const standing = { counts: 0, held: 1, refused: 2, newer: 3, unknownDevice: 4, forked: 5, settled: 6 } as const

interface EventRow extends Dot, Stamp {
  readonly kind: string
  readonly entity: string
  readonly payload: string
  readonly seen: string
}

/** Events of an entity that count, in any order; of one kind only when it is named. */
export function eventsOf(read: Reader, entity: string, kind: KindName | null = null): LogEvent[] {
  return read
    .all<EventRow>(
      `SELECT e.device, e.seq, e.idx, e.kind, e.entity, e.ms, e.ctr, e.payload, b.seen FROM team_events e JOIN team_batches b ON b.device = e.device AND b.seq = e.seq
     WHERE e.entity = ?1 AND e.standing = ${standing.counts} AND (?2 IS NULL OR e.kind = ?2)`,
      entity,
      kind,
    )
    .map((row) => ({ ...row, payload: parsed(row.payload), seen: seenOf(row.seen) }))
}

export const parsed = (text: string): unknown => JSON.parse(text)

/** The batches of a page of events are few, and each is read for every event of it. */
const seenTexts = new Map<string, Frontier>()

/** What the writer of a batch had seen, as it is stored. */
export function seenOf(text: string): Frontier {
  const known = seenTexts.get(text)
  if (known) return known
  const value = parsed(text)
  const seen =
    typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
        )
      : {}
  if (seenTexts.size > 5000) seenTexts.clear()
  seenTexts.set(text, seen)
  return seen
}

/** What an event does to its entity; nothing, where this program knows no such kind or payload. */
export function effectsOf(event: LogEvent): readonly Effect[] {
  const kind: Kind | undefined = kindOf(event.kind)
  const fits = kind?.payload.safeParse(event.payload)
  return kind && fits?.success ? kind.effects(fits.data) : []
}
