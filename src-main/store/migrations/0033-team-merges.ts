import type { Migration } from './index'

/** What waits for a conversation that it is to go into is found by that conversation's name, once its mail comes. */
export const teamMerges: Migration = {
  version: 33,
  up: `
CREATE INDEX team_merges ON team_events(json_extract(payload, '$.into')) WHERE kind = 'merge';
`,
}
