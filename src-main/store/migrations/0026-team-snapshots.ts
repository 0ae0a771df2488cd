import type { Migration } from './index'

/**
 * Snapshots of the team's log: what of it is enough up to a batch of each device (`cover`), signed by the owner's device.
 *
 * - `team_snapshots.stands` 1: it is in force here. `same`: 1 drawn anew here and found the same, 0 taken over, -1 not the same,
 *   null not looked at yet. `place`: up to there, in `generation`, the server holds nothing that is needed beside it.
 * - `team_frontier.hash`: the blob of that batch, which need not be kept.
 * - `team_places.read` 1: read back from there, not only put there.
 * - `team_blobs.state` may be `snap` (a part that was not looked at yet) and `covered` (by a snapshot).
 */
export const teamSnapshots: Migration = {
  version: 26,
  up: `
ALTER TABLE team_frontier ADD COLUMN hash TEXT NOT NULL DEFAULT '';
ALTER TABLE team_places ADD COLUMN read INTEGER NOT NULL DEFAULT 0;

CREATE TABLE team_snapshots(
  id TEXT PRIMARY KEY,
  device TEXT NOT NULL,
  at INTEGER NOT NULL,
  roster INTEGER NOT NULL,
  root TEXT NOT NULL,
  cover TEXT NOT NULL,
  generation TEXT NOT NULL,
  place TEXT NOT NULL,
  parts INTEGER NOT NULL,
  stands INTEGER NOT NULL,
  same INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE team_snapshot_parts(
  id TEXT NOT NULL,
  part INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY(id, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX team_blobs_snap ON team_blobs(state) WHERE state = 'snap';
`,
}
