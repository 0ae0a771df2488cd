import type { Migration } from './index'

/**
 * The search index moves into a file of its own (store/search/index-file), which a thread writes. What is left here is the
 * list of messages whose words it does not hold as they are now.
 */
export const searchFile: Migration = {
  version: 5,
  up: `
DROP TABLE search;
CREATE TABLE index_queue(message_id INTEGER PRIMARY KEY) STRICT;
DELETE FROM meta WHERE key = 'purge';
`,
}
