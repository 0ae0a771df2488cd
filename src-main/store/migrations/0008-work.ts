import type { Migration } from './index'

/**
 * Assignment, tags and snooze in columns and tables that lists read; they are made from the team's events
 * (store/team/project-work) and hold nothing that those do not.
 *
 * - `conversations.assignee`: a member, or `g:` and a group.
 * - `conversations.hidden`: 2 is snoozed. `woke_at`: when a snooze ended; it counts as the newest thing that happened.
 * - `conversation_tags.listed`: 1 while the conversation is open and in the inbox, kept by triggers.
 */
export const work: Migration = {
  version: 8,
  up: `
ALTER TABLE conversations ADD COLUMN assignee TEXT;
ALTER TABLE conversations ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE conversations ADD COLUMN snoozed_until INTEGER;
ALTER TABLE conversations ADD COLUMN snoozed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN snooze_unless_reply INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversations ADD COLUMN woke_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversations_by_assignee ON conversations(assignee, last_at, id) WHERE hidden = 0 AND status = 0;
CREATE INDEX conversations_assigned ON conversations(last_at, id) WHERE hidden = 0 AND status = 0 AND assignee IS NOT NULL;
CREATE INDEX conversations_snoozed ON conversations(snoozed_until, id) WHERE hidden = 2;

CREATE TABLE tags(name TEXT PRIMARY KEY, label TEXT NOT NULL, hue TEXT NOT NULL, retired INTEGER NOT NULL, into_tag TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_tags(
  tag TEXT NOT NULL,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  listed INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY(conversation_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tags_by_tag ON conversation_tags(tag, listed, last_at, conversation_id);
CREATE TRIGGER conversation_tags_follow AFTER UPDATE OF hidden, status, last_at ON conversations WHEN NEW.tags <> '[]' BEGIN
  UPDATE conversation_tags SET listed = NEW.hidden = 0 AND NEW.status = 0, last_at = NEW.last_at WHERE conversation_id = NEW.id;
END;
ALTER TABLE history ADD COLUMN detail TEXT NOT NULL DEFAULT '';
`,
}
