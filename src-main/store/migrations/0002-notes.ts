import type { Migration } from './index'

/** Internal notes: a table of their own, which nothing that composes mail reads. */
export const notes: Migration = {
  version: 2,
  up: `
CREATE TABLE notes(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX notes_by_conversation ON notes(conversation_id, at);
`,
}
