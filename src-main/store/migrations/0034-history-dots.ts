import type { Migration } from './index'

/**
 * `history.dot`: the team event that a line tells of, so that it is told once however often the event is met. The index finds what
 * somebody has, closed ones too, for saved views.
 */
export const historyDots: Migration = {
  version: 34,
  up: `
ALTER TABLE history ADD COLUMN dot TEXT;
CREATE INDEX conversations_of_assignee ON conversations(assignee) WHERE assignee IS NOT NULL;
`,
}
