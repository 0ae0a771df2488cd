import type { Migration } from './index'

/**
 * The completeness ledger of a folder: when its UIDs were last compared one by one with the server's, and how many of
 * the server's messages it would not hand out.
 */
export const completeness: Migration = {
  version: 7,
  up: `
ALTER TABLE folders ADD COLUMN verified_at INTEGER;
ALTER TABLE folders ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
`,
}
