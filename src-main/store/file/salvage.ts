import path from 'node:path'
import type Driver from 'better-sqlite3-multiple-ciphers'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import type { Value, Writer } from './database'
import { openDriver } from './driver'
import { isNew, noteTakenOver } from './keys'
import { hasCode, readable, readableRows, type KeyIndex, type Source } from './salvage-read'
import {
  noteImportedFolders,
  standInChains,
  standInConversations,
  standInDrafts,
  standInFolders,
  standInMailboxes,
  dropWordless,
} from './salvage-stand-in'
import { toTakeOver } from './set-aside'
import { IndexFile } from '../search/index-file'
import { queueForIndex } from '../search/index-text'
import { addToMailbox, markWork, summarize } from '../conversations/summary'
import { makeWhole } from '../team/after-damage'
import type { Workspace } from '../workspace'

const log = logger('store')
const rowsPerTransaction = 500

/**
 * What exists only here and not on the mail server: copied from a damaged database that was set aside, as far as it
 * can still be read. Mail itself comes again from the server and finds its conversations by their Message-IDs.
 */
interface Kept {
  readonly name: string
  /** Its primary key, column by column. */ readonly key: string
  /** `*`: all. */ readonly columns: string
  readonly where: string
  readonly index?: KeyIndex
}
const whole = (name: string, key: string, where = '1', index?: KeyIndex): Kept => ({
  name,
  key,
  columns: '*',
  where,
  ...(index && { index }),
})
/** Mail from files: no server has it. Like what follows it is noted first, so that no table's damage reaches another one. */
const onlyHere = 'SELECT id FROM kept_messages'

const tables: readonly Kept[] = [
  { name: 'settings', key: 'key', columns: 'key, value', where: '1' },
  whole('meta', 'key', "key NOT IN ('hash_key', 'journal_damage', 'salvage')"),
  // A device that forgot the number of its last batch would use one twice, and the team would stop listening to it.
  whole('team_info', 'key'),
  whole('team_keys', 'epoch'),
  whole('team_rosters', 'hash'),
  whole('team_members', 'member'),
  whole('team_devices', 'device'),
  whole('team_forks', 'device'),
  whole('team_invites', 'id'),
  whole('team_batches', 'device, seq'),
  whole('team_events', 'device, seq, idx', '1', { name: 'team_events_by_entity' }),
  whole('team_frontier', 'device'),
  whole('team_blobs', 'hash'),
  // `team_places` is left out: the team's folder is read anew, since what damage took here may lie there.
  whole('team_snapshots', 'id'),
  whole('team_snapshot_parts', 'id, part'),
  whole('team_state', 'owner, field, element, rank'),
  whole('team_stale', 'entity'),
  whole('tags', 'name'),
  // Who may look and who did.
  whole('access_chains', 'device'),
  whole('access_log', 'id'),
  whole('access_people', 'who'),
  whole('support_identities', 'id'),
  whole('grants', 'id'),
  whole('access_notices', 'id'),
  whole('network_ledger', 'day, host, port, use, mailbox_id, address, expected'),
  // With their ids: secrets in the keychain are kept under them.
  {
    name: 'mailboxes',
    key: 'id',
    columns: 'id, name, address, address_key, imap, smtp, paused, created_at, identity, local, depth',
    where: 'removing = 0',
  },
  whole('mailbox_use', 'mailbox_id, what'),
  whole('send_log', 'id'),
  whole('transfers', 'id'),
  { name: 'part_files', key: 'path', columns: 'path, at', where: '1' },
  {
    name: 'folders',
    key: 'id',
    columns: 'id, mailbox_id, path, delimiter, role, uid_validity, high_uid, complete, local',
    where: 'local = 1',
  },
  {
    name: 'customers',
    key: 'id',
    columns: 'id, name, named_by_person, note, first_at, first_auto_at, last_at',
    where: "note <> '' OR named_by_person = 1",
  },
  {
    name: 'customer_addresses',
    key: 'address_key',
    columns: 'address_key, address, name, name_key, customer_id, last_at',
    where: 'customer_id IN (SELECT id FROM kept_customers)',
  },
  {
    name: 'conversations',
    key: 'id',
    columns:
      'id, subject, status, status_by_person, last_at, family, assignee, tags, snoozed_until, snoozed_at, snooze_unless_reply, woke_at, moved_to',
    where: `merged_into IS NULL AND (family IS NOT NULL OR status_by_person = 1 OR has_draft = 1 OR outbox_state IS NOT NULL OR assignee IS NOT NULL OR tags <> '[]' OR snoozed_until IS NOT NULL
      OR moved_to IS NOT NULL OR id IN (SELECT id FROM needed_conversations))`,
  },
  // What is not brought over waits for its mail, as what colleagues did to mail that is not here yet.
  { name: 'team_anchors', key: 'entity', columns: 'entity, key_hash, conversation_id', where: '1' },
  whole('conversation_tags', 'conversation_id, tag'),
  whole('conversation_fields', 'conversation_id, field'),
  whole('conversation_people', 'conversation_id, member'),
  whole('note_drafts', 'conversation_id'),
  whole('messages', 'id', `id IN (${onlyHere})`),
  whole('message_bodies', 'id', `message_id IN (${onlyHere})`),
  whole('attachments', 'id', `message_id IN (${onlyHere})`),
  whole('mailbox_moves', 'message_id'),
  whole('locations', 'folder_id, uid', 'folder_id IN (SELECT id FROM kept_folders)', {
    name: 'locations_by_message',
    // Imported mail is news to nobody.
    instead: 'folder_id, uid, message_id, 1 AS flags',
  }),
  whole('delivery_reports', 'about_key, recipient, report_message'),
  {
    name: 'thread_ids',
    key: 'hash',
    columns: 'hash, conversation_id',
    where: 'conversation_id IN (SELECT id FROM kept_conversations)',
  },
  {
    name: 'thread_acts',
    key: 'id',
    columns: 'id, kind, at, by, conversation_id, other_id, undone, before',
    where: '1',
  },
  whole('thread_act_pins', 'act_id, key_hash'),
  {
    name: 'thread_pins',
    key: 'key_hash',
    columns: 'key_hash, conversation_id, act_id, chosen',
    where: 'conversation_id IN (SELECT id FROM kept_conversations)',
  },
  {
    name: 'history',
    key: 'id',
    columns: 'id, conversation_id, at, kind, by, detail, act_id, dot, taken_back',
    where: 'conversation_id IN (SELECT id FROM kept_conversations)',
  },
  { name: 'notes', key: 'id', columns: 'id, conversation_id, at, author, text, name', where: '1' },
  {
    name: 'drafts',
    key: 'id',
    columns:
      'id, state, kind, conversation_id, mailbox_id, base_version, basis, recipients, subject, html, text, quote, updated_at, sender, signed',
    where: "state <> 'discarded'",
  },
  { name: 'draft_files', key: 'id', columns: 'id, draft_id, name, type, size, bytes', where: '1' },
  {
    name: 'outbox',
    key: 'id',
    columns: `id, state, conversation_id, mailbox_id, draft_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, in_reply_to, refs, snippet, status_before, status_after,
      made_conversation, error, error_detail, server_line, attempts, copy, copy_tries, scheduled, unless_answered, recipients_left, envelope, refused, asked, signature, through_id, loop_ok, assigned, status_told`,
    // And what was sent and whose copy does not lie in Sent yet.
    where: "state <> 'sent' OR (copy = 1 AND id IN (SELECT outbox_id FROM outbox_raw))",
  },
  { name: 'outbox_raw', key: 'outbox_id', columns: 'outbox_id, raw', where: '1' },
]

/**
 * Takes over what a damaged database in the same folder held, if this one is new; what was cut short is done again.
 * @returns whether something was brought over
 * @throws PosternError `disk-full`, `disk-error`; it is still to be done then
 */
export function salvage(workspace: Workspace, dir: string, key: Uint8Array): boolean {
  if (!isNew(workspace.db.read)) return false
  // It holds words of the mail that an earlier database had.
  IndexFile.remove(dir)
  const restored = takeOver(workspace, dir, key)
  workspace.db.write(noteTakenOver)
  return restored
}

function takeOver(workspace: Workspace, dir: string, key: Uint8Array): boolean {
  const damaged = toTakeOver(dir, key)
  if (damaged === undefined) return false
  let old: Driver | null = null
  const copied: Record<string, number> = {}
  try {
    old = openDriver(path.join(dir, damaged), key)
    for (const noted of [
      'kept_customers',
      'kept_conversations',
      'kept_folders',
      'kept_messages',
      'needed_conversations',
      'needed_mailboxes',
    ])
      old.exec(`CREATE TEMP TABLE ${noted}(id INTEGER PRIMARY KEY)`)
    copyHashKey(workspace, old)
    goOnCounting(workspace, old)
    standIn(workspace, old)
    note(workspace, old, 'kept_folders', 'folders', 'id')
    noteImportedFolders(old)
    note(workspace, old, 'kept_messages', 'locations', 'message_id')
    for (const table of ['notes', 'note_drafts', 'drafts', 'outbox', 'messages'])
      note(workspace, old, 'needed_conversations', table, 'conversation_id')
    for (const table of ['drafts', 'outbox', 'folders']) note(workspace, old, 'needed_mailboxes', table, 'mailbox_id')
    note(workspace, old, 'needed_mailboxes', 'outbox', 'through_id')
    for (const table of tables) copied[table.name] = copyTable(workspace, old, table)
    workspace.db.write((tx) => makeWhole(tx, workspace))
    fileAgain(workspace)
    finish(workspace)
  } catch (fault) {
    // Of the new one: what could not be written is not lost.
    if (fault instanceof PosternError) throw fault
    // Its first page may be what is damaged: then nothing can be read, and the file stays for whoever can do more.
    log.warn('the damaged database cannot be read', { fault })
  } finally {
    old?.close()
  }
  log.info('taken over from the damaged database', copied)
  return Object.values(copied).some((rows) => rows > 0)
}

function copyHashKey(workspace: Workspace, old: Driver): void {
  const row = readable(() => old.prepare<[], { value: string }>("SELECT value FROM meta WHERE key = 'hash_key'").get())
  if (row) workspace.replaceHashKey(row.value)
}

/** Ids are given once: grants, the access log and the ledger name by them what is gone, and must not come to mean another mailbox or conversation. */
function goOnCounting(workspace: Workspace, old: Driver): void {
  const counted = readable(() =>
    old.prepare<[], { name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence').all(),
  )
  workspace.db.write((tx) => {
    for (const { name, seq } of counted ?? [])
      if (tx.run('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?', seq, name).changes === 0)
        tx.run(
          "INSERT INTO sqlite_sequence(name, seq) SELECT ?1, ?2 WHERE EXISTS(SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)",
          name,
          seq,
        )
  })
}

/**
 * A database that was damaged before an update knows less: tables that it has not got stand in as empty, and columns with what a row
 * gets that says nothing of them.
 */
function standIn(workspace: Workspace, old: Driver): void {
  for (const { name } of tables) {
    const known = readable(() => columnsOf(old, name))
    const missing = workspace.db.read
      .all<{ name: string; dflt_value: string | null }>('SELECT name, dflt_value FROM pragma_table_info(?)', name)
      .filter((column) => known?.has(column.name) === false)
    if (known?.size === 0)
      old.exec(
        // Bytes that leave lay in the outbox itself.
        name === 'outbox_raw'
          ? 'CREATE TEMP VIEW outbox_raw AS SELECT id AS outbox_id, raw FROM main.outbox WHERE raw IS NOT NULL'
          : `CREATE TEMP TABLE ${name}(${missing.map((column) => column.name).join(', ')})`,
      )
    else if (missing.length > 0)
      old.exec(
        `CREATE TEMP VIEW ${name} AS SELECT *, ${missing.map((column) => `${insteadOf(name, column)} AS ${column.name}`).join(', ')} FROM main.${name}`,
      )
  }
}

/** Bodies lay under their message's id before they had one of their own. */
const insteadOf = (table: string, column: { name: string; dflt_value: string | null }): string =>
  table === 'message_bodies' && column.name === 'id' ? 'message_id' : (column.dflt_value ?? 'NULL')

const columnsOf = (old: Driver, table: string): Set<string> =>
  new Set(
    old
      .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name),
  )

/** Notes what the rows of a table that are brought over speak of. */
function note(workspace: Workspace, old: Driver, into: string, name: string, column: string): void {
  const table = tables.find((one) => one.name === name)
  if (!table) return
  const { keys, ...source } = sourceOf(workspace, table)
  const ids = new Set<Value>()
  for (const row of readableRows(old, { ...source, keys, columns: [...keys, column] })) ids.add(row[column] ?? null)
  const keep = old.prepare<[Value]>(`INSERT OR IGNORE INTO ${into} VALUES(?)`)
  for (const id of ids) if (id !== null) keep.run(id)
}

function sourceOf(workspace: Workspace, { name, key, columns, where, index }: Kept): Source {
  const all = workspace.db.read.all<{ name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)', name)
  const keys = key.split(', ')
  return {
    name,
    keys,
    isNumbered: keys.length === 1 && all.find((one) => one.name === key)?.type === 'INTEGER',
    columns: columns === '*' ? all.map((one) => one.name) : columns.split(',').map((column) => column.trim()),
    where,
    index,
  }
}

function copyTable(workspace: Workspace, old: Driver, table: Kept): number {
  const { name } = table
  const source = sourceOf(workspace, table)
  const { columns } = source
  const insert = `INSERT OR IGNORE INTO ${name}(${columns.join(', ')}) VALUES(${columns.map(() => '?').join(', ')})`
  let copied = 0
  let batch: Value[][] = []
  const flush = (): void => {
    const rows = batch
    batch = []
    copied += workspace.db.write((tx) => rows.filter((row) => insertRow(tx, insert, row)).length)
  }
  const ids: Value[] = []
  for (const row of readableRows(old, source)) {
    ids.push(row['id'] ?? null)
    batch.push(columns.map((column) => row[column] ?? null))
    if (batch.length >= rowsPerTransaction) flush()
  }
  flush()
  if (name === 'mailboxes') standInMailboxes(workspace, old)
  if (name === 'folders') standInFolders(workspace, old)
  if (name === 'access_chains') standInChains(workspace)
  if (name === 'drafts') standInDrafts(workspace, old)
  if (name === 'conversations') ids.push(...standInConversations(workspace, old))
  if (name === 'customers' || name === 'conversations') {
    const keep = old.prepare<[Value]>(`INSERT OR IGNORE INTO kept_${name} VALUES(?)`)
    for (const id of ids) keep.run(id)
  }
  return copied
}

/** A row whose parent could not be read is left out; the others count. */
function insertRow(tx: Writer, insert: string, row: Value[]): boolean {
  try {
    return tx.run(insert, ...row).changes > 0
  } catch (fault) {
    if (hasCode(fault, 'SQLITE_CONSTRAINT')) return false
    throw fault
  }
}

/** Mail that was brought over is in its conversations' rows, in its mailbox's lists and found again; anchors of conversations that were not wait for their mail. */
function fileAgain(workspace: Workspace): void {
  workspace.db.write((tx) =>
    tx.run(
      'UPDATE team_anchors SET conversation_id = NULL WHERE conversation_id NOT IN (SELECT id FROM conversations)',
    ),
  )
  const messages = workspace.db.read.all<{ id: number; conversation_id: number | null; mailbox_id: number }>(
    'SELECT m.id, m.conversation_id, f.mailbox_id FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id ORDER BY m.conversation_id, m.id',
  )
  for (let from = 0; from < messages.length; from += rowsPerTransaction) {
    workspace.db.write((tx) => {
      const part = messages.slice(from, from + rowsPerTransaction)
      for (const { id, conversation_id: conversation, mailbox_id: mailbox } of part) {
        if (conversation === null) continue
        addToMailbox(tx, conversation, mailbox)
        queueForIndex(tx, id)
      }
      for (const id of new Set(part.flatMap((row) => row.conversation_id ?? []))) summarize(tx, id, workspace.own)
    })
  }
}

/** Marks and mailboxes of the rows that were brought over. What was leaving is in doubt, as after any crash. */
function finish(workspace: Workspace): void {
  workspace.db.write((tx) => {
    tx.run("UPDATE outbox SET state = 'uncertain', error = 'sent-uncertain' WHERE state = 'sending'")
    dropWordless(tx)
    // The next import numbers on from there.
    tx.run(
      'UPDATE folders SET high_uid = max(high_uid, (SELECT coalesce(max(uid), 0) FROM locations WHERE folder_id = folders.id))',
    )
    tx.run(
      "UPDATE drafts SET state = 'open' WHERE state = 'queued' AND NOT EXISTS(SELECT 1 FROM outbox WHERE draft_id = drafts.id)",
    )
    tx.run(`INSERT OR IGNORE INTO conversation_mailboxes(mailbox_id, conversation_id, status, last_at)
      SELECT o.mailbox_id, c.id, c.status, c.last_at FROM outbox o JOIN conversations c ON c.id = o.conversation_id
      UNION SELECT b.id, c.id, c.status, c.last_at FROM conversations c JOIN mailboxes b ON b.id = c.moved_to`)
    tx.run(
      'UPDATE conversations SET mailbox_ids = (SELECT json_group_array(mailbox_id) FROM conversation_mailboxes WHERE conversation_id = conversations.id)',
    )
    for (const { id } of tx.all<{ id: number }>(
      'SELECT conversation_id AS id FROM drafts WHERE conversation_id IS NOT NULL UNION SELECT conversation_id FROM outbox',
    )) {
      tx.run(
        'UPDATE conversations SET hidden = NOT EXISTS(SELECT 1 FROM outbox WHERE conversation_id = ?1) WHERE id = ?1',
        id,
      )
      markWork(tx, id)
    }
  })
}
