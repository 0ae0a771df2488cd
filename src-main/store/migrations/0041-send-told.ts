import type { Migration } from './index'

/**
 * `outbox.status_told`: the line in the thread and the team event (JSON) that tell of the status that came with a send, so that a
 * send that is taken back is told in that line and not in a second one. Null for what was queued before.
 */
export const sendTold: Migration = {
  version: 41,
  up: `
ALTER TABLE outbox ADD COLUMN status_told TEXT;
`,
}
