import type { Migration } from './index'

/** `team_invites.member`: for another computer of this person; null for somebody new. */
export const teamComputers: Migration = {
  version: 30,
  up: `
ALTER TABLE team_invites ADD COLUMN member TEXT;
`,
}
