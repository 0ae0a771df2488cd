import { readBlob } from '../../crypto/blob'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { covers, seenAt } from './cover'
import { bodyOf, writeBatch } from './incoming'
import { keyOf } from './passing'
import { standingSnapshot } from './snapshot'

/**
 * Some rows of a damaged database could not be read. What other rows still say is made whole: events that lie in a blob, up to where
 * a device's batches are here, and batches whose events are. What is missing then comes from the server, which is read anew.
 */
export function makeWhole(tx: Writer, workspace: Workspace): void {
  const own = workspace.device.id
  tx.run(
    `INSERT OR IGNORE INTO team_frontier(device, seq, hash)
     SELECT device, max(seq), hash FROM team_blobs WHERE kind = 'log' AND state = 'applied' AND device <> ? GROUP BY device`,
    own,
  )
  const cover = standingSnapshot(tx)?.cover ?? {}
  const touched = new Set<string>()
  for (const { hash, device, seq } of tx.all<{ hash: string; device: string; seq: number }>(
    "SELECT hash, device, seq FROM team_blobs WHERE kind = 'log' AND state = 'applied' ORDER BY device, seq",
  ))
    if (!covers(cover, device, seq)) fill(tx, workspace, hash, touched)
  // Nothing more can be written into a number that has events and no batch.
  tx.run(
    "INSERT OR IGNORE INTO team_batches(device, seq, seen, closed) SELECT DISTINCT device, seq, '{}', 1 FROM team_events WHERE device = ?",
    own,
  )
  workspace.team.nowStale(tx, touched)
}

function fill(tx: Writer, workspace: Workspace, hash: string, touched: Set<string>): void {
  const bytes = tx.get<{ bytes: Buffer }>('SELECT bytes FROM team_blobs WHERE hash = ?', hash)?.bytes
  const blob = bytes && readBlob(bytes)
  const key = blob && keyOf(tx, blob)
  if (!blob || !key) return
  const { device, seq } = blob
  const body = bodyOf(blob, key)
  const seen = { ...seenAt(tx, device, seq - 1), ...body?.seen }
  writeBatch(tx, workspace, blob, body, seen, workspace.team.judge(tx, device), touched)
}
