import type { Migration } from './index'

/**
 * The team log. An event is named by its dot: device, number of the batch, place in the batch. `team_batches` says what
 * the events of a batch had seen, from which concurrency follows. `team_state` is what the events amount to and can be
 * made anew from them at any time.
 *
 * - `team_batches.seen`: {device: seq}, contiguous. `closed`: no more events are added.
 * - `team_frontier`: up to which batch each other device's are here without a gap.
 * - `team_events.standing`: 0 counts, 1 held (after its device's cut-off), 2 refused (role), 3 of a newer program,
 *   4 its device is not in the roster yet, 5 its device signed two different batches of one number, 6 held and settled by the owner.
 * - `team_state.rank`: 0 stands; higher ones were written at the same time without knowing of it and are shown.
 * - `team_anchors`: conversations that events speak of, by their anchor (see store/team/anchors).
 */
export const team: Migration = {
  version: 4,
  up: `
CREATE TABLE team_batches(
  device TEXT NOT NULL,
  seq INTEGER NOT NULL,
  seen TEXT NOT NULL,
  closed INTEGER NOT NULL,
  PRIMARY KEY(device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE team_frontier(device TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE team_events(
  device TEXT NOT NULL,
  seq INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  ms INTEGER NOT NULL,
  ctr INTEGER NOT NULL,
  payload TEXT NOT NULL,
  standing INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(device, seq, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_events_by_entity ON team_events(entity);
CREATE INDEX team_events_apart ON team_events(standing) WHERE standing <> 0;

CREATE TABLE team_state(
  owner TEXT NOT NULL,
  field TEXT NOT NULL,
  element TEXT NOT NULL,
  rank INTEGER NOT NULL,
  value TEXT NOT NULL,
  device TEXT NOT NULL,
  seq INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(owner, field, element, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_state_by_field ON team_state(field, element, value);

CREATE TABLE team_anchors(
  entity TEXT PRIMARY KEY,
  key_hash INTEGER NOT NULL,
  conversation_id INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX team_anchors_by_conversation ON team_anchors(conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX team_anchors_waiting ON team_anchors(key_hash) WHERE conversation_id IS NULL;
`,
}
