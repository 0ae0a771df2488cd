import { longestGrantMs } from '../../../src-preload/contract/support'
import type { Migration } from './index'

/**
 * Who may look and who did. The limits stand in the tables too, so that no code path can go past them: a grant lasts at
 * most 180 days and is never made longer, and the access log can only grow.
 */
export const access: Migration = {
  version: 11,
  up: `
CREATE TABLE support_identities(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sign_key TEXT NOT NULL UNIQUE,
  card TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE grants(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  identity_id INTEGER NOT NULL REFERENCES support_identities(id),
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  mailboxes TEXT,
  reason TEXT NOT NULL CHECK(length(reason) >= 3),
  reference TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL CHECK(ends_at > granted_at AND ends_at - granted_at <= ${longestGrantMs}),
  ended_at INTEGER,
  ended_by TEXT,
  ended_why TEXT,
  first_used_at INTEGER,
  last_used_at INTEGER,
  told_soon INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX grants_by_end ON grants(ends_at);
CREATE TRIGGER grants_fixed BEFORE UPDATE OF name, identity_id, kind, scope, mailboxes, reason, reference, granted_by, granted_at, ends_at ON grants
BEGIN SELECT RAISE(ABORT, 'a grant is not changed'); END;
CREATE TRIGGER grants_stay_ended BEFORE UPDATE OF ended_at ON grants WHEN OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an ended grant is not revived'); END;
CREATE TRIGGER grants_kept BEFORE DELETE ON grants BEGIN SELECT RAISE(ABORT, 'grants are kept'); END;

-- One chain for each device that wrote here; the key that checks it.
CREATE TABLE access_chains(device TEXT PRIMARY KEY, sign_key BLOB NOT NULL, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE access_log(
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL REFERENCES access_chains(device),
  seq INTEGER NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL,
  signature BLOB NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL GENERATED ALWAYS AS (body ->> 'at') VIRTUAL,
  act TEXT NOT NULL GENERATED ALWAYS AS (body ->> 'act') VIRTUAL,
  who TEXT NOT NULL GENERATED ALWAYS AS (coalesce(body ->> '$.who.fingerprint', body ->> '$.who.name')) VIRTUAL,
  granted INTEGER GENERATED ALWAYS AS (body ->> 'grant') VIRTUAL
) STRICT;
CREATE UNIQUE INDEX access_log_chain ON access_log(device, seq);
CREATE INDEX access_log_by_who ON access_log(who, id);
CREATE INDEX access_log_by_grant ON access_log(granted, id) WHERE granted IS NOT NULL;
CREATE TRIGGER access_log_unchanged BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
CREATE TRIGGER access_log_kept BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
CREATE TRIGGER access_chains_unchanged BEFORE UPDATE OF device, sign_key ON access_chains BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
CREATE TRIGGER access_chains_kept BEFORE DELETE ON access_chains BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
`,
}
