import type { Migration } from './index'

/** `grants.device`: the console where the grant opens; '' is this one. A grant of another console is told here and can be ended here. */
export const grantDevice: Migration = {
  version: 18,
  up: `
ALTER TABLE grants ADD COLUMN device TEXT NOT NULL DEFAULT '';
CREATE TRIGGER grants_stay_where_they_are BEFORE UPDATE OF device ON grants BEGIN SELECT RAISE(ABORT, 'a grant is not changed'); END;
`,
}
