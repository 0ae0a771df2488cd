import { hash as digest } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { fromCbor, noBlob, openBlob, readBlob, sealBlob, signedBy, toCbor, type SealedBlob } from '../../crypto/blob'
import { readRecord } from '../../crypto/roster-record'
import { logger } from '../../shared/log'
import type { Reader, Writer } from '../database'
import type { Workspace } from '../workspace'
import { batchBody, readBody, type Batch } from './batch'
import { receiveJoin } from './invites'
import { frontier, standing } from './log'
import { receiveRecord, teamInfo } from './roster'

const log = logger('team')

/**
 * What lies on the server is a message with one attachment: a magic word and a list of items, each a blob, a roster record or
 * a request to join. Anybody may put anybody's items back, in any company: signatures are over the items.
 */
const magic = Buffer.from('PST1')
const Items = z.array(z.tuple([z.enum(['log', 'roster', 'join', 'mark']), z.instanceof(Uint8Array)])).max(2000)
/** `mark`: who is here now; kept by nobody. */
export type ItemKind = 'log' | 'roster' | 'join' | 'mark'
export interface Item { readonly kind: ItemKind; readonly bytes: Uint8Array }

export const packItems = (items: readonly Item[]): Uint8Array => Buffer.concat([magic, toCbor(items.map(({ kind, bytes }) => [kind, bytes]))])

/** @throws PosternError `unreadable` */
export function unpackItems(pack: Uint8Array): Item[] {
  if (!magic.equals(pack.subarray(0, 4))) throw new PosternError('unreadable', 'not a message of the team')
  const items = Items.safeParse(fromCbor(pack.subarray(4)))
  if (!items.success) throw new PosternError('unreadable', 'a message of the team does not fit')
  return items.data.map(([kind, bytes]) => ({ kind, bytes }))
}

/** Names an item on every console. @throws PosternError `unreadable` */
function nameOf({ kind, bytes }: Item): string {
  if (kind === 'log') return readBlob(bytes).hash
  if (kind === 'roster') return readRecord(bytes).hash
  return digest('sha256', Buffer.from(bytes), 'buffer').toString('hex', 0, 16)
}

// ---- out

/** What others may put back as well waits for them at most this long, ms. */
const longestDelayMs = 60_000

/** Bytes of one message, with room for its frame. */
const packBytes = 192 * 1024
const packItemsMost = 500

interface OwnBatch { seq: number; seen: string }

/** Makes blobs of what was recorded here and has none yet. Until this device is in the roster nothing is sealed. */
export function sealOwn(tx: Writer, workspace: Workspace): void {
  const info = teamInfo(tx)
  const { device } = workspace
  if (!info || (info.membership !== 'owner' && info.membership !== 'member')) return
  workspace.team.closeBatch(tx)
  const key = tx.get<{ epoch: number; key: Buffer }>('SELECT epoch, key FROM team_keys ORDER BY epoch DESC LIMIT 1')
  const roster = tx.get<{ version: number }>('SELECT max(version) AS version FROM team_rosters WHERE chain = 1')
  if (!key || !roster) return
  const last = tx.get<{ hash: string; seq: number }>("SELECT hash, seq FROM team_blobs WHERE device = ? AND kind = 'log' AND state = 'applied' ORDER BY seq DESC LIMIT 1", device.id) ?? { hash: noBlob, seq: 0 }
  let previous = last.hash
  let seenBefore = tx.get<OwnBatch>('SELECT seq, seen FROM team_batches WHERE device = ? AND seq = ?', device.id, last.seq)?.seen ?? '{}'
  for (const { seq, seen } of tx.all<OwnBatch>('SELECT seq, seen FROM team_batches WHERE device = ? AND seq > ? AND closed = 1 ORDER BY seq', device.id, last.seq)) {
    const blob = sealBlob(device, key.key, { team: info.team, seq, previous, roster: roster.version, epoch: key.epoch }, batchBody(tx, device.id, seq, seenBefore, seen))
    previous = readBlob(blob).hash
    seenBefore = seen
    tx.run("INSERT INTO team_blobs(hash, kind, device, seq, bytes, state, at, send_at) VALUES(?, 'log', ?, ?, ?, 'applied', ?, 0)", previous, device.id, seq, blob, workspace.clock.stamp())
  }
}

export interface Outgoing { readonly hashes: readonly string[]; readonly pack: Uint8Array }

/**
 * The next message for the server: roster records first, then blobs in their order. null: nothing is due. What would be due
 * later than anything is ever put off was put off by a clock that was wrong.
 */
export function nextPack(read: Reader, now: number): Outgoing | null {
  if (!teamInfo(read)) return null
  const due = read.iterate<{ hash: string; kind: ItemKind; bytes: Buffer }>(
    `SELECT hash, kind, bytes FROM team_blobs WHERE send_at <= ?1 OR send_at > ?1 + ${longestDelayMs * 2} ORDER BY kind = 'log', device, seq LIMIT ?2`, now, packItemsMost)
  const items: Item[] = []
  const hashes: string[] = []
  let size = 0
  for (const { hash, kind, bytes } of due) {
    if (items.length > 0 && size + bytes.byteLength > packBytes) break
    size += bytes.byteLength
    items.push({ kind, bytes })
    hashes.push(hash)
  }
  return items.length === 0 ? null : { hashes, pack: packItems(items) }
}

/** When the next item is due; null: none is. */
export const nextDue = (read: Reader): number | null => read.get<{ at: number | null }>('SELECT min(send_at) AS at FROM team_blobs WHERE send_at IS NOT NULL')?.at ?? null

/** The server has taken a message. `place` null: it did not say where; then it is found when the folder is read. */
export function sent(tx: Writer, hashes: readonly string[], generation: string, place: string | null): void {
  for (const hash of hashes) {
    tx.run('UPDATE team_blobs SET send_at = NULL WHERE hash = ?', hash)
    if (place !== null) tx.run('INSERT OR IGNORE INTO team_places(generation, place, hash) VALUES(?, ?, ?)', generation, place, hash)
  }
}

// ---- in

export interface Arrived { readonly place: string; readonly pack: Uint8Array }

/** Takes in what lies on the server, in any order and any number of times. What cannot be read is counted and left. */
export function arrived(tx: Writer, workspace: Workspace, generation: string, messages: readonly Arrived[]): void {
  workspace.team.closeBatch(tx)
  for (const { place, pack } of messages) {
    let items: Item[]
    try {
      items = unpackItems(pack)
    } catch {
      refuse(tx, workspace, 'log', place, 'not-ours', pack.subarray(0, 0))
      continue
    }
    for (const item of items) {
      if (item.kind === 'mark') {
        if (!workspace.presence.receive(tx, item.bytes, place)) refuse(tx, workspace, 'mark', place, 'false-signature', item.bytes)
        continue
      }
      const hash = receive(tx, workspace, item)
      if (hash === null) continue
      tx.run('INSERT OR IGNORE INTO team_places(generation, place, hash) VALUES(?, ?, ?)', generation, place, hash)
      tx.run('UPDATE team_blobs SET send_at = NULL WHERE hash = ?', hash)
    }
  }
  applyWaiting(tx, workspace)
}

function receive(tx: Writer, workspace: Workspace, item: Item): string | null {
  try {
    const hash = nameOf(item)
    if (tx.get('SELECT 1 FROM team_blobs WHERE hash = ?', hash)) return hash
    if (item.kind === 'roster') return receiveRecord(tx, workspace, item.bytes) === 'foreign' ? null : hash
    if (item.kind === 'join') {
      receiveJoin(tx, workspace, item.bytes)
      keep(tx, workspace, hash, 'join', '', 0, item.bytes, 'applied')
      return hash
    }
    const blob = readBlob(item.bytes)
    const info = teamInfo(tx)
    if (info && info.team !== '' && blob.team !== info.team) {
      refuse(tx, workspace, 'log', hash, 'other-team', item.bytes)
      return null
    }
    keep(tx, workspace, hash, 'log', blob.device, blob.seq, item.bytes, 'waiting')
    return hash
  } catch (fault) {
    if (!(fault instanceof PosternError)) throw fault
    refuse(tx, workspace, item.kind, digest('sha256', Buffer.from(item.bytes), 'hex').slice(0, 32), 'unreadable', item.bytes)
    return null
  }
}

function keep(tx: Writer, workspace: Workspace, hash: string, kind: ItemKind, device: string, seq: number, bytes: Uint8Array, state: string): void {
  tx.run('INSERT OR IGNORE INTO team_blobs(hash, kind, device, seq, bytes, state, at) VALUES(?, ?, ?, ?, ?, ?, ?)', hash, kind, device, seq, bytes, state, workspace.clock.stamp())
}

/** Why something that came has no effect; the tray names it. Its bytes are of no use to anybody. */
export type Refusal = 'not-ours' | 'unreadable' | 'other-team' | 'false-signature' | 'broken'

function refuse(tx: Writer, workspace: Workspace, kind: ItemKind, name: string, reason: Refusal, bytes: Uint8Array): void {
  const { changes } = tx.run("INSERT OR IGNORE INTO team_blobs(hash, kind, device, seq, bytes, state, reason, at) VALUES(?, ?, '', 0, ?, 'refused', ?, ?)",
    `refused ${name}`, kind, bytes.subarray(0, 0), reason, workspace.clock.stamp())
  if (changes === 0) return
  log.warn('something that came for the team was refused', { reason, bytes: bytes.byteLength })
  tx.changes.touched('team')
}

interface Waiting { hash: string; device: string; seq: number; bytes: Buffer }

/** Applies what waits, as far as devices, keys and the blobs before it are known. */
export function applyWaiting(tx: Writer, workspace: Workspace): void {
  const info = teamInfo(tx)
  if (!info || info.team === '') return
  const touched = new Set<string>()
  for (const { device } of tx.all<{ device: string }>("SELECT DISTINCT device FROM team_blobs WHERE state = 'waiting'")) {
    const signKey = tx.get<{ sign_key: Buffer }>('SELECT sign_key FROM team_devices WHERE device = ?', device)?.sign_key
    if (signKey) applyDevice(tx, workspace, device, signKey, touched)
  }
  for (const entity of touched) workspace.team.refresh(tx, entity)
  if (touched.size > 0) tx.changes.touched('team')
}

function applyDevice(tx: Writer, workspace: Workspace, device: string, signKey: Buffer, touched: Set<string>): void {
  for (const row of tx.all<Waiting>("SELECT hash, device, seq, bytes FROM team_blobs WHERE device = ? AND state = 'waiting' ORDER BY seq, hash", device)) {
    const blob = readBlob(row.bytes)
    if (!signedBy(blob, signKey)) {
      tx.run("UPDATE team_blobs SET state = 'refused', reason = 'false-signature' WHERE hash = ?", row.hash)
      continue
    }
    const mark = markOf(tx, workspace, device)
    if (row.seq <= mark.seq || forkedAt(tx, device) <= row.seq) {
      // A second, different batch of one number: this device speaks with two tongues, or was brought back from a backup.
      fork(tx, device, row.seq, touched)
      tx.run("UPDATE team_blobs SET state = 'forked' WHERE hash = ?", row.hash)
      continue
    }
    if (row.seq > mark.seq + 1) return
    if (blob.previous !== mark.hash) {
      fork(tx, device, Math.max(1, row.seq - 1), touched)
      tx.run("UPDATE team_blobs SET state = 'forked' WHERE hash = ?", row.hash)
      continue
    }
    const key = tx.get<{ key: Buffer }>('SELECT key FROM team_keys WHERE epoch = ?', blob.epoch)?.key
    if (!key) return
    apply(tx, workspace, blob, bodyOf(blob, key), touched)
    tx.run("UPDATE team_blobs SET state = 'applied' WHERE hash = ?", row.hash)
  }
}

/** null: its device signed something that is no batch; it counts as one without events, so that the next can follow. */
function bodyOf(blob: SealedBlob, key: Uint8Array): Batch | null {
  try {
    return readBody(openBlob(blob, key))
  } catch (fault) {
    log.warn('a blob of a member does not open', { code: PosternError.from(fault).code })
    return null
  }
}

/** The last batch of a device that was applied here; our own are so from the start. */
function markOf(read: Reader, workspace: Workspace, device: string): { seq: number; hash: string } {
  const own = device === workspace.device.id
  const seq = own ? read.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM team_batches WHERE device = ?', device)?.seq ?? 0
    : read.get<{ seq: number }>('SELECT seq FROM team_frontier WHERE device = ?', device)?.seq ?? 0
  const hash = read.get<{ hash: string }>("SELECT hash FROM team_blobs WHERE device = ? AND seq = ? AND kind = 'log' AND state = 'applied'", device, seq)?.hash ?? noBlob
  return { seq, hash }
}

function apply(tx: Writer, workspace: Workspace, blob: SealedBlob, body: Batch | null, touched: Set<string>): void {
  const { device, seq } = blob
  const before = tx.get<{ seen: string }>('SELECT seen FROM team_batches WHERE device = ? AND seq = ?', device, seq - 1)?.seen ?? '{}'
  const seen: unknown = JSON.parse(before)
  tx.run('INSERT INTO team_batches(device, seq, seen, closed) VALUES(?, ?, ?, 1)', device, seq, JSON.stringify({ ...(typeof seen === 'object' ? seen : {}), ...body?.seen }))
  const judge = workspace.team.judge(tx, device, seq)
  body?.events.forEach(({ kind, entity, ms, ctr, payload }, idx) => {
    workspace.team.heardStamp(ms)
    tx.run('INSERT INTO team_events(device, seq, idx, kind, entity, ms, ctr, payload, standing) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)',
      device, seq, idx, kind, entity, ms, ctr, payload, judge(kind, payload))
    touched.add(entity)
  })
  if (device !== workspace.device.id) tx.run('INSERT INTO team_frontier(device, seq) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET seq = ?2', device, seq)
  tx.run('UPDATE team_devices SET heard_at = ? WHERE device = ?', workspace.clock.stamp(), device)
}

const forkedAt = (read: Reader, device: string): number => read.get<{ seq: number }>('SELECT seq FROM team_forks WHERE device = ?', device)?.seq ?? Number.POSITIVE_INFINITY

/** From the number at which a device signed two different batches, nothing of it counts until the owner decides. */
function fork(tx: Writer, device: string, seq: number, touched: Set<string>): void {
  if (forkedAt(tx, device) <= seq) return
  tx.run('INSERT INTO team_forks(device, seq) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET seq = ?2', device, seq)
  log.warn('a device signed two different batches of one number', { device, seq })
  for (const { entity } of tx.all<{ entity: string }>('SELECT DISTINCT entity FROM team_events WHERE device = ? AND seq >= ?', device, seq)) touched.add(entity)
  tx.run(`UPDATE team_events SET standing = ${standing.forked} WHERE device = ? AND seq >= ?`, device, seq)
  tx.changes.touched('team')
}

// ---- healing

/**
 * What lies on the server now, all of it having been taken in. Items that lie nowhere go back (folder deleted, retention, another
 * UIDVALIDITY): our own at once, those of others within a minute unless somebody was faster.
 */
export function folderIs(tx: Writer, workspace: Workspace, generation: string, places: readonly string[], random: () => number = Math.random): void {
  tx.run('DELETE FROM team_places WHERE generation <> ?1 OR place NOT IN (SELECT value FROM json_each(?2))', generation, JSON.stringify(places))
  const now = workspace.clock.stamp()
  const missing = tx.all<{ hash: string; device: string }>(
    "SELECT hash, device FROM team_blobs b WHERE state <> 'refused' AND send_at IS NULL AND NOT EXISTS(SELECT 1 FROM team_places p WHERE p.hash = b.hash)")
  for (const { hash, device } of missing) tx.run('UPDATE team_blobs SET send_at = ? WHERE hash = ?', device === workspace.device.id ? 0 : now + Math.floor(random() * longestDelayMs), hash)
}

export const placesOf = (read: Reader, generation: string): string[] => read.all<{ place: string }>('SELECT DISTINCT place FROM team_places WHERE generation = ?', generation).map(({ place }) => place)

export interface Gap { readonly device: string; readonly from: number; readonly to: number }

/** Batches that others have seen, or that lie after the ones here, and that are not here. */
export function gaps(read: Reader, own: string): Gap[] {
  const here = frontier(read)
  const wanted = new Map<string, number>()
  const want = (device: string, seq: number): void => void (device !== own && seq > (here[device] ?? 0) && wanted.set(device, Math.max(seq, wanted.get(device) ?? 0)))
  for (const { seen } of read.all<{ seen: string }>('SELECT b.seen FROM team_frontier f JOIN team_batches b ON b.device = f.device AND b.seq = f.seq')) {
    const all: unknown = JSON.parse(seen)
    for (const [device, seq] of Object.entries(typeof all === 'object' && all !== null ? all : {})) if (typeof seq === 'number') want(device, seq)
  }
  for (const { device, seq } of read.all<{ device: string; seq: number }>("SELECT device, max(seq) AS seq FROM team_blobs WHERE state = 'waiting' GROUP BY device")) want(device, seq - 1)
  const forked = new Set(read.all<{ device: string }>('SELECT device FROM team_forks').map(({ device }) => device))
  return [...wanted].filter(([device]) => !forked.has(device)).map(([device, to]) => ({ device, from: (here[device] ?? 0) + 1, to }))
}
