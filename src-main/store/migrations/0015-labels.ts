import type { Migration } from './index'

/**
 * Gmail keeps a message once, in All Mail, and files it by labels: where it counts as lying (`shown_as`, a folder's role)
 * comes from them, not from the folder.
 */
export const labels: Migration = {
  version: 15,
  up: `
ALTER TABLE locations ADD COLUMN shown_as TEXT;
ALTER TABLE locations ADD COLUMN labels TEXT;
`,
}
