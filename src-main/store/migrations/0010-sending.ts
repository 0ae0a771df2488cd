import type { Migration } from './index'

/**
 * What a reply needs to leave exactly once and never past somebody else's answer.
 *
 * - `drafts.basis`: newest message (they grow with time) that was there when the draft was begun; `draft_news`: messages
 *   that came in since, of whatever date.
 * - `outbox.recipients_left`: null until the server took the message for a part of its recipients; then the others, as a
 *   JSON list. `envelope`: those of the try under way.
 * - `outbox.copy`: 1 while its copy is still to be filed in Sent. `asked`: 1 when the server has been looked through and
 *   a person must decide.
 * - `send_log`: what a server accepted and when, for providers' limits; a day of it.
 */
export const sending: Migration = {
  version: 10,
  up: `
ALTER TABLE drafts ADD COLUMN basis INTEGER NOT NULL DEFAULT 0;
UPDATE drafts SET basis = coalesce((SELECT max(id) FROM messages WHERE conversation_id = drafts.conversation_id), 0);
CREATE TABLE draft_news(
  draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  PRIMARY KEY(draft_id, message_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN unless_answered INTEGER NOT NULL DEFAULT 1;
ALTER TABLE outbox ADD COLUMN recipients_left TEXT;
ALTER TABLE outbox ADD COLUMN envelope TEXT;
ALTER TABLE outbox ADD COLUMN refused TEXT NOT NULL DEFAULT '[]';
ALTER TABLE outbox ADD COLUMN copy INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN copy_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_copies ON outbox(mailbox_id, copy_tries) WHERE copy = 1;
CREATE INDEX outbox_by_sent_message ON outbox(sent_message) WHERE sent_message IS NOT NULL;

CREATE TABLE send_log(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  recipients INTEGER NOT NULL
) STRICT;
CREATE INDEX send_log_by_time ON send_log(mailbox_id, at);
`,
}
