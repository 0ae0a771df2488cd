import type { Migration } from './index'

/** `part_files`: files that people save and that are not whole yet, beside where they will be; for whoever starts after an end in the middle. */
export const partFiles: Migration = {
  version: 44,
  up: `
CREATE TABLE part_files(
  path TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT;
`,
}
