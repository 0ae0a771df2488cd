import type { Migration } from './index'

/**
 * `folders.former_of`: this row holds the places that a folder gave its messages before the server numbered it anew; they
 * count until the folder with that id has been read again. Such a row has `local` 2 and no UIDVALIDITY.
 */
export const renumbering: Migration = {
  version: 25,
  up: `
ALTER TABLE folders ADD COLUMN former_of INTEGER;
CREATE INDEX folders_former ON folders(former_of) WHERE former_of IS NOT NULL;
`,
}
