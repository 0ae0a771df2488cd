import type { Migration } from './index'

/** `messages.part`: 0 the whole message is here, 1 its beginning, 2 its headers (see store/mail/parts). */
export const depth: Migration = {
  version: 17,
  up: `
ALTER TABLE mailboxes ADD COLUMN depth TEXT NOT NULL DEFAULT '{}';
ALTER TABLE messages ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_in_part ON messages(part, date) WHERE part <> 0;
`,
}
