import type { Migration } from './index'

/**
 * Who a mailbox is to those who get its mail.
 *
 * - `drafts.sender`: the address that was chosen, empty for the mailbox's own; `signed`: 1 when a signature is set below
 *   at Send. Drafts of before hold theirs in their text.
 * - `outbox.signature`: as it was at Send; `through_id`: the mailbox whose outgoing server carries it, null for its own.
 */
export const identities: Migration = {
  version: 20,
  up: `
ALTER TABLE mailboxes ADD COLUMN identity TEXT NOT NULL DEFAULT '{}';
ALTER TABLE drafts ADD COLUMN sender TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN signed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN signature TEXT;
ALTER TABLE outbox ADD COLUMN through_id INTEGER REFERENCES mailboxes(id) ON DELETE SET NULL;
`,
}
