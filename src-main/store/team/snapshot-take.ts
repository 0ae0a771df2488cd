import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { makeWayFor } from './again'
import { blobAt, covers, type Cover } from './cover'
import { frontier } from './frontier'
import { noteSealed, sealedUpTo } from './sealed'
import { openPart, type SnapshotPart } from './snapshot-part'

const log = logger('team')

/** Rows that are looked at, and may go, in one go. */
const pageRows = 200

/**
 * Puts a snapshot in the place of everything that it reaches over, in steps of a few ms: first its events come, then those go that
 * are not needed beside them, and the last step says how far it reaches. The states are the same after each step, since what goes
 * is said by what came; a step that is cut off is begun anew with the whole. What lies beyond it stays, or comes again.
 */
export class TakeOver {
  private readonly parts: string[]
  private part: SnapshotPart | null = null
  private at = 0
  private events = 0
  /** What of the snapshot is kept: batches, and events within them. */
  private readonly kept = new Map<string, Set<number>>()
  private readonly devices: string[]
  private after = { seq: -1, idx: -1 }
  private begun = false

  constructor(
    private readonly workspace: Workspace,
    read: Reader,
    id: string,
    private readonly writer: string,
    private readonly cover: Cover,
  ) {
    this.parts = read
      .all<{ hash: string }>('SELECT hash FROM team_snapshot_parts WHERE id = ? ORDER BY part', id)
      .map(({ hash }) => hash)
    this.devices = Object.keys(cover)
  }

  /** @returns whether it is done */
  step(tx: Writer, until: () => boolean): boolean {
    if (!this.begun) this.begin(tx)
    while (this.part !== null || this.parts.length > 0) if (this.takeOne(tx) && until()) return false
    for (let device = this.devices[0]; device !== undefined; device = this.devices[0]) {
      if (this.clearPage(tx, device)) {
        this.devices.shift()
        this.after = { seq: -1, idx: -1 }
      }
      if (until()) return false
    }
    this.finish(tx)
    log.info('a snapshot of the team was taken over', { events: this.events })
    return true
  }

  /** A device that spoke with two tongues: the owner had heard one of them, and that settles it; what is here of the other goes at once. */
  private begin(tx: Writer): void {
    this.begun = true
    // What an open batch had seen is true for each of its events.
    this.workspace.team.closeBatch(tx)
    const here = frontier(tx)
    for (const [device, { seq, hash }] of Object.entries(this.cover)) {
      if (device === this.workspace.device.id) {
        if (sealedUpTo(tx, device).seq >= seq) continue
        // An earlier copy of this database: the owner had more of this device than is here.
        makeWayFor(tx, this.workspace, seq)
        noteSealed(tx, { seq, hash })
        continue
      }
      const other =
        forkOf(tx, device) <= seq || ((here[device] ?? 0) >= seq && (blobAt(tx, device, seq) ?? hash) !== hash)
      if (!other) continue
      tx.run(
        'INSERT OR IGNORE INTO team_stale(entity) SELECT DISTINCT entity FROM team_events WHERE device = ?',
        device,
      )
      tx.run('DELETE FROM team_events WHERE device = ?', device)
      tx.run('DELETE FROM team_batches WHERE device = ?', device)
      tx.run('DELETE FROM team_forks WHERE device = ?', device)
      tx.run(
        "UPDATE team_blobs SET state = CASE WHEN seq > ?2 THEN 'waiting' ELSE 'covered' END WHERE device = ?1 AND kind = 'log' AND state IN ('applied', 'forked')",
        device,
        seq,
      )
      // Known anew by the last step; were it known before, nobody would go on after a crash.
      tx.run('DELETE FROM team_frontier WHERE device = ?', device)
    }
  }

  /** @returns false when a part was only opened */
  private takeOne(tx: Writer): boolean {
    if (this.part === null) {
      const hash = this.parts.shift() ?? ''
      const bytes = tx.get<{ bytes: Buffer }>('SELECT bytes FROM team_blobs WHERE hash = ?', hash)?.bytes
      const part = bytes === undefined ? null : openPart(tx, this.writer, bytes)
      if (part === null || part === 'false')
        throw new PosternError('unreadable', 'a part of a snapshot cannot be read any more')
      this.part = part
      this.at = 0
      for (const { device, seq, seen } of part.batches) {
        if (!covers(this.cover, device, seq)) continue
        this.keptOf(device, seq)
        tx.run('INSERT OR IGNORE INTO team_batches(device, seq, seen, closed) VALUES(?, ?, ?, 1)', device, seq, seen)
      }
      return false
    }
    const event = this.part.events[this.at++]
    if (!event) {
      this.part = null
      return false
    }
    const { device, seq, idx, kind, entity, ms, ctr, payload } = event
    if (!covers(this.cover, device, seq)) return false
    this.keptOf(device, seq).add(idx)
    this.workspace.team.heardStamp(ms)
    tx.run(
      'INSERT OR REPLACE INTO team_events(device, seq, idx, kind, entity, ms, ctr, payload, standing) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)',
      device,
      seq,
      idx,
      kind,
      entity,
      ms,
      ctr,
      payload,
      this.judgeOf(tx, device)(seq, kind, payload),
    )
    tx.run('INSERT OR IGNORE INTO team_stale(entity) VALUES(?)', entity)
    this.events++
    return true
  }

  private keptOf(device: string, seq: number): Set<number> {
    const name = `${device} ${seq}`
    const kept = this.kept.get(name) ?? new Set()
    this.kept.set(name, kept)
    return kept
  }

  private readonly judges = new Map<string, ReturnType<Workspace['team']['judge']>>()
  private judgeOf(tx: Writer, device: string): ReturnType<Workspace['team']['judge']> {
    const judge = this.judges.get(device) ?? this.workspace.team.judge(tx, device)
    this.judges.set(device, judge)
    return judge
  }

  /** Events of a device that the snapshot does without. @returns whether there are no more */
  private clearPage(tx: Writer, device: string): boolean {
    const rows = tx.all<{ seq: number; idx: number; entity: string }>(
      `SELECT seq, idx, entity FROM team_events WHERE device = ? AND seq <= ? AND (seq, idx) > (?, ?) ORDER BY seq, idx LIMIT ${pageRows}`,
      device,
      this.cover[device]?.seq ?? 0,
      this.after.seq,
      this.after.idx,
    )
    for (const { seq, idx, entity } of rows) {
      this.after = { seq, idx }
      if (this.kept.get(`${device} ${seq}`)?.has(idx) === true) continue
      tx.run('DELETE FROM team_events WHERE device = ? AND seq = ? AND idx = ?', device, seq, idx)
      tx.run('INSERT OR IGNORE INTO team_stale(entity) VALUES(?)', entity)
    }
    return rows.length < pageRows
  }

  private finish(tx: Writer): void {
    const here = frontier(tx)
    for (const [device, { seq, hash }] of Object.entries(this.cover)) {
      if (device === this.workspace.device.id) continue
      for (const { seq: own } of tx.all<{ seq: number }>(
        'SELECT seq FROM team_batches b WHERE device = ?1 AND seq <= ?2 AND NOT EXISTS(SELECT 1 FROM team_events e WHERE e.device = ?1 AND e.seq = b.seq)',
        device,
        seq,
      ))
        if (!this.kept.has(`${device} ${own}`))
          tx.run('DELETE FROM team_batches WHERE device = ? AND seq = ?', device, own)
      tx.run(
        "UPDATE team_blobs SET state = 'covered' WHERE device = ? AND seq <= ? AND kind = 'log' AND state = 'waiting'",
        device,
        seq,
      )
      if ((here[device] ?? 0) < seq) this.reach(tx, device, seq, hash)
    }
  }

  private reach(tx: Writer, device: string, seq: number, hash: string): void {
    tx.run(
      'INSERT INTO team_frontier(device, seq, hash) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET seq = ?2, hash = ?3',
      device,
      seq,
      hash,
    )
  }
}

/** Of a part of the snapshot that stands: what of it damage took from here. */
export function putBack(tx: Writer, workspace: Workspace, cover: Cover, { batches, events }: SnapshotPart): void {
  const touched = new Set<string>()
  for (const { device, seq, seen } of batches)
    if (covers(cover, device, seq))
      tx.run('INSERT OR IGNORE INTO team_batches(device, seq, seen, closed) VALUES(?, ?, ?, 1)', device, seq, seen)
  for (const device of new Set(events.map((event) => event.device))) {
    const judge = workspace.team.judge(tx, device)
    for (const { seq, idx, kind, entity, ms, ctr, payload } of events.filter((event) => event.device === device)) {
      if (!covers(cover, device, seq)) continue
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
    }
  }
  workspace.team.nowStale(tx, touched)
}

/** Whether all that went into a snapshot is here, and on the same branch of each device. */
export function reached(read: Reader, workspace: Workspace, cover: Cover): boolean {
  const own = workspace.device.id
  const here: Record<string, number> = { ...frontier(read), [own]: sealedUpTo(read, own).seq }
  return Object.entries(cover).every(
    ([device, { seq, hash }]) =>
      (here[device] ?? 0) >= seq && (blobAt(read, device, seq) ?? hash) === hash && forkOf(read, device) > seq,
  )
}

const forkOf = (read: Reader, device: string): number =>
  read.get<{ seq: number }>('SELECT seq FROM team_forks WHERE device = ?', device)?.seq ?? Number.POSITIVE_INFINITY
