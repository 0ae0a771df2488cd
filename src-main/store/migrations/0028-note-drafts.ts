import type { Migration } from './index'

/**
 * Words of a note that was not added yet, kept like drafts of answers. `outbox.assigned`: whom a person gave the conversation to in
 * the act of sending, as JSON {before, to, line}, so that taking the send back takes this back too.
 */
export const noteDrafts: Migration = {
  version: 28,
  up: `
CREATE TABLE note_drafts(conversation_id INTEGER PRIMARY KEY REFERENCES conversations(id), text TEXT NOT NULL, updated_at INTEGER NOT NULL) STRICT;
ALTER TABLE outbox ADD COLUMN assigned TEXT;
`,
}
