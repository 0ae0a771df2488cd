import type { Migration } from './index'

/** Notes are shared with the team: each has a name that is the same on every console. */
export const noteNames: Migration = {
  version: 16,
  up: `
ALTER TABLE notes ADD COLUMN name TEXT;
UPDATE notes SET name = 'local-' || printf('%08d', id);
CREATE UNIQUE INDEX notes_by_name ON notes(name);
`,
}
