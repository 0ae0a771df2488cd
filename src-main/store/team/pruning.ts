import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { covers } from './cover'
import { teamInfo } from './team-info'
import { confirmedBy, standingSnapshot, type Standing } from './snapshot'

/** What a snapshot covers stays this long on the server, ms: whoever is away for less reads every word. */
export const coveredMs = 45 * 86_400_000
/** A device that was not heard of for so long keeps nothing on the server. ms */
const activeMs = 30 * 86_400_000
/** Messages of this age are put together, when there are so many of them with so few items each. ms */
const packAgeMs = 48 * 3_600_000
const smallItems = 20
const smallMessages = 50

/** The snapshot whose time has come: what it covers is of no use to anybody. */
export function settledSnapshot(read: Reader, now: number): Standing | null {
  const snapshot = standingSnapshot(read)
  return snapshot && snapshot.same !== -1 && snapshot.at + coveredMs < now ? snapshot : null
}

/** Whether every device that is in use has confirmed it, and all of it lies on the server, read back from there. */
function agreed(read: Reader, workspace: Workspace, snapshot: Standing, generation: string, now: number): boolean {
  const confirmed = confirmedBy(read, snapshot.id)
  const others = read.all<{ device: string; at: number }>(
    'SELECT device, coalesce(heard_at, added_at) AS at FROM team_devices WHERE cut_off IS NULL AND device <> ?',
    workspace.device.id,
  )
  if (!others.every(({ device, at }) => at < now - activeMs || confirmed.has(device))) return false
  return !read.get(
    'SELECT 1 FROM team_snapshot_parts s WHERE s.id = ? AND NOT EXISTS(SELECT 1 FROM team_places p WHERE p.hash = s.hash AND p.generation = ? AND p.read = 1)',
    snapshot.id,
    generation,
  )
}

interface Lying {
  place: string
  hash: string
  kind: string | null
  device: string | null
  seq: number | null
  at: number | null
  read: number
}

/**
 * Messages that can go: of what the settled snapshot covers, or of which everything lies in a larger message that was read back.
 * The owner's console clears up; nothing is removed that it has not read itself.
 */
export function superfluous(read: Reader, workspace: Workspace, generation: string): string[] {
  if (teamInfo(read)?.membership !== 'owner') return []
  const now = workspace.clock.stamp()
  const places = new Map<string, Lying[]>()
  for (const row of read.all<Lying>(
    'SELECT p.place, p.hash, p.read, b.kind, b.device, b.seq, b.at FROM team_places p LEFT JOIN team_blobs b ON b.hash = p.hash WHERE p.generation = ?',
    generation,
  )) {
    places.set(row.place, [...(places.get(row.place) ?? []), row])
  }
  const snapshot = settledSnapshot(read, now)
  const settled = snapshot !== null && agreed(read, workspace, snapshot, generation, now) ? snapshot : null
  const useless = ({ kind, device, seq, at }: Lying): boolean =>
    kind === null ||
    (kind === 'join' && (at ?? now) < now - packAgeMs) ||
    (kind === 'log' && settled !== null && covers(settled.cover, device ?? '', seq ?? Number.POSITIVE_INFINITY))
  const copies = new Map<string, number>()
  for (const { hash, read: back } of [...places.values()].flat())
    if (back === 1) copies.set(hash, (copies.get(hash) ?? 0) + 1)
  const gone: string[] = []
  for (const [place, items] of [...places].toSorted(([, a], [, b]) => a.length - b.length)) {
    if (!items.every((item) => item.read === 1 && (useless(item) || (copies.get(item.hash) ?? 0) > 1))) continue
    // Two consoles that put the same thing there at the same time: both would take the other's for the copy.
    if (!items.every(useless) && items.some(({ at }) => (at ?? now) > now - packAgeMs)) continue
    for (const { hash } of items) copies.set(hash, (copies.get(hash) ?? 1) - 1)
    gone.push(place)
  }
  return gone
}

/** Many small old messages are sent once more, together; when that has been read back, the small ones are superfluous. */
export function packOld(tx: Writer, workspace: Workspace, generation: string): void {
  if (teamInfo(tx)?.membership !== 'owner') return
  const small = tx.all<{ place: string }>(
    `SELECT p.place FROM team_places p JOIN team_blobs b ON b.hash = p.hash WHERE p.generation = ? AND b.kind = 'log'
     GROUP BY p.place HAVING count(*) <= ${smallItems} AND max(b.at) < ?`,
    generation,
    workspace.clock.stamp() - packAgeMs,
  )
  if (small.length < smallMessages) return
  tx.run(
    "UPDATE team_blobs SET send_at = 0 WHERE send_at IS NULL AND kind = 'log' AND hash IN (SELECT hash FROM team_places WHERE generation = ?1 AND place IN (SELECT value FROM json_each(?2)))",
    generation,
    JSON.stringify(small.map(({ place }) => place)),
  )
}
