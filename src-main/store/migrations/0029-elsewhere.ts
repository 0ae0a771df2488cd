import type { Migration } from './index'

/** `messages.elsewhere`: one of ours that came in while this ran and that no Postern wrote: somebody used an ordinary mail program. */
export const elsewhere: Migration = {
  version: 29,
  up: 'ALTER TABLE messages ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0;',
}
