import type { Migration } from './index'

/**
 * What became of a message at its recipients, by the reports of servers. `about_key` is the key of the message that a report
 * is about, which may come to be stored after it; `report_message` is 0 where the first server refused in the dialogue.
 */
export const delivery: Migration = {
  version: 13,
  up: `
CREATE TABLE delivery_reports(
  about_key INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  report_message INTEGER NOT NULL,
  action TEXT NOT NULL,
  line TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(about_key, recipient, report_message)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_reports_by_message ON delivery_reports(report_message);
`,
}
