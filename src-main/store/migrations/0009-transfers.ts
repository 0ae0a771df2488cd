import type { Migration } from './index'

/**
 * Imports and exports. A folder that is `local` is no folder of the server: nobody lists it, and acts on its messages are
 * done here at once. A mailbox that is `local` has no server at all.
 */
export const transfers: Migration = {
  version: 9,
  up: `
ALTER TABLE mailboxes ADD COLUMN local INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN local INTEGER NOT NULL DEFAULT 0;
CREATE TABLE transfers(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  name TEXT NOT NULL,
  mailbox_id INTEGER,
  paths TEXT NOT NULL,
  position TEXT,
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  messages INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  unreadable INTEGER NOT NULL DEFAULT 0,
  left INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
`,
}
