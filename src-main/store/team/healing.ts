import { logger } from '../../shared/log'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { covers, isFalseClaim } from './cover'
import { seenOf } from './events'
import { frontier } from './frontier'
import { settledSnapshot } from './pruning'
import { teamInfo } from './team-info'

const log = logger('team')

/** What others may put back as well waits for them at most this long, ms. */
export const longestDelayMs = 60_000

/**
 * What lies on the server now, all of it having been taken in. Items that lie nowhere go back (folder deleted, retention, another
 * UIDVALIDITY): our own at once, those of others within a minute unless somebody was faster.
 */
export function folderIs(
  tx: Writer,
  workspace: Workspace,
  generation: string,
  places: readonly string[],
  random: () => number = Math.random,
): void {
  tx.run(
    'DELETE FROM team_places WHERE generation <> ?1 OR place NOT IN (SELECT value FROM json_each(?2))',
    generation,
    JSON.stringify(places),
  )
  forgetCovered(tx, workspace, generation)
  const now = workspace.clock.stamp()
  const settled = settledSnapshot(tx, now)?.cover ?? {}
  // A request to join is of use to who asks, until they are let in: put back by all, it would be cleared away for ever.
  const asks = teamInfo(tx)?.membership === 'joining' ? workspace.device.id : ''
  const missing = tx.all<{ hash: string; device: string; kind: string; seq: number }>(
    `SELECT hash, device, kind, seq FROM team_blobs b WHERE state <> 'refused' AND send_at IS NULL AND (kind <> 'join' OR (device = ? AND device <> ''))
       AND NOT EXISTS(SELECT 1 FROM team_places p WHERE p.hash = b.hash)`,
    asks,
  )
  for (const { hash, device, kind, seq } of missing)
    if (kind !== 'log' || !covers(settled, device, seq))
      tx.run(
        'UPDATE team_blobs SET send_at = ? WHERE hash = ?',
        device === workspace.device.id ? 0 : now + Math.floor(random() * longestDelayMs),
        hash,
      )
}

/**
 * A message lies at a place at which something else was noted: the folder has begun anew under the same name (some servers give every
 * folder one UIDVALIDITY), so nothing that was noted of it is true any more.
 * @param hashes what lies there now
 */
export function noticeNewFolder(tx: Writer, generation: string, place: string, hashes: readonly string[]): void {
  const noted = tx.all<{ hash: string }>(
    'SELECT hash FROM team_places WHERE generation = ? AND place = ?',
    generation,
    place,
  )
  if (noted.length === 0 || noted.some(({ hash }) => hashes.includes(hash))) return
  log.warn('the team folder has begun anew under the same name')
  tx.run('DELETE FROM team_places WHERE generation = ?', generation)
  tx.run("UPDATE team_snapshots SET generation = '' WHERE generation = ?", generation)
}

export const placesOf = (read: Reader, generation: string): string[] =>
  read
    .all<{ place: string }>('SELECT DISTINCT place FROM team_places WHERE generation = ?', generation)
    .map(({ place }) => place)

export interface Gap {
  readonly device: string
  readonly from: number
  readonly to: number
}

/** Batches that others have seen, or that lie after the ones here, and that are not here. */
export function gaps(read: Reader, own: string): Gap[] {
  const here = frontier(read)
  const wanted = new Map<string, number>()
  const want = (device: string, seq: number): void =>
    void (device !== own && seq > (here[device] ?? 0) && wanted.set(device, Math.max(seq, wanted.get(device) ?? 0)))
  for (const { device, seq, seen } of read.all<{ device: string; seq: number; seen: string }>(
    'SELECT b.device, b.seq, b.seen FROM team_frontier f JOIN team_batches b ON b.device = f.device AND b.seq = f.seq',
  ))
    for (const [other, count] of Object.entries(seenOf(seen)))
      if (!isFalseClaim(read, { device, seq, other, count, last: here[other] ?? 0 })) want(other, count)
  for (const { device, seq } of read.all<{ device: string; seq: number }>(
    "SELECT device, max(seq) AS seq FROM team_blobs WHERE state = 'waiting' GROUP BY device",
  ))
    want(device, seq - 1)
  const forked = new Set(read.all<{ device: string }>('SELECT device FROM team_forks').map(({ device }) => device))
  return [...wanted]
    .filter(([device]) => !forked.has(device))
    .map(([device, to]) => ({ device, from: (here[device] ?? 0) + 1, to }))
}

/** What a settled snapshot covers is neither put back nor kept; the last blob of each device stays, so that its chain goes on. */
function forgetCovered(tx: Writer, workspace: Workspace, generation: string): void {
  const snapshot = settledSnapshot(tx, workspace.clock.stamp())
  if (!snapshot) return
  for (const [device, { seq }] of Object.entries(snapshot.cover)) {
    tx.run(
      "DELETE FROM team_blobs WHERE device = ?1 AND seq < ?2 AND kind = 'log' AND NOT EXISTS(SELECT 1 FROM team_places p WHERE p.hash = team_blobs.hash AND p.generation = ?3)",
      device,
      seq,
      generation,
    )
    tx.run("UPDATE team_blobs SET send_at = NULL WHERE device = ? AND seq <= ? AND kind = 'log'", device, seq)
  }
}
