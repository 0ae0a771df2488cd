import type { Migration } from './index'

/**
 * Import into the archive on the server. `transfers.to_server`: 1 for an import that goes there. `mailbox_moves.role`: the folder
 * that a message is put into, 'inbox' for conversations that were moved, 'archive' for imported mail.
 */
export const importToServer: Migration = {
  version: 32,
  up: `
ALTER TABLE transfers ADD COLUMN to_server INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox_moves ADD COLUMN role TEXT NOT NULL DEFAULT 'inbox';
`,
}
