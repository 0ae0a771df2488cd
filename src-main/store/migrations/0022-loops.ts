import type { Migration } from './index'

/**
 * `messages.returned`: 1 for a message that left from here and came back into a mailbox of ours. `outbox.loop_ok`: a
 * person has been asked about it and means it all the same (see store/outbox/loop-guard).
 */
export const loops: Migration = {
  version: 22,
  up: `
ALTER TABLE messages ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN loop_ok INTEGER NOT NULL DEFAULT 0;
`,
}
