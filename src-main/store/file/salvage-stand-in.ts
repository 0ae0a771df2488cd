import { hostname } from 'node:os'
import type Driver from 'better-sqlite3-multiple-ciphers'
import { importedBelow, importedUidValidity } from '../mail/import-page'
import { noServer } from '../mail/mailboxes'
import { statusNumber } from '../rows'
import type { Workspace } from '../workspace'
import type { Value, Writer } from './database'
import { readable } from './salvage-read'

/**
 * What stands in for a row that damage took and that others hang on: without it they would be left out with it. What an index still
 * says of it is taken from there.
 */

/** Where a conversation's own row cannot be read, an empty one holds what people wrote in it until its mail is here again. */
export function standInConversations(workspace: Workspace, old: Driver): Value[] {
  const needed = old.prepare<[], { id: number }>('SELECT id FROM needed_conversations').all()
  return workspace.db.write((tx) =>
    needed
      .map(({ id }) => id)
      .filter(
        (id) =>
          tx.run('INSERT OR IGNORE INTO conversations(id, status) VALUES(?, ?)', id, statusNumber('closed')).changes >
          0,
      ),
  )
}

/**
 * Where a mailbox's own row cannot be read, one without servers holds its drafts, what waits to leave and its imported mail. It is paused,
 * so nothing connects or leaves until a person says anew how it is reached; its passwords go to their own servers only.
 */
export function standInMailboxes(workspace: Workspace, old: Driver): void {
  const rows = <Row>(sql: string): Row[] | null => readable(() => old.prepare<[], Row>(sql).all())
  const indexed = rows<{ id: number; address: string }>(
    'SELECT id, address_key AS address FROM main.mailboxes INDEXED BY mailboxes_by_address WHERE removing = 0',
  )
  // The index leaves out those that are being removed; where it is lost too, nothing says what they were called.
  const all =
    indexed ??
    rows<{ id: number; address: string }>(
      "SELECT id, 'mailbox-' || id || '@unreadable.invalid' AS address FROM needed_mailboxes",
    )
  const imported = rows<{ id: number }>(
    'SELECT mailbox_id AS id FROM folders GROUP BY mailbox_id HAVING min(local) = 1',
  )?.map(({ id }) => id)
  workspace.db.write((tx) => {
    for (const { id, address } of all ?? []) {
      const local = Number(imported?.includes(id) === true)
      tx.run(
        'INSERT OR IGNORE INTO mailboxes(id, name, address, address_key, imap, smtp, paused, local, created_at) VALUES(?1, ?2, ?2, ?2, ?3, ?3, ?4, ?5, ?6)',
        id,
        address,
        JSON.stringify(noServer),
        1 - local,
        local,
        Date.now(),
      )
    }
  })
  workspace.mailboxesChanged()
}

const imported = `path LIKE '${importedBelow}/%'`

/** Folders of imported mail whose own row cannot be read: what lies in them is known by their path. */
export function noteImportedFolders(old: Driver): void {
  readable(() => old.exec(`INSERT OR IGNORE INTO kept_folders SELECT id FROM ${byPath} WHERE ${imported}`))
}
const byPath = 'main.folders INDEXED BY sqlite_autoindex_folders_1'

/** They stand again by their path; whether one was an archive is not known any more. */
export function standInFolders(workspace: Workspace, old: Driver): void {
  const all = readable(() =>
    old
      .prepare<[], { id: number; mailbox: number; path: string }>(
        `SELECT id, mailbox_id AS mailbox, path FROM ${byPath} WHERE ${imported}`,
      )
      .all(),
  )
  workspace.db.write((tx) => {
    for (const { id, mailbox, path } of all ?? [])
      tx.run(
        "INSERT OR IGNORE INTO folders(id, mailbox_id, path, delimiter, role, uid_validity, complete, local) SELECT ?, id, ?, '/', 'other', ?, 1, 1 FROM mailboxes WHERE id = ?",
        id,
        path,
        importedUidValidity,
        mailbox,
      )
  })
}

/** Of a chain of the access log only the key that checks it stands beside it: this computer's is here, the team has those of others. */
export function standInChains(workspace: Workspace): void {
  const { id, signKey } = workspace.device
  workspace.db.write((tx) => {
    const insert = 'INSERT OR IGNORE INTO access_chains(device, sign_key, name)'
    tx.run(`${insert} VALUES(?, ?, ?)`, id, signKey, hostname().slice(0, 80))
    tx.run(`${insert} SELECT device, sign_key, name FROM team_devices`)
  })
}

/** A person may go on with it; it has not left and leaves no more by itself. */
const waits = "state IN ('queued', 'held', 'failed')"

/** Where the words of what waits to leave cannot be read, its beginning does, which the outbox has: it is a draft again. */
export function standInDrafts(workspace: Workspace, old: Driver): void {
  const all = readable(() =>
    old
      .prepare<
        [],
        { id: number; isOpen: number; conversation: number; mailbox: number; isReply: number; snippet: string }
      >(
        `SELECT draft_id AS id, ${waits} AS isOpen, conversation_id AS conversation, mailbox_id AS mailbox, in_reply_to IS NOT NULL AS isReply, snippet FROM outbox
         WHERE draft_id IS NOT NULL`,
      )
      .all(),
  )
  workspace.db.write((tx) => {
    for (const { id, isOpen, conversation, mailbox, isReply, snippet } of all ?? [])
      tx.run(
        `INSERT OR IGNORE INTO drafts(id, state, kind, conversation_id, mailbox_id, base_version, recipients, subject, html, text, updated_at)
         SELECT ?, ?, ?, c.id, b.id, 0, '{}', c.subject, ?, ?, ? FROM conversations c, mailboxes b WHERE c.id = ? AND b.id = ?`,
        id,
        isOpen === 1 ? 'open' : 'queued',
        isReply === 1 ? 'reply' : 'new',
        `<p>${snippet.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
        snippet,
        Date.now(),
        conversation,
        mailbox,
      )
  })
}

/** What waited to leave and has not got its words any more. */
export function dropWordless(tx: Writer): void {
  tx.run(`DELETE FROM outbox WHERE ${waits} AND draft_id IN (SELECT id FROM drafts WHERE state = 'open')`)
}
