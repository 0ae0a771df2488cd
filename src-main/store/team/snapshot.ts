import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { noBlob, readBlob, sealBlob } from '../../crypto/blob'
import { logger } from '../../shared/log'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { coverable, covers, type Cover } from './cover'
import { standing } from './events'
import { currentRoster } from './roster'
import { newestKey } from './passing'
import { teamInfo } from './team-info'
import { draw, type Kept } from './snapshot-draw'
import { openPart, partsOf, type SnapshotBatch, type SnapshotPart } from './snapshot-part'
import { putBack, reached, TakeOver } from './snapshot-take'

const log = logger('team')

/** A new one is made after so many batches, and not more often than this. ms */
const snapshotBatches = 1000
const snapshotMs = 86_400_000

const StoredCover = z.record(z.string(), z.object({ seq: z.int(), hash: z.string() }))

/** A snapshot that stands: what it reaches over is settled. */
export interface Standing {
  readonly id: string
  readonly device: string
  readonly at: number
  /** The version of the roster by which its events counted. */
  readonly roster: number
  readonly cover: Cover
  readonly root: string
  readonly generation: string
  readonly place: string
  /** 1: made anew from all events here and the same; 0: taken over; -1: not the same; null: not looked at yet. */
  readonly same: number | null
}

interface Row {
  id: string
  device: string
  at: number
  roster: number
  root: string
  cover: string
  generation: string
  place: string
  parts: number
  stands: number
  same: number | null
}

const coverOf = (row: Pick<Row, 'cover'>): Cover => StoredCover.parse(JSON.parse(row.cover))

/** The snapshot that stands in for the older log now. */
export function standingSnapshot(read: Reader): Standing | null {
  const row = read.get<Row>('SELECT * FROM team_snapshots WHERE stands = 1 ORDER BY at DESC LIMIT 1')
  return row
    ? {
        id: row.id,
        device: row.device,
        at: row.at,
        roster: row.roster,
        cover: coverOf(row),
        root: row.root,
        generation: row.generation,
        place: row.place,
        same: row.same,
      }
    : null
}

/** Of messages up to here nothing is needed beside the snapshot that stands; null: that is not known of this folder. */
export function needlessUpTo(read: Reader, generation: string): string | null {
  const snapshot = standingSnapshot(read)
  if (snapshot?.generation !== generation) return null
  // It was put behind what it makes needless. Where it lies further ahead, the folder began anew under the same name.
  const ahead = read.get(
    `SELECT 1 FROM team_snapshot_parts s JOIN team_places p ON p.hash = s.hash
     WHERE s.id = ?1 AND p.generation = ?2 AND CAST(p.place AS INTEGER) <= CAST(?3 AS INTEGER)`,
    snapshot.id,
    generation,
    snapshot.place,
  )
  return ahead ? null : snapshot.place
}

// ---- made by the owner's console

/** Whether it is time for this console to make one. */
export function snapshotDue(read: Reader, workspace: Workspace, now: number): boolean {
  if (teamInfo(read)?.membership !== 'owner') return false
  const last = standingSnapshot(read)
  if (last && last.device !== workspace.device.id) return true
  // Made while the clock was ahead: what it covers would only be settled once that time has come.
  const isAhead = last !== null && last.at > now + snapshotMs
  if (last && !isAhead && now - last.at < snapshotMs) return false
  const cover = coverable(read, workspace.device.id)
  if (isAhead && !reachesOver(cover, last.cover)) return false
  const fresh = Object.entries(cover).reduce((sum, [device, { seq }]) => sum + seq - (last?.cover[device]?.seq ?? 0), 0)
  return fresh >= (isAhead ? 1 : snapshotBatches)
}

/** Whether a cover has all that another one has. */
const reachesOver = (cover: Cover, other: Cover): boolean =>
  Object.entries(other).every(([device, { seq }]) => covers(cover, device, seq))

/** What says which of two snapshots is the newer one. */
type Age = Pick<Standing, 'cover' | 'roster' | 'at'>

/** Whether a snapshot reaches over more than another one, or over the same by a later word. The clock counts last: it may have been ahead. */
const isNewer = (one: Age, other: Age): boolean =>
  reachesOver(one.cover, other.cover) &&
  (!reachesOver(other.cover, one.cover) ||
    one.roster > other.roster ||
    (one.roster === other.roster && one.at > other.at))

export interface Drawn {
  readonly cover: Record<string, { seq: number; hash: string }>
  readonly roster: string
  readonly kept: Kept[]
  readonly root: string
}

/** Draws what is settled here, in steps. */
export function* drawSnapshot(workspace: Workspace): Generator<void, Drawn | null> {
  const { read } = workspace.db
  const roster = currentRoster(read)?.hash ?? ''
  const cover = coverable(read, workspace.device.id)
  if (Object.keys(cover).length === 0) return null
  return { cover: { ...cover }, roster, ...(yield* draw(read, cover)) }
}

/** Signs it and puts it on the server. Nothing when the roster has changed since it was drawn. @param places all that lies there, all of it taken in */
export function keepSnapshot(
  tx: Writer,
  workspace: Workspace,
  { cover, roster, kept, root }: Drawn,
  generation: string,
  places: readonly string[],
): void {
  const { device } = workspace
  const info = teamInfo(tx)
  const current = currentRoster(tx)
  const key = newestKey(tx)
  if (!info || !key || current?.hash !== roster || info.membership !== 'owner') return
  const head = {
    id: randomBytes(16).toString('hex'),
    at: workspace.clock.stamp(),
    roster: current.version,
    root,
    cover,
    generation,
    place: neededFrom(tx, cover, generation, places),
  }
  const last = Object.entries(cover).flatMap(([name, { seq }]): SnapshotBatch[] => {
    const seen = tx.get<{ seen: string }>('SELECT seen FROM team_batches WHERE device = ? AND seq = ?', name, seq)?.seen
    return seen === undefined ? [] : [{ device: name, seq, seen }]
  })
  const parts = partsOf(head, last, kept)
  note(tx, { ...head, parts: parts.length }, device.id, 1, 1)
  for (const [part, body] of parts.entries()) {
    const blob = sealBlob(
      device,
      key.key,
      { team: info.team, seq: 0, previous: noBlob, roster: current.version, epoch: key.epoch },
      body,
    )
    const { hash } = readBlob(blob)
    tx.run(
      "INSERT INTO team_blobs(hash, kind, device, seq, bytes, state, at, send_at) VALUES(?, 'snap', ?, 0, ?, 'applied', ?, 0)",
      hash,
      device.id,
      blob,
      workspace.clock.stamp(),
    )
    tx.run('INSERT INTO team_snapshot_parts(id, part, hash) VALUES(?, ?, ?)', head.id, part, hash)
  }
  dropOlder(tx, head.id)
  log.info('a snapshot of the team was made', { events: kept.length, parts: parts.length })
}

function note(
  tx: Writer,
  { id, at, roster, root, cover, generation, place, parts }: SnapshotPart['head'],
  device: string,
  stands: number,
  same: number | null,
): void {
  tx.run(
    'INSERT OR IGNORE INTO team_snapshots(id, device, at, roster, root, cover, generation, place, parts, stands, same) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    device,
    at,
    roster,
    root,
    JSON.stringify(cover),
    generation,
    place,
    parts,
    stands,
    same,
  )
}

/** The last place up to which only what is covered lies there; '0': there is none. */
function neededFrom(read: Reader, cover: Cover, generation: string, places: readonly string[]): string {
  const needed = read
    .all<{ place: string; device: string; seq: number }>(
      "SELECT p.place, b.device, b.seq FROM team_places p JOIN team_blobs b ON b.hash = p.hash WHERE p.generation = ? AND b.kind = 'log'",
      generation,
    )
    .filter(({ device, seq }) => !covers(cover, device, seq))
    .map(({ place }) => Number(place))
  const first = needed.reduce((least, place) => Math.min(least, place), Number.POSITIVE_INFINITY)
  return String(
    places
      .map(Number)
      .filter((place) => place < first)
      .reduce((most, place) => Math.max(most, place), 0),
  )
}

/** What an older one says is said by the newer one. */
function dropOlder(tx: Writer, id: string): void {
  const all = tx.all<Row>('SELECT * FROM team_snapshots').map((row) => ({ ...row, cover: coverOf(row) }))
  const newer = all.find((one) => one.id === id)
  if (!newer) return
  for (const one of all) {
    if (one.id === id || (one.at >= newer.at && !isNewer(newer, one))) continue
    tx.run('DELETE FROM team_blobs WHERE hash IN (SELECT hash FROM team_snapshot_parts WHERE id = ?)', one.id)
    tx.run('DELETE FROM team_snapshot_parts WHERE id = ?', one.id)
    tx.run('DELETE FROM team_snapshots WHERE id = ?', one.id)
  }
}

// ---- taken over by others

/** SQL: so many parts of a snapshot `s` are here, to be read. */
const partsHere =
  '(SELECT count(*) FROM team_snapshot_parts p JOIN team_blobs b ON b.hash = p.hash WHERE p.id = s.id AND b.device = s.device)'

/**
 * Looks at parts that came; those that the owner did not sign, as far as is known here, wait: under the name of the owner's snapshot they would
 * take the place of its own. @returns what is to be taken over: a whole snapshot that reaches further than what is here */
export function takeSnapshots(tx: Writer, workspace: Workspace): { id: string; over: TakeOver } | null {
  const roster = currentRoster(tx)
  for (const { hash, device, bytes } of tx.all<{ hash: string; device: string; bytes: Buffer }>(
    "SELECT hash, device, bytes FROM team_blobs WHERE kind = 'snap' AND state = 'snap'",
  )) {
    const part = openPart(tx, device, bytes)
    if (part === null) continue
    if (part === 'false') {
      tx.run("UPDATE team_blobs SET state = 'refused', reason = 'false-signature' WHERE hash = ?", hash)
      continue
    }
    const stands = standingSnapshot(tx)
    // Damage took this part, and may have taken what it says.
    if (stands?.id === part.head.id && stands.device === device) putBack(tx, workspace, stands.cover, part)
    if (stands && !isNewer(part.head, stands) && (part.head.at < stands.at || isNewer(stands, part.head))) {
      // A newer one says it.
      tx.run('DELETE FROM team_blobs WHERE hash = ?', hash)
      continue
    }
    if (device !== roster?.body.owner) continue
    note(tx, part.head, device, 0, null)
    tx.run('INSERT OR IGNORE INTO team_snapshot_parts(id, part, hash) VALUES(?, ?, ?)', part.head.id, part.part, hash)
    tx.run("UPDATE team_blobs SET state = 'applied' WHERE hash = ?", hash)
  }
  if (!roster) return null
  // What is settled stays so.
  let newest: Age | null = standingSnapshot(tx)
  let whole: (Age & { id: string; device: string }) | null = null
  for (const row of tx.all<Row>(
    `SELECT * FROM team_snapshots s WHERE stands = 0 AND device = ?1 AND roster <= ?2
       AND parts = ${partsHere}`,
    roster.body.owner,
    roster.version,
  )) {
    const one = { ...row, cover: coverOf(row) }
    if (!newest || isNewer(one, newest)) newest = whole = one
  }
  if (!whole) return null
  const { cover } = whole
  if (!reached(tx, workspace, cover))
    return { id: whole.id, over: new TakeOver(workspace, tx, whole.id, whole.device, cover) }
  stand(tx, whole.id, null)
  return null
}

/** From now on it is the one that stands. `same` as in `Standing`. */
export function stand(tx: Writer, id: string, same: 0 | null): void {
  tx.run('UPDATE team_snapshots SET stands = 1, same = ? WHERE id = ?', same, id)
  dropOlder(tx, id)
  tx.changes.touched('team')
}

// ---- looked at by others

interface Checked {
  readonly id: string
  /** As in `Standing`. */ readonly same: number
}

/** Draws the snapshot anew from the events here, in steps, where all of them are. @returns null: there is nothing to look at */
export function* checkSnapshot(workspace: Workspace): Generator<void, Checked | null> {
  const { read } = workspace.db
  const snapshot = standingSnapshot(read)
  if (snapshot === null || snapshot.same !== null) return null
  // Who does not know a kind of event cannot tell which of them are enough.
  if (read.get(`SELECT 1 FROM team_events WHERE standing = ${standing.newer} LIMIT 1`))
    return { id: snapshot.id, same: 0 }
  const { root } = yield* draw(read, snapshot.cover)
  return { id: snapshot.id, same: root === snapshot.root ? 1 : -1 }
}

/** Tells the team that this device has the snapshot, once. */
export function confirmSnapshot(tx: Writer, workspace: Workspace, checked: Checked | null): void {
  if (checked) {
    tx.run('UPDATE team_snapshots SET same = ? WHERE id = ?', checked.same, checked.id)
    if (checked.same < 0) log.error('the states here are not those of the snapshot')
    tx.changes.touched('team')
  }
  const snapshot = standingSnapshot(tx)
  const { device } = workspace
  if (
    snapshot === null ||
    snapshot.device === device.id ||
    snapshot.same === null ||
    snapshot.same < 0 ||
    teamInfo(tx)?.membership !== 'member'
  )
    return
  if (
    tx.get(
      "SELECT 1 FROM team_state WHERE owner = ? AND field = 'seen' AND element = ?",
      `snapshot:${snapshot.id}`,
      device.id,
    )
  )
    return
  workspace.team.record(tx, {
    kind: 'snapshot-seen',
    entity: `snapshot:${snapshot.id}`,
    payload: { device: device.id, same: snapshot.same === 1 },
  })
}

/** Devices that have confirmed a snapshot, each by its own word. */
export function confirmedBy(read: Reader, id: string): ReadonlySet<string> {
  return new Set(
    read
      .all<{ element: string }>(
        "SELECT element FROM team_state WHERE owner = ? AND field = 'seen' AND rank = 0 AND element = device",
        `snapshot:${id}`,
      )
      .map(({ element }) => element),
  )
}

/**
 * What is not the same as in the owner's snapshot is given up for it.
 * @throws PosternError `unreadable` when not all of it is here: what it does not say would go for nothing
 */
export function takeOwners(tx: Writer, workspace: Workspace): void {
  const row = tx.get<Row & { here: number }>(
    `SELECT s.*, ${partsHere} AS here FROM team_snapshots s WHERE stands = 1 AND same = -1 ORDER BY at DESC LIMIT 1`,
  )
  if (!row) return
  if (row.here !== row.parts) throw new PosternError('unreadable', 'a part of the snapshot is not here')
  new TakeOver(workspace, tx, row.id, row.device, coverOf(row)).step(tx, () => false)
  tx.run('UPDATE team_snapshots SET same = 0 WHERE id = ?', row.id)
  tx.changes.touched('team')
}
