import type { Migration } from './index'

/**
 * The server's own labels (Gmail) of conversations, in a form that lists read: made of `locations.labels`, and nothing
 * that those do not hold.
 *
 * - `mail_labels`: those that a mailbox has, used or not.
 * - `conversation_labels.listed`: 1 while the conversation is in sight (no spam, not asleep, not deleted), whatever its
 *   status, kept by triggers.
 * - `locations.thread`: the thread that the server keeps the message in.
 */
export const mailLabels: Migration = {
  version: 23,
  up: `
ALTER TABLE locations ADD COLUMN thread TEXT;
ALTER TABLE conversations ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';
CREATE TABLE mail_labels(
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY(mailbox_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_labels(
  label TEXT NOT NULL,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  listed INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY(conversation_id, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_labels_by_label ON conversation_labels(label, listed, last_at, conversation_id);
INSERT INTO mail_labels(mailbox_id, name)
  SELECT DISTINCT f.mailbox_id, e.value FROM locations l JOIN folders f ON f.id = l.folder_id, json_each(l.labels) e WHERE l.labels IS NOT NULL AND e.value NOT LIKE '\\%';
INSERT INTO conversation_labels(label, conversation_id, listed, last_at)
  SELECT DISTINCT e.value, c.id, c.hidden = 0 AND c.status <> 3, c.last_at
  FROM locations l JOIN messages m ON m.id = l.message_id JOIN conversations c ON c.id = m.conversation_id, json_each(l.labels) e WHERE l.labels IS NOT NULL AND e.value NOT LIKE '\\%';
UPDATE conversations SET labels = (SELECT json_group_array(label) FROM (SELECT label FROM conversation_labels WHERE conversation_id = conversations.id ORDER BY label))
  WHERE id IN (SELECT conversation_id FROM conversation_labels);
CREATE TRIGGER conversation_labels_follow AFTER UPDATE OF hidden, status, last_at ON conversations WHEN NEW.labels <> '[]' BEGIN
  UPDATE conversation_labels SET listed = NEW.hidden = 0 AND NEW.status <> 3, last_at = NEW.last_at WHERE conversation_id = NEW.id;
END;
`,
}
