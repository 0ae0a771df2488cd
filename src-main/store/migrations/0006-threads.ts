import type { Migration } from './index'

/**
 * Conversations that a person can take apart and put together.
 *
 * - `thread_people`: ids of messages that are not here, or that went to many, with the people (keyed hash of the
 *   address) of the messages that name them: such an id ties only messages that have a person in common.
 * - `thread_pins`: where a person put a message, by its key, so that it outlives the message's own row. `chosen` 0:
 *   it stayed where it was while others were taken away.
 * - `conversations.family`: set once a person has sorted; headers never join two of one family again. It is the id of
 *   the one that takes what nobody decided.
 */
export const threads: Migration = {
  version: 6,
  up: `
ALTER TABLE thread_ids ADD COLUMN broadcast INTEGER NOT NULL DEFAULT 0;
CREATE TABLE thread_people(
  hash INTEGER NOT NULL,
  person INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL,
  PRIMARY KEY(hash, person)
) STRICT, WITHOUT ROWID;

ALTER TABLE conversations ADD COLUMN family INTEGER;
CREATE INDEX conversations_by_family ON conversations(family) WHERE family IS NOT NULL;
ALTER TABLE messages ADD COLUMN in_reply_to TEXT;

CREATE TABLE thread_acts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  conversation_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  before TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE thread_pins(
  key_hash INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL,
  act_id INTEGER NOT NULL REFERENCES thread_acts(id),
  chosen INTEGER NOT NULL
) STRICT;
CREATE TABLE thread_act_pins(
  act_id INTEGER NOT NULL REFERENCES thread_acts(id) ON DELETE CASCADE,
  key_hash INTEGER NOT NULL,
  before_conversation INTEGER,
  before_act INTEGER,
  before_chosen INTEGER,
  PRIMARY KEY(act_id, key_hash)
) STRICT, WITHOUT ROWID;
ALTER TABLE history ADD COLUMN act_id INTEGER;
`,
}
