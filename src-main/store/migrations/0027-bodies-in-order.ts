import type { Migration } from './index'

/**
 * Bodies lie in the order in which they came. Under the message's id, which falls while a first sync goes from new to old, each
 * one was squeezed in before all others, which left a quarter of their pages empty.
 */
export const bodiesInOrder: Migration = {
  version: 27,
  up: `
CREATE TABLE bodies(
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL UNIQUE REFERENCES messages(id),
  remote_urls TEXT,
  body BLOB NOT NULL,
  source BLOB
) STRICT;
INSERT INTO bodies(message_id, remote_urls, body, source) SELECT message_id, remote_urls, body, source FROM message_bodies ORDER BY message_id;
DROP TABLE message_bodies;
ALTER TABLE bodies RENAME TO message_bodies;
`,
}
