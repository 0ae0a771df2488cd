import type { Migration } from './index'

/**
 * `conversations.undelivered`: somebody did not get what the team wrote last, for the mark in lists. `outbox/delivery` decides it;
 * of messages of before it is told here, by what the reports about them said last.
 */
export const undelivered: Migration = {
  version: 43,
  up: `
ALTER TABLE conversations ADD COLUMN undelivered INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET undelivered = 1 WHERE id IN (
  SELECT m.conversation_id FROM delivery_reports r CROSS JOIN messages m ON m.key_hash = r.about_key
  WHERE r.action = 'failed' AND m.direction = 1 AND m.place NOT IN (6, 8)
    AND NOT EXISTS(SELECT 1 FROM delivery_reports l WHERE l.about_key = r.about_key AND l.recipient = r.recipient AND l.at > r.at)
    AND max(m.date, r.at) >= (SELECT max(date) FROM messages w WHERE w.conversation_id = m.conversation_id AND w.direction = 1 AND w.place NOT IN (6, 8))
);
`,
}
