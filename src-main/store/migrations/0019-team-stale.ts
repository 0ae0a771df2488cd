import type { Migration } from './index'

/** `team_stale`: entities whose events changed and whose state was not made anew yet; a long absence is caught up in steps. */
export const teamStale: Migration = {
  version: 19,
  up: `
CREATE TABLE team_stale(entity TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`,
}
