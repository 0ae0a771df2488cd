import type { Migration } from './index'

/**
 * The first schema. Lists need no joins: `conversations` and `conversation_mailboxes` carry what a row shows, and
 * `view_counts` is kept by triggers, so counting a million conversations reads a handful of rows.
 *
 * - `messages.id` grows with the message's date (store/message-ids), so walking the search index backwards is newest
 *   first without sorting.
 * - `thread_ids.hash`: keyed 64-bit hash of a Message-ID that was seen or only referenced.
 * - `messages.place` is what the locations amount to: see store/mail/places.
 */
export const first: Migration = {
  version: 1,
  up: `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE mailboxes(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  address_key TEXT NOT NULL,
  imap TEXT NOT NULL,
  smtp TEXT NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  removing INTEGER NOT NULL DEFAULT 0,
  synced_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mailboxes_by_address ON mailboxes(address_key) WHERE removing = 0;

CREATE TABLE folders(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id),
  path TEXT NOT NULL,
  delimiter TEXT,
  role TEXT NOT NULL,
  uid_validity TEXT,
  high_uid INTEGER NOT NULL DEFAULT 0,
  low_uid INTEGER NOT NULL DEFAULT 0,
  mod_seq TEXT,
  complete INTEGER NOT NULL DEFAULT 0,
  server_count INTEGER NOT NULL DEFAULT 0,
  local_count INTEGER NOT NULL DEFAULT 0,
  checked_at INTEGER,
  UNIQUE(mailbox_id, path)
) STRICT;

CREATE TABLE customers(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  named_by_person INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',
  first_at INTEGER,
  first_auto_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;
CREATE TABLE customer_addresses(
  address_key TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_addresses_by_customer ON customer_addresses(customer_id);
CREATE INDEX customer_addresses_by_name ON customer_addresses(name_key);

CREATE TABLE conversations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject TEXT NOT NULL DEFAULT '',
  status INTEGER NOT NULL,
  status_by_person INTEGER NOT NULL DEFAULT 0,
  hidden INTEGER NOT NULL DEFAULT 1,
  unread INTEGER NOT NULL DEFAULT 0,
  last_at INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1,
  customer_id INTEGER REFERENCES customers(id),
  message_count INTEGER NOT NULL DEFAULT 0,
  attachment_count INTEGER NOT NULL DEFAULT 0,
  people TEXT NOT NULL DEFAULT '[]',
  snippet TEXT NOT NULL DEFAULT '',
  last_from_team TEXT,
  mailbox_ids TEXT NOT NULL DEFAULT '[]',
  has_draft INTEGER NOT NULL DEFAULT 0,
  outbox_state TEXT,
  outbox_error TEXT,
  merged_into INTEGER
) STRICT;
CREATE INDEX conversations_by_view ON conversations(hidden, status, last_at, id);
CREATE INDEX conversations_unread ON conversations(status, last_at, id) WHERE hidden = 0 AND unread = 1;
CREATE INDEX conversations_with_draft ON conversations(last_at, id) WHERE has_draft = 1;
CREATE INDEX conversations_in_outbox ON conversations(last_at, id) WHERE outbox_state IS NOT NULL;
CREATE INDEX conversations_by_customer ON conversations(customer_id, last_at) WHERE customer_id IS NOT NULL;

CREATE TABLE conversation_mailboxes(
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id),
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  hidden INTEGER NOT NULL DEFAULT 1,
  status INTEGER NOT NULL,
  unread INTEGER NOT NULL DEFAULT 0,
  last_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(conversation_id, mailbox_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_mailboxes_by_view ON conversation_mailboxes(mailbox_id, hidden, status, last_at, conversation_id);
CREATE INDEX conversation_mailboxes_unread ON conversation_mailboxes(mailbox_id, status, last_at, conversation_id) WHERE hidden = 0 AND unread = 1;

-- mailbox_id 0: all mailboxes.
CREATE TABLE view_counts(
  mailbox_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  total INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  PRIMARY KEY(mailbox_id, status)
) STRICT, WITHOUT ROWID;
${countTriggers('conversations', '0')}
${countTriggers('conversation_mailboxes', 'mailbox_id')}

CREATE TABLE thread_ids(hash INTEGER PRIMARY KEY, conversation_id INTEGER NOT NULL) STRICT;

CREATE TABLE messages(
  id INTEGER PRIMARY KEY,
  conversation_id INTEGER REFERENCES conversations(id),
  key_hash INTEGER NOT NULL,
  content_hash BLOB NOT NULL,
  message_id TEXT,
  refs TEXT NOT NULL,
  direction INTEGER NOT NULL,
  place INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  date INTEGER NOT NULL,
  from_name TEXT NOT NULL,
  from_address TEXT NOT NULL,
  from_suspicious INTEGER NOT NULL,
  people TEXT NOT NULL,
  subject TEXT NOT NULL,
  snippet TEXT NOT NULL,
  auto_kind TEXT NOT NULL,
  attachment_count INTEGER NOT NULL,
  remote_count INTEGER NOT NULL,
  remote_allowed INTEGER NOT NULL DEFAULT 0,
  unreadable TEXT,
  raw_size INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_conversation ON messages(conversation_id, date);
CREATE INDEX messages_by_key ON messages(key_hash);

CREATE TABLE message_bodies(
  message_id INTEGER PRIMARY KEY REFERENCES messages(id),
  remote_urls TEXT,
  body BLOB NOT NULL,
  source BLOB
) STRICT;

CREATE TABLE attachments(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES messages(id),
  part INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  inline INTEGER NOT NULL,
  content_id TEXT,
  dangerous INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_by_message ON attachments(message_id);

-- flags: 1 seen, 2 answered, 4 flagged, 8 deleted, 16 draft. moving_to: role of a move that waits for the network.
CREATE TABLE locations(
  folder_id INTEGER NOT NULL REFERENCES folders(id),
  uid INTEGER NOT NULL,
  message_id INTEGER NOT NULL REFERENCES messages(id),
  flags INTEGER NOT NULL,
  moving_to TEXT,
  PRIMARY KEY(folder_id, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX locations_by_message ON locations(message_id);
CREATE TRIGGER locations_added AFTER INSERT ON locations BEGIN
  UPDATE folders SET local_count = local_count + 1 WHERE id = NEW.folder_id;
END;
CREATE TRIGGER locations_removed AFTER DELETE ON locations BEGIN
  UPDATE folders SET local_count = local_count - 1 WHERE id = OLD.folder_id;
END;

CREATE TABLE server_ops(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id),
  folder_id INTEGER NOT NULL REFERENCES folders(id),
  kind TEXT NOT NULL,
  flag TEXT,
  target_role TEXT,
  target_path TEXT,
  taken INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX server_ops_by_mailbox ON server_ops(mailbox_id, id);
CREATE TABLE server_op_uids(
  op_id INTEGER NOT NULL REFERENCES server_ops(id) ON DELETE CASCADE,
  folder_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  PRIMARY KEY(op_id, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX server_op_uids_by_uid ON server_op_uids(folder_id, uid);

CREATE TABLE history(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  by TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_conversation ON history(conversation_id);

-- state: open, queued (its outbox row holds it), discarded (until the program ends).
CREATE TABLE drafts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL DEFAULT 'open',
  kind TEXT NOT NULL,
  conversation_id INTEGER REFERENCES conversations(id),
  message_id INTEGER,
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id),
  base_version INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  quote TEXT,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_conversation ON drafts(conversation_id);
CREATE TABLE draft_files(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX draft_files_by_draft ON draft_files(draft_id);

CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  state TEXT NOT NULL,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id),
  mailbox_id INTEGER NOT NULL REFERENCES mailboxes(id),
  draft_id INTEGER REFERENCES drafts(id),
  message_id TEXT NOT NULL,
  key_hash INTEGER NOT NULL,
  postern_id TEXT NOT NULL,
  date INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  sender TEXT NOT NULL,
  in_reply_to TEXT,
  refs TEXT NOT NULL,
  snippet TEXT NOT NULL,
  status_before INTEGER NOT NULL,
  status_after INTEGER NOT NULL,
  made_conversation INTEGER NOT NULL,
  error TEXT,
  error_detail TEXT NOT NULL DEFAULT '{}',
  server_line TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  raw BLOB,
  sent_message INTEGER,
  settled_at INTEGER
) STRICT;
CREATE INDEX outbox_by_state ON outbox(mailbox_id, state, due_at);
CREATE INDEX outbox_by_key ON outbox(key_hash);
CREATE INDEX outbox_by_postern_id ON outbox(postern_id);
CREATE INDEX outbox_by_conversation ON outbox(conversation_id);
CREATE INDEX outbox_by_draft ON outbox(draft_id);

-- Words only, no positions and no copy of the text: phrases are checked on the message itself (store/search/search).
CREATE VIRTUAL TABLE search USING fts5(
  words, content='', contentless_delete=1, detail=none, prefix='3',
  tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
-- Merges of index segments are done between pages (store/file/upkeep), not inside a page's transaction.
INSERT INTO search(search, rank) VALUES('automerge', 0);
INSERT INTO search(search, rank) VALUES('crisismerge', 1500);
-- Words of one page are gathered whole before they are written: one segment a page.
INSERT INTO search(search, rank) VALUES('hashsize', 16777216);
`,
}

/** Triggers that keep `view_counts` equal to what a count over the table would give. */
function countTriggers(table: string, mailbox: string): string {
  const of = (row: 'NEW' | 'OLD'): string => (mailbox === '0' ? '0' : `${row}.${mailbox}`)
  const add = `INSERT INTO view_counts VALUES(${of('NEW')}, NEW.status, 1, NEW.unread)
    ON CONFLICT DO UPDATE SET total = total + 1, unread = unread + excluded.unread;`
  const remove = `UPDATE view_counts SET total = total - 1, unread = unread - OLD.unread
    WHERE mailbox_id = ${of('OLD')} AND status = OLD.status;`
  return `
CREATE TRIGGER ${table}_counted AFTER INSERT ON ${table} WHEN NEW.hidden = 0 BEGIN ${add} END;
CREATE TRIGGER ${table}_uncounted AFTER DELETE ON ${table} WHEN OLD.hidden = 0 BEGIN ${remove} END;
CREATE TRIGGER ${table}_left AFTER UPDATE OF hidden, status, unread ON ${table}
  WHEN OLD.hidden = 0 AND (NEW.hidden <> 0 OR NEW.status <> OLD.status OR NEW.unread <> OLD.unread) BEGIN ${remove} END;
CREATE TRIGGER ${table}_entered AFTER UPDATE OF hidden, status, unread ON ${table}
  WHEN NEW.hidden = 0 AND (OLD.hidden <> 0 OR NEW.status <> OLD.status OR NEW.unread <> OLD.unread) BEGIN ${add} END;`
}
