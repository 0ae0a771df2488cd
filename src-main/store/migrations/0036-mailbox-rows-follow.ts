import type { Migration } from './index'

/**
 * What a mailbox's lists are sorted by follows the conversation by itself, as its tags and labels do, and only when it changed:
 * whoever writes a conversation's row need not think of the others.
 */
export const mailboxRowsFollow: Migration = {
  version: 36,
  up: `
UPDATE conversation_mailboxes SET (hidden, status, unread, last_at) = (SELECT hidden, status, unread, last_at FROM conversations WHERE id = conversation_id)
  WHERE (hidden, status, unread, last_at) <> (SELECT hidden, status, unread, last_at FROM conversations WHERE id = conversation_id);
CREATE TRIGGER conversation_mailboxes_follow AFTER UPDATE OF hidden, status, unread, last_at ON conversations
  WHEN NEW.hidden <> OLD.hidden OR NEW.status <> OLD.status OR NEW.unread <> OLD.unread OR NEW.last_at <> OLD.last_at BEGIN
  UPDATE conversation_mailboxes SET hidden = NEW.hidden, status = NEW.status, unread = NEW.unread, last_at = NEW.last_at WHERE conversation_id = NEW.id;
END;
`,
}
