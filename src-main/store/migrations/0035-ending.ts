import type { Migration } from './index'

/**
 * `outbox.ending`: 1 from before the end of a message is handed to the server until the next try. What was leaving when the
 * program before this one died may have left, so it counts as handed over.
 */
export const ending: Migration = {
  version: 35,
  up: `
ALTER TABLE outbox ADD COLUMN ending INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET ending = 1 WHERE state = 'sending' AND raw IS NOT NULL;
`,
}
