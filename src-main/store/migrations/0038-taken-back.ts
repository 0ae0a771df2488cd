import type { Migration } from './index'

/** `history.taken_back`: whoever did what the line tells of took it back; the line stays, on every console alike. */
export const takenBack: Migration = {
  version: 38,
  up: `
ALTER TABLE history ADD COLUMN taken_back INTEGER NOT NULL DEFAULT 0;
`,
}
