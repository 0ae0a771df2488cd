import { readdirSync } from 'node:fs'
import path from 'node:path'
import type Driver from 'better-sqlite3-multiple-ciphers'
import { logger } from '../shared/log'
import { openDriver, type Value, type Writer } from './database'
import { markWork } from './summary'
import type { Workspace } from './workspace'

const log = logger('store')
const rowsPerTransaction = 500

/**
 * What exists only here and not on the mail server: copied from a damaged database that was set aside, as far as it
 * can still be read. Mail itself comes again from the server and finds its conversations by their Message-IDs.
 */
const tables: readonly { readonly name: string; readonly key: string; readonly columns: string; readonly where: string }[] = [
  { name: 'settings', key: 'key', columns: 'key, value', where: '1' },
  // With their ids: secrets in the keychain are kept under them.
  { name: 'mailboxes', key: 'id', columns: 'id, name, address, address_key, imap, smtp, paused, created_at, identity', where: 'removing = 0' },
  { name: 'customers', key: 'id', columns: 'id, name, named_by_person, note, first_at, first_auto_at, last_at', where: "note <> '' OR named_by_person = 1" },
  { name: 'customer_addresses', key: 'address_key', columns: 'address_key, address, name, name_key, customer_id, last_at', where: 'customer_id IN (SELECT id FROM kept_customers)' },
  { name: 'conversations', key: 'id', columns: 'id, subject, status, status_by_person, last_at, family', where: `merged_into IS NULL AND (family IS NOT NULL OR status_by_person = 1 OR has_draft = 1 OR outbox_state IS NOT NULL OR id IN (SELECT conversation_id FROM notes))` },
  { name: 'thread_ids', key: 'hash', columns: 'hash, conversation_id', where: 'conversation_id IN (SELECT id FROM kept_conversations)' },
  { name: 'thread_acts', key: 'id', columns: 'id, kind, at, by, conversation_id, other_id, undone, before', where: '1' },
  { name: 'thread_pins', key: 'key_hash', columns: 'key_hash, conversation_id, act_id, chosen', where: 'conversation_id IN (SELECT id FROM kept_conversations)' },
  { name: 'history', key: 'id', columns: 'id, conversation_id, at, kind, by', where: 'conversation_id IN (SELECT id FROM kept_conversations)' },
  { name: 'notes', key: 'id', columns: 'id, conversation_id, at, author, text, name', where: '1' },
  { name: 'drafts', key: 'id', columns: 'id, state, kind, conversation_id, mailbox_id, base_version, basis, recipients, subject, html, text, quote, updated_at, sender, signed', where: "state <> 'discarded'" },
  { name: 'draft_files', key: 'id', columns: 'id, draft_id, name, type, size, bytes', where: '1' },
  {
    name: 'outbox', key: 'id',
    columns: `id, state, conversation_id, mailbox_id, draft_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, in_reply_to, refs, snippet, status_before, status_after,
      made_conversation, error, error_detail, server_line, attempts, raw, scheduled, unless_answered, recipients_left, envelope, refused, asked, signature, through_id, loop_ok`,
    where: "state <> 'sent'",
  },
]

/** @returns whether something was brought over from a damaged database in the same folder */
export function salvage(workspace: Workspace, dir: string, key: Uint8Array): boolean {
  // The names hold the time of setting aside, so the last one is the newest.
  const damaged = readdirSync(dir).filter((name) => /^postern-damaged-.*\.db$/.test(name)).toSorted().at(-1)
  if (damaged === undefined) return false
  let old: Driver | null = null
  const copied: Record<string, number> = {}
  try {
    old = openDriver(path.join(dir, damaged), key)
    old.exec('CREATE TEMP TABLE kept_customers(id INTEGER PRIMARY KEY); CREATE TEMP TABLE kept_conversations(id INTEGER PRIMARY KEY)')
    copyHashKey(workspace, old)
    standIn(old)
    for (const table of tables) copied[table.name] = copyTable(workspace, old, table)
    finish(workspace)
  } catch (fault) {
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

/** A database that was damaged before an update knows less: tables that it has not got count as empty. */
function standIn(old: Driver): void {
  for (const { name, columns } of tables) {
    const known = readable(() => old.prepare<[string], { n: number }>('SELECT count(*) AS n FROM main.sqlite_schema WHERE name = ?').get(name)?.n)
    if (known === 0) old.exec(`CREATE TEMP TABLE ${name}(${columns})`)
  }
}

/** Of some columns those that a table of the damaged database has; the others get their defaults. */
function presentColumns(old: Driver, table: string, columns: string): string[] {
  const present = new Set(old.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(table).map(({ name }) => name))
  return columns.split(',').map((column) => column.trim()).filter((column) => present.has(column))
}

function copyTable(workspace: Workspace, old: Driver, { name, key, columns, where }: (typeof tables)[number]): number {
  const names = presentColumns(old, name, columns)
  const insert = `INSERT OR IGNORE INTO ${name}(${names.join(', ')}) VALUES(${names.map(() => '?').join(', ')})`
  let copied = 0
  let batch: Value[][] = []
  const flush = (): void => {
    const rows = batch
    batch = []
    copied += workspace.db.write((tx) => rows.filter((row) => insertRow(tx, insert, row)).length)
  }
  // From both ends: a page that cannot be read hides only what lies in it and not all behind it.
  const seen = new Set<Value>()
  for (const way of ['ASC', 'DESC']) {
    readable(() => {
      const statement = old.prepare<[], Record<string, Value>>(`SELECT ${names.join(', ')} FROM ${name} WHERE ${where} ORDER BY ${key} ${way}`).safeIntegers()
      for (const row of statement.iterate()) {
        const id = row[key] ?? null
        if (seen.has(id)) break
        seen.add(id)
        batch.push(names.map((column) => row[column] ?? null))
        if (batch.length >= rowsPerTransaction) flush()
      }
    })
  }
  flush()
  if (name === 'customers' || name === 'conversations') {
    const keep = old.prepare<[Value]>(`INSERT OR IGNORE INTO kept_${name} VALUES(?)`)
    for (const id of seen) keep.run(id)
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

/** null where damage is met; any other failure is none of damage's. */
function readable<T>(work: () => T): T | null {
  try {
    return work()
  } catch (fault) {
    if (hasCode(fault, 'SQLITE_CORRUPT') || hasCode(fault, 'SQLITE_NOTADB') || hasCode(fault, 'SQLITE_IOERR')) return null
    throw fault
  }
}

const hasCode = (fault: unknown, code: string): boolean => fault instanceof Error && 'code' in fault && String(fault.code).startsWith(code)

/** Marks and mailboxes of the rows that were brought over. What was leaving is in doubt, as after any crash. */
function finish(workspace: Workspace): void {
  workspace.db.write((tx) => {
    tx.run("UPDATE outbox SET state = 'uncertain', error = 'sent-uncertain' WHERE state = 'sending'")
    tx.run("UPDATE drafts SET state = 'open' WHERE state = 'queued' AND NOT EXISTS(SELECT 1 FROM outbox WHERE draft_id = drafts.id)")
    tx.run(`INSERT OR IGNORE INTO conversation_mailboxes(mailbox_id, conversation_id, status, last_at)
      SELECT o.mailbox_id, c.id, c.status, c.last_at FROM outbox o JOIN conversations c ON c.id = o.conversation_id`)
    tx.run("UPDATE conversations SET mailbox_ids = (SELECT json_group_array(mailbox_id) FROM conversation_mailboxes WHERE conversation_id = conversations.id)")
    for (const { id } of tx.all<{ id: number }>('SELECT conversation_id AS id FROM drafts WHERE conversation_id IS NOT NULL UNION SELECT conversation_id FROM outbox')) {
      tx.run('UPDATE conversations SET hidden = NOT EXISTS(SELECT 1 FROM outbox WHERE conversation_id = ?1) WHERE id = ?1', id)
      tx.run('UPDATE conversation_mailboxes SET hidden = (SELECT hidden FROM conversations WHERE id = ?1) WHERE conversation_id = ?1', id)
      markWork(tx, id)
    }
  })
}
