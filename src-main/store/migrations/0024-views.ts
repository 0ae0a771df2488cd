import type { Migration } from './index'

/**
 * What lists ask of a conversation beside its own row; made from the team's events (store/team/project-fields, project-people)
 * and of nothing that those do not hold, but for `seen_at`, which is this person's own.
 *
 * - `conversation_fields.value`: text or number, as the field's kind says.
 * - `conversation_people`: who follows it, and when a note mentioned them last (0: never).
 */
export const views: Migration = {
  version: 24,
  up: `
CREATE TABLE conversation_fields(
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  field TEXT NOT NULL,
  value ANY NOT NULL,
  PRIMARY KEY(conversation_id, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_fields_by_value ON conversation_fields(field, value, conversation_id);

CREATE TABLE conversation_people(
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  member TEXT NOT NULL,
  follows INTEGER NOT NULL DEFAULT 0,
  mentioned_at INTEGER NOT NULL DEFAULT 0,
  seen_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(conversation_id, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_people_followed ON conversation_people(member, conversation_id) WHERE follows = 1;
CREATE INDEX conversation_people_mentioned ON conversation_people(member, mentioned_at, conversation_id) WHERE mentioned_at > 0;
`,
}
