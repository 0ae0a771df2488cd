import type { Migration } from './index'

/**
 * Conversations that were merged and taken apart again are in the lists of their mailboxes: taking a merge back left out the one
 * that had been merged away, in whatever is asked by mailbox.
 */
export const backInMailboxes: Migration = {
  version: 45,
  up: `
INSERT OR IGNORE INTO conversation_mailboxes(mailbox_id, conversation_id, hidden, status, unread, last_at)
  SELECT m.id, c.id, c.hidden, c.status, c.unread, c.last_at
  FROM conversations c, json_each(c.mailbox_ids) named JOIN mailboxes m ON m.id = named.value
  WHERE c.merged_into IS NULL AND c.id IN (SELECT other_id FROM thread_acts WHERE kind = 'merge' AND undone = 1);
`,
}
