import type { Migration } from './index'

/** How much of a mailbox's permission was really used: messages read, messages sent, moves and marks. */
export const mailboxUse: Migration = {
  version: 14,
  up: `
CREATE TABLE mailbox_use(
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id) ON DELETE CASCADE,
  what TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY(mailbox_id, what)
) STRICT, WITHOUT ROWID;
`,
}
