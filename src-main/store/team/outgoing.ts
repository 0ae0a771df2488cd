import { readBlob, sealBlob } from '../../crypto/blob'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { grown } from './again'
import { batchBody } from './batch'
import { longestDelayMs, noticeNewFolder } from './healing'
import { packItems, type Item, type ItemKind } from './items'
import { newestKey } from './passing'
import { sealedUpTo } from './sealed'
import { teamInfo } from './team-info'

/** Bytes of one message, with room for its frame. */
const packBytes = 192 * 1024
const packItemsMost = 500
/** Roster records that go along with a part of a snapshot, the newest first: together they stay below what any carrier takes. */
const rosterBytes = 512 * 1024

interface OwnBatch {
  seq: number
  seen: string
}

/** Makes blobs of what was recorded here and has none yet. Until this device is in the roster nothing is sealed. */
export function sealOwn(tx: Writer, workspace: Workspace): void {
  const info = teamInfo(tx)
  const { device } = workspace
  if (!info || (info.membership !== 'owner' && info.membership !== 'member')) return
  workspace.team.closeBatch(tx)
  const key = newestKey(tx)
  const roster = tx.get<{ version: number }>('SELECT max(version) AS version FROM team_rosters WHERE chain = 1')
  if (!key || !roster) return
  const last = sealedUpTo(tx, device.id)
  let previous = last.hash
  let seenBefore =
    tx.get<OwnBatch>('SELECT seq, seen FROM team_batches WHERE device = ? AND seq = ?', device.id, last.seq)?.seen ??
    '{}'
  for (const { seq, seen: written } of tx.all<OwnBatch>(
    'SELECT seq, seen FROM team_batches WHERE device = ? AND seq > ? AND closed = 1 ORDER BY seq',
    device.id,
    last.seq,
  )) {
    const seen = grown(seenBefore, written)
    if (seen !== written) sawMore(tx, workspace, seq, seen)
    const blob = sealBlob(
      device,
      key.key,
      { team: info.team, seq, previous, roster: roster.version, epoch: key.epoch },
      batchBody(tx, device.id, seq, seenBefore, seen),
    )
    previous = readBlob(blob).hash
    seenBefore = seen
    tx.run(
      "INSERT INTO team_blobs(hash, kind, device, seq, bytes, state, at, send_at) VALUES(?, 'log', ?, ?, ?, 'applied', ?, 0)",
      previous,
      device.id,
      seq,
      blob,
      workspace.clock.stamp(),
    )
  }
}

/** Written on an earlier copy of this database: batches before it, which had seen more, came back since. */
function sawMore(tx: Writer, { team, device }: Workspace, seq: number, seen: string): void {
  tx.run('UPDATE team_batches SET seen = ? WHERE device = ? AND seq = ?', seen, device.id, seq)
  const touched = tx.all<{ entity: string }>(
    'SELECT DISTINCT entity FROM team_events WHERE device = ? AND seq = ?',
    device.id,
    seq,
  )
  team.nowStale(
    tx,
    touched.map(({ entity }) => entity),
  )
  team.refreshStale(tx, () => false)
}

export interface Outgoing {
  readonly hashes: readonly string[]
  readonly pack: Uint8Array
  /** It is what a new console reads first. */
  readonly summary: boolean
}

interface Due {
  hash: string
  kind: ItemKind
  bytes: Buffer
}

/**
 * The next message for the server: parts of a snapshot first, with the roster as far as it has room; then roster records, then blobs in their order.
 * null: nothing is due. What would be due later than anything is ever put off was put off by a clock that was wrong.
 */
export function nextPack(read: Reader, now: number): Outgoing | null {
  if (!teamInfo(read)) return null
  const isDue = `(send_at <= ?1 OR send_at > ?1 + ${longestDelayMs * 2})`
  const part = read.get<Due>(`SELECT hash, kind, bytes FROM team_blobs WHERE ${isDue} AND kind = 'snap' LIMIT 1`, now)
  if (part) return packOf([...newestRosters(read), part], true)
  const fitting: Due[] = []
  let size = 0
  for (const one of read.iterate<Due>(
    `SELECT hash, kind, bytes FROM team_blobs WHERE ${isDue} ORDER BY kind = 'log', device, seq LIMIT ?2`,
    now,
    packItemsMost,
  )) {
    if (fitting.length > 0 && size + one.bytes.byteLength > packBytes) break
    size += one.bytes.byteLength
    fitting.push(one)
  }
  return fitting.length === 0 ? null : packOf(fitting, false)
}

function newestRosters(read: Reader): Due[] {
  const found: Due[] = []
  let size = 0
  for (const one of read.iterate<Due>(
    "SELECT hash, kind, bytes FROM team_blobs WHERE kind = 'roster' AND state = 'applied' ORDER BY seq DESC",
  )) {
    size += one.bytes.byteLength
    if (found.length > 0 && (size > rosterBytes || found.length >= packItemsMost)) break
    found.push(one)
  }
  return found.toReversed()
}

const packOf = (all: readonly Due[], summary: boolean): Outgoing => ({
  hashes: all.map(({ hash }) => hash),
  pack: packItems(all.map(({ kind, bytes }): Item => ({ kind, bytes }))),
  summary,
})

/** When the next item is due; null: none is. */
export const nextDue = (read: Reader): number | null =>
  read.get<{ at: number | null }>('SELECT min(send_at) AS at FROM team_blobs WHERE send_at IS NOT NULL')?.at ?? null

/** The server has taken a message. `place` null: it did not say where; then it is found when the folder is read. */
export function sent(tx: Writer, hashes: readonly string[], generation: string, place: string | null): void {
  if (place !== null) noticeNewFolder(tx, generation, place, hashes)
  for (const hash of hashes) {
    tx.run('UPDATE team_blobs SET send_at = NULL WHERE hash = ?', hash)
    if (place !== null)
      tx.run('INSERT OR IGNORE INTO team_places(generation, place, hash) VALUES(?, ?, ?)', generation, place, hash)
  }
}
