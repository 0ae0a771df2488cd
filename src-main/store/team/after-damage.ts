import { readBlob } from '../../crypto/blob'
import { readRecord } from '../../crypto/roster-record'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { covers, seenAt } from './cover'
import { bodyOf, writeBatch } from './incoming'
import { keyOf } from './passing'
import { currentRoster, receiveRecord } from './roster'
import { standingSnapshot, takeSnapshots } from './snapshot'
import { openPart } from './snapshot-part'
import { putBack } from './snapshot-take'

/**
 * Some rows of a damaged database could not be read. What other rows still say is made whole: events that lie in a blob, up to where
 * a device's batches are here, or in a snapshot, and batches whose events are. What is missing then comes from the server, which is read anew.
 */
export function makeWhole(tx: Writer, workspace: Workspace): void {
  makeRosterWhole(tx, workspace)
  const own = workspace.device.id
  tx.run(
    `INSERT OR IGNORE INTO team_frontier(device, seq, hash)
     SELECT device, max(seq), hash FROM team_blobs WHERE kind = 'log' AND state = 'applied' AND device <> ? GROUP BY device`,
    own,
  )
  lookAtPartsAgain(tx, workspace)
  const cover = standingSnapshot(tx)?.cover ?? {}
  const touched = new Set<string>()
  for (const { hash, device, seq } of tx.all<{ hash: string; device: string; seq: number }>(
    "SELECT hash, device, seq FROM team_blobs WHERE kind = 'log' AND state = 'applied' ORDER BY device, seq",
  ))
    if (!covers(cover, device, seq)) fill(tx, workspace, hash, touched)
  fillFromSnapshot(tx, workspace)
  // Nothing more can be written into a number that has events and no batch.
  tx.run(
    "INSERT OR IGNORE INTO team_batches(device, seq, seen, closed) SELECT DISTINCT device, seq, '{}', 1 FROM team_events WHERE device = ?",
    own,
  )
  workspace.team.nowStale(tx, touched)
}

/** Records of the roster lie in two tables, each of which says what the other one lost; keys, people and computers follow from the newest. */
function makeRosterWhole(tx: Writer, workspace: Workspace): void {
  for (const { bytes } of tx.all<{ bytes: Buffer }>(
    "SELECT bytes FROM team_blobs WHERE kind = 'roster' AND hash NOT IN (SELECT hash FROM team_rosters) ORDER BY seq",
  ))
    receiveRecord(tx, workspace, bytes)
  for (const { hash, version, bytes } of tx.all<{ hash: string; version: number; bytes: Buffer }>(
    'SELECT hash, version, bytes FROM team_rosters WHERE hash NOT IN (SELECT hash FROM team_blobs)',
  ))
    tx.run(
      "INSERT INTO team_blobs(hash, kind, device, seq, bytes, state, at) VALUES(?, 'roster', ?, ?, ?, 'applied', ?)",
      hash,
      readRecord(bytes).signer,
      version,
      bytes,
      workspace.clock.stamp(),
    )
  const roster = currentRoster(tx)?.body
  if (!roster) return
  // Sealed with an older key, what is written next could be read by who left.
  for (const { epoch, key } of roster.keys)
    tx.run('INSERT OR IGNORE INTO team_keys(epoch, key) VALUES(?, ?)', epoch, Buffer.from(key, 'base64url'))
  for (const { id, name, address, role, permissions, removedAt } of roster.members)
    tx.run(
      'INSERT OR IGNORE INTO team_members(member, name, address, role, permissions, removed_at) VALUES(?, ?, ?, ?, ?, ?)',
      id,
      name,
      address,
      role,
      JSON.stringify(permissions),
      removedAt,
    )
  for (const { id, member, name, signKey, sealKey, addedAt, roles, cutOff } of roster.devices)
    tx.run(
      'INSERT OR IGNORE INTO team_devices(device, member, name, sign_key, seal_key, added_at, roles, cut_off) VALUES(?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      member,
      name,
      Buffer.from(signKey, 'base64url'),
      Buffer.from(sealKey, 'base64url'),
      addedAt,
      JSON.stringify(roles),
      cutOff,
    )
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

/** Parts of which nobody knows any more to which snapshot they belong say it themselves; what one covers may lie nowhere else. */
function lookAtPartsAgain(tx: Writer, workspace: Workspace): void {
  tx.run(
    `UPDATE team_blobs SET state = 'snap' WHERE kind = 'snap' AND state = 'applied'
       AND hash NOT IN (SELECT p.hash FROM team_snapshot_parts p JOIN team_snapshots s ON s.id = p.id)`,
  )
  // One that reaches further than the batches here is taken over with the next message.
  takeSnapshots(tx, workspace)
}

/** What the snapshot that stands covers is taken from its parts that are here; one that is lost says it when it comes again. */
function fillFromSnapshot(tx: Writer, workspace: Workspace): void {
  const snapshot = standingSnapshot(tx)
  if (!snapshot) return
  for (const { hash } of tx.all<{ hash: string }>(
    'SELECT hash FROM team_snapshot_parts WHERE id = ? ORDER BY part',
    snapshot.id,
  )) {
    const bytes = tx.get<{ bytes: Buffer }>('SELECT bytes FROM team_blobs WHERE hash = ?', hash)?.bytes
    const part = bytes ? openPart(tx, snapshot.device, bytes) : null
    if (part !== null && part !== 'false') putBack(tx, workspace, snapshot.cover, part)
  }
}
