import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { openBlob, readBlob, signedBy, toCbor } from '../../crypto/blob'
import type { Reader } from '../file/database'
import type { Cover } from './cover'
import type { Kept } from './snapshot-draw'
import { seenOf } from './events'
import { keyOf } from './passing'

/**
 * One part of a snapshot as CBOR; every part names the whole. Devices are written once and then by their number; the batches of
 * a part come in their order, each with what it had seen that the one before of its device had not.
 */
const Bytes = (length: number): z.ZodType<Uint8Array> =>
  z.instanceof(Uint8Array).refine((value) => value.byteLength === length)
const Count = z
  .int()
  .min(0)
  .max(2 ** 52)
const Index = z.int().min(0).max(5000)
const Part = z.tuple([
  z.literal(1),
  Bytes(16),
  Count,
  Count,
  Count,
  Count,
  Bytes(32),
  z.string().max(100),
  z.string().max(40),
  z.array(Bytes(8)).max(5000),
  z.array(z.tuple([Index, Count, Bytes(16)])).max(5000),
  z.array(z.tuple([Index, Count, z.array(z.tuple([Index, Count])).max(5000)])).max(20_000),
  z
    .array(
      z.tuple([
        Index,
        Count,
        Count,
        z.string().min(1).max(60),
        z.string().max(200),
        Count,
        z.int().min(0).max(65_535),
        z.unknown(),
      ]),
    )
    .max(20_000),
])

/** What every part says of the whole. */
export interface SnapshotHead {
  /** Hex, 16 bytes. */
  readonly id: string
  readonly parts: number
  /** ms by its writer's clock. */
  readonly at: number
  /** The version of the roster by which its events counted. */
  readonly roster: number
  readonly root: string
  readonly cover: Cover
  /** Of messages up to here, in this generation, nothing is needed any more. */
  readonly generation: string
  readonly place: string
}
export interface SnapshotBatch {
  readonly device: string
  readonly seq: number
  readonly seen: string
}
export interface SnapshotPart {
  readonly head: SnapshotHead
  readonly part: number
  readonly batches: readonly SnapshotBatch[]
  readonly events: readonly Omit<Kept, 'seen'>[]
}

const eventsAPart = 1500
const textAPart = 300_000
/** A letter may be four bytes, and what the batches had seen comes on top: no part may be larger than a blob, however badly it packs. */
const bytesAPart = 384 * 1024

/** @param frontier the last batch of each device under the cover */
export function partsOf(
  head: Omit<SnapshotHead, 'parts'>,
  frontier: readonly SnapshotBatch[],
  kept: readonly Kept[],
): unknown[] {
  const pages: Kept[][] = [[]]
  let text = 0
  for (const event of kept) {
    const page = pages.at(-1) ?? []
    if (page.length >= eventsAPart || text > textAPart) {
      pages.push([event])
      text = event.payload.length
    } else {
      page.push(event)
      text += event.payload.length
    }
  }
  const body = (page: readonly Kept[], part: number, parts: number): unknown => {
    const names = new Map<string, number>()
    const index = (device: string): number => names.get(device) ?? (names.set(device, names.size), names.size - 1)
    const cover = Object.entries(head.cover).map(([device, { seq, hash }]) => [index(device), seq, hex(hash)])
    const seenBefore = new Map<string, Record<string, number>>()
    const batches = unique([...(part === 0 ? frontier : []), ...page]).map(({ device, seq, seen }) => {
      const now = seenOf(seen)
      const before = seenBefore.get(device) ?? {}
      seenBefore.set(device, now)
      return [
        index(device),
        seq,
        Object.entries(now)
          .filter(([other, count]) => before[other] !== count)
          .map(([other, count]) => [index(other), count]),
      ]
    })
    const events = page.map(({ device, seq, idx, kind, entity, ms, ctr, payload }) => [
      index(device),
      seq,
      idx,
      kind,
      entity,
      ms,
      ctr,
      parsed(payload),
    ])
    return [
      1,
      hex(head.id),
      part,
      parts,
      head.at,
      head.roster,
      hex(head.root),
      head.generation,
      head.place,
      [...names.keys()].map(hex),
      cover,
      batches,
      events,
    ]
  }
  const fitting = (page: Kept[], part: number): Kept[][] => {
    if (page.length < 2 || toCbor(body(page, part, pages.length)).byteLength <= bytesAPart) return [page]
    const half = page.length >> 1
    return [...fitting(page.slice(0, half), part), ...fitting(page.slice(half), part + 1)]
  }
  const fit = pages.flatMap(fitting)
  return fit.map((page, part) => body(page, part, fit.length))
}

/** Batches once each, a device's in their order: what it had seen only grows. */
function unique(rows: readonly SnapshotBatch[]): SnapshotBatch[] {
  return [
    ...new Map(rows.map(({ device, seq, seen }) => [`${device} ${seq}`, { device, seq, seen }])).values(),
  ].toSorted((a, b) => (a.device < b.device ? -1 : a.device > b.device ? 1 : a.seq - b.seq))
}

/** @throws PosternError `unreadable` */
function readPart(body: unknown): SnapshotPart {
  const fields = Part.safeParse(body)
  if (!fields.success) throw new PosternError('unreadable', 'a part of a snapshot does not fit')
  const [, id, part, parts, at, roster, root, generation, place, devices, cover, batches, events] = fields.data
  const names = devices.map(text)
  const name = (index: number): string => {
    const known = names[index]
    if (known === undefined) throw new PosternError('unreadable', 'a part of a snapshot names no device')
    return known
  }
  const seen = new Map<string, Record<string, number>>()
  return {
    part,
    head: {
      id: text(id),
      parts,
      at,
      roster,
      root: text(root),
      generation,
      place,
      cover: Object.fromEntries(cover.map(([device, seq, hash]) => [name(device), { seq, hash: text(hash) }])),
    },
    batches: batches.map(([device, seq, fresh]) => {
      const now = {
        ...seen.get(name(device)),
        ...Object.fromEntries(fresh.map(([other, count]) => [name(other), count])),
      }
      seen.set(name(device), now)
      return { device: name(device), seq, seen: JSON.stringify(now) }
    }),
    events: events.map(([device, seq, idx, kind, entity, ms, ctr, payload]) => ({
      device: name(device),
      seq,
      idx,
      kind,
      entity,
      ms,
      ctr,
      payload: JSON.stringify(payload) ?? 'null',
    })),
  }
}

/** null: it cannot be read yet. */
export function openPart(read: Reader, device: string, bytes: Uint8Array): SnapshotPart | 'false' | null {
  const signKey = read.get<{ sign_key: Buffer }>('SELECT sign_key FROM team_devices WHERE device = ?', device)?.sign_key
  if (!signKey) return null
  try {
    const blob = readBlob(bytes)
    if (!signedBy(blob, signKey)) return 'false'
    const key = keyOf(read, blob)
    return key ? readPart(openBlob(blob, key)) : null
  } catch (fault) {
    if (fault instanceof PosternError) return 'false'
    throw fault
  }
}

const parsed = (payload: string): unknown => JSON.parse(payload)
const hex = (value: string): Buffer => Buffer.from(value, 'hex')
const text = (value: Uint8Array): string => Buffer.from(value).toString('hex')
