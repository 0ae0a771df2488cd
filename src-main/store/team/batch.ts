import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Reader } from '../file/database'
import { seenOf } from './events'

/**
 * The body of a blob as CBOR: `[seen, ms, events]`. `seen` holds only what is new against the batch before, devices as bytes;
 * `ms` is the stamp of the first event, the others count from it; an event is `[kind, entity, ms, ctr, payload]`, and the
 * entity of a conversation is its 16 bytes.
 */
/** What snapshots hold and a calendar can show: two numbers that fit may add up to more. */
const latest = 2 ** 52
const Count = z.int().min(0).max(latest)
const Body = z.tuple([
  z.array(z.tuple([z.instanceof(Uint8Array).refine((value) => value.byteLength === 8), Count])).max(1000),
  Count,
  z
    .array(
      z.tuple([
        z.string().min(1).max(60),
        z.union([z.string().max(200), z.instanceof(Uint8Array).refine((value) => value.byteLength === 16)]),
        z
          .int()
          .min(-(2 ** 52))
          .max(2 ** 52),
        z.int().min(0).max(65_535),
        z.unknown(),
      ]),
    )
    .max(2000),
])

export interface BatchEvent {
  readonly kind: string
  readonly entity: string
  readonly ms: number
  readonly ctr: number
  readonly payload: string
}
export interface Batch {
  readonly seen: Readonly<Record<string, number>>
  readonly events: readonly BatchEvent[]
}

/** What is sealed of a batch: of what its writer had seen only what it had not seen at the batch before, and of times the distance to the first. */
export function batchBody(read: Reader, device: string, seq: number, seenBefore: string, seen: string): unknown {
  const before = seenOf(seenBefore)
  const fresh = Object.entries(seenOf(seen))
    .filter(([name, count]) => before[name] !== count)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const events = read.all<BatchEvent>(
    'SELECT kind, entity, ms, ctr, payload FROM team_events WHERE device = ? AND seq = ? ORDER BY idx',
    device,
    seq,
  )
  const first = events[0]?.ms ?? 0
  return [
    fresh.map(([name, count]) => [Buffer.from(name, 'hex'), count]),
    first,
    events.map(({ kind, entity, ms, ctr, payload }) => [kind, shortEntity(entity), ms - first, ctr, plain(payload)]),
  ]
}

/** @throws PosternError `unreadable` */
export function readBody(body: unknown): Batch {
  const fields = Body.safeParse(body)
  if (!fields.success) throw new PosternError('unreadable', 'the body of a blob does not fit')
  const [seen, first, events] = fields.data
  return {
    seen: Object.fromEntries(seen.map(([device, count]) => [Buffer.from(device).toString('hex'), count])),
    events: events.map(([kind, entity, ms, ctr, payload]) => ({
      kind,
      entity: typeof entity === 'string' ? entity : `c:${Buffer.from(entity).toString('base64url')}`,
      ms: Math.min(latest, Math.max(0, first + ms)),
      ctr,
      payload: JSON.stringify(payload) ?? 'null',
    })),
  }
}

function shortEntity(entity: string): string | Uint8Array {
  if (!/^c:[A-Za-z0-9_-]{22}$/.test(entity)) return entity
  const raw = Buffer.from(entity.slice(2), 'base64url')
  return `c:${raw.toString('base64url')}` === entity ? raw : entity
}

const plain = (payload: string): unknown => JSON.parse(payload)
