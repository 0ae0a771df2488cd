import type { Migration } from './index'

/** What people are to be told of grants waits here until somebody has seen it: it happens also while nobody looks, or at the start. */
export const accessNotices: Migration = {
  version: 39,
  up: `
CREATE TABLE access_notices(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  what TEXT NOT NULL CHECK(what IN ('granted', 'first-use', 'ends-soon', 'ended')),
  grant_id INTEGER NOT NULL REFERENCES grants(id)
) STRICT;
`,
}
