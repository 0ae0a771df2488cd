import type { Migration } from './index'

/** The network ledger: one row a day for each host, address, use and mailbox, so that any period can be added up. */
export const networkLedger: Migration = {
  version: 3,
  up: `
CREATE TABLE network_ledger(
  day INTEGER NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  use TEXT NOT NULL,
  mailbox_id INTEGER NOT NULL,
  address TEXT NOT NULL,
  expected INTEGER NOT NULL,
  begun INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  received INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  result TEXT,
  PRIMARY KEY(day, host, port, use, mailbox_id, address, expected)
) STRICT, WITHOUT ROWID;
`,
}
