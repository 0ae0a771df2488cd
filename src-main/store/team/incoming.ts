import { hash as digest } from 'node:crypto'
import { PosternError } from '../../../src-preload/contract/errors'
import { noBlob, openBlob, readBlob, signedBy, type SealedBlob } from '../../crypto/blob'
import { logger } from '../../shared/log'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { readBody, type Batch } from './batch'
import { receiveJoin } from './invites'
import { cameBack, makeWay } from './again'
import { blobAt, covers, seenAt, type Cover } from './cover'
import { fork, forkedAt } from './fork'
import { noticeNewFolder } from './healing'
import { nameItem, unpackItems, type Item, type ItemKind } from './items'
import { keyOf } from './passing'
import { receiveRecord } from './roster'
import { sealedUpTo } from './sealed'
import { teamInfo } from './team-info'
import { stand, standingSnapshot, takeSnapshots } from './snapshot'

const log = logger('team')

export interface Arrived {
  readonly place: string
  readonly pack: Uint8Array
}

/** Says when a transaction has had its time, so that the rest goes into another one. */
export type Until = () => boolean
const never: Until = () => false

/** Blobs that came a moment ago, taken apart already. */
type Fresh = Map<string, SealedBlob>

/** Takes in what lies on the server, in any order and any number of times. What cannot be read is counted and left. */
export function arrived(tx: Writer, workspace: Workspace, generation: string, messages: readonly Arrived[]): void {
  const intake = new Intake(workspace)
  for (const message of messages) intake.take(tx, generation, message, 0, never)
  intake.apply(tx, never)
  workspace.team.refreshStale(tx, never)
}

/** Applies what waits, as far as devices, keys and the blobs before it are known. */
export function applyWaiting(tx: Writer, workspace: Workspace): void {
  new Intake(workspace).apply(tx, never)
  workspace.team.refreshStale(tx, never)
}

/**
 * The same in steps that each are a transaction of a few ms: take every message, then apply, then let the team log make stale
 * states anew. A step that was cut off anywhere is done again by the next one.
 */
export class Intake {
  private readonly fresh: Fresh = new Map()
  private taking: ReturnType<typeof takeSnapshots> = null
  /** A snapshot, or a roster that it waits for, may have come: looking for one reads all that is here. */
  private mayTake = true
  /** Of the message that is taken in now. */
  private readonly names: string[] = []
  constructor(private readonly workspace: Workspace) {}

  /**
   * Keeps the items of a message, from the one numbered `from` on.
   * @returns where to go on; null: it was the last one, and where the message lies is noted
   */
  take(tx: Writer, generation: string, { place, pack }: Arrived, from: number, until: Until): number | null {
    const { workspace } = this
    let items: Item[]
    if (from === 0) this.names.length = 0
    try {
      items = unpackItems(pack)
    } catch {
      refuse(tx, workspace, 'log', place, 'not-ours', pack.subarray(0, 0))
      return null
    }
    for (let at = from; at < items.length; at++) {
      const item = items[at]
      if (item?.kind === 'snap' || item?.kind === 'roster') this.mayTake = true
      const hash = item ? receive(tx, workspace, item, place, this.fresh) : null
      if (hash !== null) this.names.push(hash)
      if (at + 1 < items.length && until()) return at + 1
    }
    noticeNewFolder(tx, generation, place, this.names)
    for (const hash of this.names) {
      tx.run(
        'INSERT INTO team_places(generation, place, hash, read) VALUES(?, ?, ?, 1) ON CONFLICT DO UPDATE SET read = 1',
        generation,
        place,
        hash,
      )
      tx.run('UPDATE team_blobs SET send_at = NULL WHERE hash = ? AND send_at IS NOT NULL', hash)
    }
    return null
  }

  /** @returns whether more can be applied */
  apply(tx: Writer, until: Until): boolean {
    const { workspace } = this
    const info = teamInfo(tx)
    if (!info || info.team === '') return false
    if (this.mayTake) {
      this.taking ??= takeSnapshots(tx, workspace)
      this.mayTake = this.taking !== null
    }
    if (this.taking) {
      if (!this.taking.over.step(tx, until)) return true
      stand(tx, this.taking.id, 0)
      this.taking = null
      if (until()) return true
    }
    const waiting = tx.all<{ device: string }>("SELECT DISTINCT device FROM team_blobs WHERE state = 'waiting'")
    if (waiting.length === 0) return false
    // What a batch of ours had seen is true for each of its events.
    workspace.team.closeBatch(tx)
    const settled = standingSnapshot(tx)?.cover ?? {}
    for (const { device } of waiting) {
      const signKey = tx.get<{ sign_key: Buffer }>(
        'SELECT sign_key FROM team_devices WHERE device = ?',
        device,
      )?.sign_key
      if (signKey && applyDevice(tx, workspace, { device, signKey, settled }, this.fresh, until)) return true
    }
    return false
  }
}

/** @returns its name; null for what is of no use to this team */
function receive(tx: Writer, workspace: Workspace, item: Item, place: string, fresh: Fresh): string | null {
  if (item.kind === 'mark' || item.kind === 'want') {
    const passing = item.kind === 'mark' ? workspace.presence : workspace.wants
    if (!passing.receive(tx, item.bytes, place)) refuse(tx, workspace, item.kind, place, 'false-signature', item.bytes)
    return null
  }
  try {
    const { hash, blob } = nameItem(item)
    if (tx.get('SELECT 1 FROM team_blobs WHERE hash = ?', hash)) return hash
    if (item.kind === 'roster') return receiveRecord(tx, workspace, item.bytes) === 'foreign' ? null : hash
    if (item.kind === 'snap') {
      keep(tx, workspace, hash, 'snap', readBlob(item.bytes).device, 0, item.bytes, 'snap')
      return hash
    }
    if (blob === null) {
      receiveJoin(tx, workspace, item.bytes)
      keep(tx, workspace, hash, 'join', '', 0, item.bytes, 'applied')
      return hash
    }
    const info = teamInfo(tx)
    if (info && info.team !== '' && blob.team !== info.team) {
      refuse(tx, workspace, 'log', hash, 'other-team', item.bytes)
      return null
    }
    keep(tx, workspace, hash, 'log', blob.device, blob.seq, item.bytes, 'waiting')
    fresh.set(hash, blob)
    return hash
  } catch (fault) {
    if (!(fault instanceof PosternError)) throw fault
    refuse(
      tx,
      workspace,
      item.kind,
      digest('sha256', Buffer.from(item.bytes), 'hex').slice(0, 32),
      'unreadable',
      item.bytes,
    )
    return null
  }
}

function keep(
  tx: Writer,
  workspace: Workspace,
  hash: string,
  kind: ItemKind,
  device: string,
  seq: number,
  bytes: Uint8Array,
  state: string,
): void {
  tx.run(
    'INSERT OR IGNORE INTO team_blobs(hash, kind, device, seq, bytes, state, at) VALUES(?, ?, ?, ?, ?, ?, ?)',
    hash,
    kind,
    device,
    seq,
    bytes,
    state,
    workspace.clock.stamp(),
  )
}

/** Why something that came has no effect; the tray names it. Its bytes are of no use to anybody. */
export type Refusal = 'not-ours' | 'unreadable' | 'other-team' | 'false-signature' | 'broken'

function refuse(
  tx: Writer,
  workspace: Workspace,
  kind: ItemKind,
  name: string,
  reason: Refusal,
  bytes: Uint8Array,
): void {
  const { changes } = tx.run(
    "INSERT OR IGNORE INTO team_blobs(hash, kind, device, seq, bytes, state, reason, at) VALUES(?, ?, '', 0, ?, 'refused', ?, ?)",
    `refused ${name}`,
    kind,
    bytes.subarray(0, 0),
    reason,
    workspace.clock.stamp(),
  )
  if (changes === 0) return
  log.warn('something that came for the team was refused', { reason, bytes: bytes.byteLength })
  tx.changes.touched('team')
}

/** Rows that are looked at in one go. */
const pageRows = 200

/** @returns whether it stopped because the time was up */
function applyDevice(
  tx: Writer,
  workspace: Workspace,
  { device, signKey, settled }: { device: string; signKey: Buffer; settled: Cover },
  fresh: Fresh,
  until: Until,
): boolean {
  const mark = markOf(tx, workspace, device)
  const judge = workspace.team.judge(tx, device)
  const touched = new Set<string>()
  let after = { seq: -1, hash: '' }
  let stopped = false
  let applied = 0
  pages: for (;;) {
    const rows = tx.all<{ hash: string; seq: number }>(
      `SELECT hash, seq FROM team_blobs WHERE device = ?1 AND state = 'waiting' AND (seq > ?2 OR (seq = ?2 AND hash > ?3)) ORDER BY seq, hash LIMIT ${pageRows}`,
      device,
      after.seq,
      after.hash,
    )
    for (const row of rows) {
      after = row
      const blob =
        fresh.get(row.hash) ??
        readBlob(
          tx.get<{ bytes: Buffer }>('SELECT bytes FROM team_blobs WHERE hash = ?', row.hash)?.bytes ?? new Uint8Array(),
        )
      if (!signedBy(blob, signKey)) {
        tx.run("UPDATE team_blobs SET state = 'refused', reason = 'false-signature' WHERE hash = ?", row.hash)
        continue
      }
      if (row.seq <= mark.seq && covers(settled, device, row.seq)) {
        tx.run("UPDATE team_blobs SET state = 'covered' WHERE hash = ?", row.hash)
        continue
      }
      if (row.seq <= mark.seq && row.seq < forkedAt(tx, device)) {
        const key = keyOf(tx, blob)
        const body = key && bodyOf(blob, key)
        if (key && cameBack(tx, blob, body)) {
          writeBatch(tx, workspace, blob, body, { ...seenAt(tx, device, row.seq - 1), ...body?.seen }, judge, touched)
          tx.run("UPDATE team_blobs SET state = 'applied' WHERE hash = ?", row.hash)
          continue
        }
      }
      if (row.seq <= mark.seq || forkedAt(tx, device) <= row.seq) {
        // A second, different batch of one number: this device speaks with two tongues, or was brought back from a backup.
        fork(tx, device, row.seq, touched)
        tx.run("UPDATE team_blobs SET state = 'forked' WHERE hash = ?", row.hash)
        continue
      }
      if (row.seq > mark.seq + 1) break pages
      if (blob.previous !== mark.hash) {
        fork(tx, device, Math.max(1, row.seq - 1, (settled[device]?.seq ?? 0) + 1), touched)
        tx.run("UPDATE team_blobs SET state = 'forked' WHERE hash = ?", row.hash)
        continue
      }
      const key = keyOf(tx, blob)
      if (!key) break pages
      const body = bodyOf(blob, key)
      if (device === workspace.device.id) makeWay(tx, workspace, row.seq, body, touched)
      apply(tx, workspace, blob, body, mark, judge, touched)
      applied++
      tx.run("UPDATE team_blobs SET state = 'applied' WHERE hash = ?", row.hash)
      if (until()) {
        stopped = true
        break pages
      }
    }
    if (rows.length < pageRows) break
  }
  if (applied > 0) {
    if (device !== workspace.device.id)
      tx.run(
        'INSERT INTO team_frontier(device, seq, hash) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET seq = ?2, hash = ?3',
        device,
        mark.seq,
        mark.hash,
      )
    tx.run('UPDATE team_devices SET heard_at = ? WHERE device = ?', workspace.clock.stamp(), device)
    tx.changes.touched('team')
  }
  workspace.team.nowStale(tx, touched)
  return stopped
}

/** null: its device signed something that is no batch; it counts as one without events, so that the next can follow. */
export function bodyOf(blob: SealedBlob, key: Uint8Array): Batch | null {
  try {
    return readBody(openBlob(blob, key))
  } catch (fault) {
    log.warn('a blob of a member does not open', { code: PosternError.from(fault).code })
    return null
  }
}

/** The last batch of a device that was applied here, its blob, and what it had seen. */
interface Mark {
  seq: number
  hash: string
  seen: Record<string, number>
}

function markOf(read: Reader, workspace: Workspace, device: string): Mark {
  const { seq, hash } =
    device === workspace.device.id
      ? sealedUpTo(read, device)
      : (read.get<{ seq: number; hash: string }>('SELECT seq, hash FROM team_frontier WHERE device = ?', device) ?? {
          seq: 0,
          hash: noBlob,
        })
  return {
    seq,
    hash: blobAt(read, device, seq) ?? (hash === '' ? noBlob : hash),
    seen: { ...seenAt(read, device, seq) },
  }
}

function apply(
  tx: Writer,
  workspace: Workspace,
  blob: SealedBlob,
  body: Batch | null,
  mark: Mark,
  judge: ReturnType<Workspace['team']['judge']>,
  touched: Set<string>,
): void {
  Object.assign(mark.seen, body?.seen)
  mark.seq = blob.seq
  mark.hash = blob.hash
  writeBatch(tx, workspace, blob, body, mark.seen, judge, touched)
}

/** Writes a batch down. Rows of it that are here already say the same. @param touched gets the entities that it speaks of */
export function writeBatch(
  tx: Writer,
  workspace: Workspace,
  { device, seq }: SealedBlob,
  body: Batch | null,
  seen: Record<string, number>,
  judge: ReturnType<Workspace['team']['judge']>,
  touched: Set<string>,
): void {
  tx.run(
    'INSERT OR IGNORE INTO team_batches(device, seq, seen, closed) VALUES(?, ?, ?, 1)',
    device,
    seq,
    JSON.stringify(seen),
  )
  body?.events.forEach(({ kind, entity, ms, ctr, payload }, idx) => {
    workspace.team.heardStamp(ms)
    tx.run(
      'INSERT OR IGNORE INTO team_events(device, seq, idx, kind, entity, ms, ctr, payload, standing) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)',
      device,
      seq,
      idx,
      kind,
      entity,
      ms,
      ctr,
      payload,
      judge(seq, kind, payload),
    )
    touched.add(entity)
  })
}
