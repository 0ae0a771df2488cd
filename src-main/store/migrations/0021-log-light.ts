import type { Migration } from './index'

/**
 * A look waits for its entry to be on the disk, so an entry writes as few pages as can be: no index beside the chain's own.
 * Who stands in the log at all is kept apart, one row a person.
 */
export const logLight: Migration = {
  version: 21,
  up: `
DROP INDEX access_log_by_who;
DROP INDEX access_log_by_grant;
CREATE TABLE access_people(who TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO access_people(who, name) SELECT who, max(body ->> '$.who.name') FROM access_log GROUP BY who;
`,
}
