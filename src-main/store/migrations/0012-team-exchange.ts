import type { Migration } from './index'

/**
 * What the team exchanges. Blobs and roster records are kept byte for byte as they were signed, so that anybody can put
 * them back where they got lost.
 *
 * - `team_blobs.state`: waiting (gap, device or key not known yet), applied, refused, forked. `send_at`: when to put it
 *   on the server; null when it lies there.
 * - `team_places`: where blobs lie on the server, by generation (UIDVALIDITY, stream).
 * - `team_rosters.body`: null when it is not sealed to this device. `chain` 1: part of the roster's history.
 */
export const teamExchange: Migration = {
  version: 12,
  up: `
CREATE TABLE team_info(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE team_rosters(
  hash TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  previous TEXT NOT NULL,
  signer TEXT NOT NULL,
  bytes BLOB NOT NULL,
  body TEXT,
  chain INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE team_members(
  member TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  role TEXT NOT NULL,
  permissions TEXT NOT NULL,
  removed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE team_devices(
  device TEXT PRIMARY KEY,
  member TEXT NOT NULL,
  name TEXT NOT NULL,
  sign_key BLOB NOT NULL,
  seal_key BLOB NOT NULL,
  added_at INTEGER NOT NULL,
  roles TEXT NOT NULL,
  cut_off INTEGER,
  heard_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE team_keys(epoch INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;

CREATE TABLE team_blobs(
  hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  device TEXT NOT NULL,
  seq INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  at INTEGER NOT NULL,
  send_at INTEGER
) STRICT;
CREATE INDEX team_blobs_by_device ON team_blobs(device, seq);
CREATE INDEX team_blobs_waiting ON team_blobs(device, seq) WHERE state = 'waiting';
CREATE INDEX team_blobs_to_send ON team_blobs(send_at) WHERE send_at IS NOT NULL;
CREATE INDEX team_blobs_refused ON team_blobs(reason) WHERE state IN ('refused', 'forked');

CREATE TABLE team_places(
  generation TEXT NOT NULL,
  place TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY(generation, place, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_places_by_hash ON team_places(hash);

CREATE TABLE team_forks(device TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE team_invites(
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  permissions TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  request TEXT
) STRICT, WITHOUT ROWID;
`,
}
