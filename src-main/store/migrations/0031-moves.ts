import type { Migration } from './index'

/**
 * Moving conversations between mailboxes. `conversations.moved_to`: the mailbox by the team's word; answers leave from there, and it
 * is the only one whose lists show the conversation. `mailbox_moves`: messages that this console puts into another mailbox;
 * `appended` 1 once the other server has them, until they were met there.
 */
export const moves: Migration = {
  version: 31,
  up: `
ALTER TABLE conversations ADD COLUMN moved_to INTEGER;
CREATE TABLE mailbox_moves(
  message_id INTEGER PRIMARY KEY REFERENCES messages(id),
  mailbox_id INTEGER NOT NULL,
  appended INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mailbox_moves_to_do ON mailbox_moves(mailbox_id, tries) WHERE appended = 0;
`,
}
