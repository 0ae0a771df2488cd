import type { Migration } from './index'

/**
 * `outbox_raw`: the bytes of a message that leaves, until its copy lies in Sent. In the row of the outbox they were written anew, all
 * 40 MB of a large one, with each change of its state.
 */
export const outboxRaw: Migration = {
  version: 42,
  up: `
CREATE TABLE outbox_raw(
  outbox_id INTEGER PRIMARY KEY REFERENCES outbox(id) ON DELETE CASCADE,
  raw BLOB NOT NULL
) STRICT;
INSERT INTO outbox_raw(outbox_id, raw) SELECT id, raw FROM outbox WHERE raw IS NOT NULL;
ALTER TABLE outbox DROP COLUMN raw;
`,
}
