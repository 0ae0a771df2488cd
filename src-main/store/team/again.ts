import * as z from 'zod'
import { readBlob, toCbor, type SealedBlob } from '../../crypto/blob'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import type { Batch, BatchEvent } from './batch'
import { blobAt } from './cover'
import { seenOf } from './events'
import { dotText, type Dot } from './reduce'
import { sealedUpTo } from './sealed'

/**
 * A database that was brought back from an earlier copy, or saved from damage, knows less than this device has told: batches of it
 * come back from the server, perhaps after more was written here. What was not signed yet then goes behind them.
 */

interface Local extends BatchEvent {
  readonly idx: number
}
const eventsAt = (read: Reader, device: string, seq: number): Local[] =>
  read.all<Local>(
    'SELECT idx, kind, entity, ms, ctr, payload FROM team_events WHERE device = ? AND seq = ? ORDER BY idx',
    device,
    seq,
  )

/** Stamps alone may be the same twice where a colleague's clock is ahead; what travels has its fields in another order. */
const same = (a: BatchEvent, b: BatchEvent): boolean =>
  a.ms === b.ms && a.ctr === b.ctr && a.kind === b.kind && a.entity === b.entity && plain(a).equals(plain(b))
const plain = ({ payload }: BatchEvent): Buffer => Buffer.from(toCbor(JSON.parse(payload)))

/**
 * Batch `seq` of this device was signed earlier and comes back: what is written here under its number, or a later one, makes way.
 * What came back itself is not told a second time. @param touched gets the entities of what has another number now
 */
export function makeWay(tx: Writer, workspace: Workspace, seq: number, body: Batch | null, touched: Set<string>): void {
  const device = workspace.device.id
  if (!tx.get('SELECT 1 FROM team_batches WHERE device = ? AND seq = ?', device, seq)) return
  const back = body?.events ?? []
  const dots = new Map<string, string>()
  const here = eventsAt(tx, device, seq)
  const left = here.filter((event) => !back.some((other) => same(event, other)))
  if (left.length > 0) moveBehind(tx, device, seq + 1, 1, dots, touched)
  for (const event of here) {
    touched.add(event.entity)
    const at = back.findIndex((other) => same(event, other))
    if (at >= 0) dots.set(dotText({ device, seq, idx: event.idx }), dotText({ device, seq, idx: at }))
    if (at >= 0) tx.run('DELETE FROM team_events WHERE device = ? AND seq = ? AND idx = ?', device, seq, event.idx)
  }
  for (const [idx, event] of left.entries())
    moveEvent(tx, { device, seq, idx: event.idx }, { device, seq: seq + 1, idx }, dots)
  if (left.length > 0) tx.run('UPDATE team_batches SET seq = ?3 WHERE device = ?1 AND seq = ?2', device, seq, seq + 1)
  else tx.run('DELETE FROM team_batches WHERE device = ? AND seq = ?', device, seq)
  mend(tx, workspace, seq, dots)
}

/** A snapshot reaches further than what this device knows of itself: all that was not signed goes behind it. */
export function makeWayFor(tx: Writer, workspace: Workspace, upTo: number): void {
  const device = workspace.device.id
  const { seq } = sealedUpTo(tx, device)
  const touched = new Set<string>()
  const dots = new Map<string, string>()
  moveBehind(tx, device, seq + 1, upTo - seq, dots, touched)
  mend(tx, workspace, seq, dots)
  workspace.team.nowStale(tx, touched)
}

/** Batches from `from` on get numbers that are higher `by`. */
function moveBehind(
  tx: Writer,
  device: string,
  from: number,
  by: number,
  dots: Map<string, string>,
  touched: Set<string>,
): void {
  for (const { seq } of tx.all<{ seq: number }>(
    'SELECT seq FROM team_batches WHERE device = ? AND seq >= ? ORDER BY seq DESC',
    device,
    from,
  )) {
    for (const { idx, entity } of eventsAt(tx, device, seq)) {
      moveEvent(tx, { device, seq, idx }, { device, seq: seq + by, idx }, dots)
      touched.add(entity)
    }
    tx.run('UPDATE team_batches SET seq = ?3 WHERE device = ?1 AND seq = ?2', device, seq, seq + by)
  }
}

function moveEvent(tx: Writer, from: Dot, to: Dot, dots: Map<string, string>): void {
  tx.run(
    'UPDATE team_events SET seq = ?4, idx = ?5 WHERE device = ?1 AND seq = ?2 AND idx = ?3',
    from.device,
    from.seq,
    from.idx,
    to.seq,
    to.idx,
  )
  dots.set(dotText(from), dotText(to))
}

/** What names an event that has another number now names it by that one, and by that one a role allows it or not. */
function mend(tx: Writer, workspace: Workspace, after: number, dots: ReadonlyMap<string, string>): void {
  const device = workspace.device.id
  const judge = workspace.team.judge(tx, device)
  for (const { seq, idx, kind, payload, standing } of tx.all<Dot & { kind: string; payload: string; standing: number }>(
    'SELECT device, seq, idx, kind, payload, standing FROM team_events WHERE device = ? AND seq > ?',
    device,
    after,
  )) {
    const now = withBack(payload, dots)
    const stands = judge(seq, kind, now)
    if (now === payload && stands === standing) continue
    tx.run(
      'UPDATE team_events SET payload = ?, standing = ? WHERE device = ? AND seq = ? AND idx = ?',
      now,
      stands,
      device,
      seq,
      idx,
    )
  }
}

const TakesBack = z.looseObject({ back: z.string() })
function withBack(payload: string, dots: ReadonlyMap<string, string>): string {
  const takes = TakesBack.safeParse(JSON.parse(payload)).data
  const back = takes && dots.get(takes.back)
  return back === undefined ? payload : JSON.stringify({ ...takes, back })
}

/**
 * Whether a batch that is already counted here, and whose blob is not, is the one that was taken in then: the batch after it names it,
 * or where that is lost too, it says all that is here of it.
 */
export function cameBack(read: Reader, { device, seq, hash }: SealedBlob, body: Batch | null): boolean {
  if (
    read.get(
      "SELECT 1 FROM team_blobs WHERE device = ? AND seq = ? AND kind = 'log' AND state = 'applied'",
      device,
      seq,
    )
  )
    return false
  const next = read.get<{ bytes: Buffer }>(
    "SELECT bytes FROM team_blobs WHERE device = ? AND seq = ? AND kind = 'log' AND state = 'applied'",
    device,
    seq + 1,
  )
  const known = blobAt(read, device, seq) ?? (next ? readBlob(next.bytes).previous : null)
  if (known !== null) return known === hash
  return eventsAt(read, device, seq).every((event) => body?.events.some((other) => same(event, other)) === true)
}

/** What its writer had seen at a batch only grows, here as on the other consoles. */
export function grown(before: string, seen: string): string {
  const was = seenOf(before)
  const now = { ...seenOf(seen) }
  let more = false
  for (const [device, count] of Object.entries(was)) {
    if ((now[device] ?? 0) >= count) continue
    now[device] = count
    more = true
  }
  return more ? JSON.stringify(now) : seen
}
