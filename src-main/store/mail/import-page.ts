import { PosternError } from '../../../src-preload/contract/errors'
import type { ImportPage, IngestItem } from '../../../src-preload/contract/internal'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type * as z from 'zod'
import type { Writer } from '../file/database'
import { putIntoArchive, wakeMail } from '../conversations/move-mailbox'
import { Batch } from './batch'
import { messageKey } from './message-row'
import { Portion, ingest, openFolder } from './messages'
import { hideMailbox } from './removal'
import { endTransfer } from './transfers'
import type { Workspace } from '../workspace'

type Page = Omit<z.infer<typeof ImportPage>, 'items' | 'buffers'> & {
  readonly items: readonly Omit<IngestItem, 'uid'>[]
}

/** Folders of imported mail stand below this one, so that none meets a folder of the server. */
export const importedBelow = 'Imported mail'

/**
 * Stores one page of an import, with the place up to which the files were read: a page that was cut short is read again,
 * and what is there already is left out. Old mail moves no status, tells nobody and answers nobody.
 * @returns false when a person cancelled it meanwhile
 */
export async function importPage(workspace: Workspace, page: Page): Promise<{ go: boolean }> {
  let from = 0
  let server: number | null = null
  do {
    const portion = new Portion(workspace, from, page.items.length)
    const go = workspace.db.write((tx) => {
      const transfer = tx.get<{ mailbox_id: number; to_server: number }>(
        "SELECT mailbox_id, to_server FROM transfers WHERE id = ? AND state = 'running'",
        page.id,
      )
      if (!transfer) return false
      const counts = storeItems(tx, workspace, transfer, page, portion)
      const last = portion.end >= page.items.length
      tx.run(
        'UPDATE transfers SET messages = messages + ?, duplicates = duplicates + ?, unreadable = unreadable + ?, left = left + ? WHERE id = ?',
        counts.messages,
        counts.duplicates,
        counts.unreadable,
        last ? page.left : 0,
        page.id,
      )
      if (last)
        tx.run(
          'UPDATE transfers SET position = ?, done = ?, total = ? WHERE id = ?',
          page.position,
          page.done,
          Math.max(page.total, page.done),
          page.id,
        )
      tx.changes.touched('transfers')
      server = transfer.to_server === 1 ? transfer.mailbox_id : null
      return true
    }, 'normal')
    if (!go) return { go }
    if (server !== null) wakeMail(workspace, server)
    from = portion.end
    await workspace.turns.between()
  } while (from < page.items.length)
  return { go: true }
}

/** Ends an import. A mailbox that was made for files without any mail goes again. @returns whether one has to be removed */
export function endImport(workspace: Workspace, id: number, error: string | null): boolean {
  workspace.db.write((tx) => endTransfer(tx, id, error === null ? 'done' : 'failed', error))
  const idle = workspace.db.read.get<{ id: number }>(
    `SELECT b.id FROM transfers t JOIN mailboxes b ON b.id = t.mailbox_id WHERE t.id = ? AND t.error = 'not-found'
     AND b.local = 1 AND b.removing = 0 AND NOT EXISTS(SELECT 1 FROM folders WHERE mailbox_id = b.id)`,
    id,
  )
  if (idle) hideMailbox(workspace, idle.id)
  return idle !== undefined
}

function storeItems(
  tx: Writer,
  workspace: Workspace,
  { mailbox_id: mailboxId, to_server: toServer }: { mailbox_id: number; to_server: number },
  page: Page,
  portion: Portion,
): { messages: number; duplicates: number; unreadable: number } {
  const counts = { messages: 0, duplicates: 0, unreadable: 0 }
  const folderId = page.items.length === 0 ? 0 : folderFor(tx, mailboxId, page.folder, page.role)
  if (folderId === 0) {
    portion.skipRest()
    return counts
  }
  const folder = openFolder(tx, folderId, importedUidValidity)
  const batch = new Batch()
  let uid = tx.get<{ high_uid: number }>('SELECT high_uid FROM folders WHERE id = ?', folderId)?.high_uid ?? 0
  for (const at of portion) {
    const item = page.items[at]
    if (!item) continue
    const there = hereAs(tx, workspace, mailboxId, item)
    if (there !== undefined) {
      counts.duplicates++
      // Beside the archive since an import of before.
      if (toServer === 1 && there.local === 1) putIntoArchive(tx, there.id, mailboxId)
      continue
    }
    uid++
    ingest(
      tx,
      workspace,
      { folderId, uidValidity: importedUidValidity, items: [], cursor: {}, backfill: true },
      folder,
      { ...item, uid },
      item.internalDate,
      batch,
    )
    // The next one may be the same.
    batch.write(tx)
    counts.messages++
    if (toServer === 1) {
      const stored = tx.get<{ id: number }>(
        'SELECT message_id AS id FROM locations WHERE folder_id = ? AND uid = ?',
        folderId,
        uid,
      )
      if (stored) putIntoArchive(tx, stored.id, mailboxId)
    }
    if (item.message.unreadable !== null) counts.unreadable++
  }
  tx.run('UPDATE folders SET high_uid = ? WHERE id = ?', uid, folderId)
  batch.finish(tx, workspace)
  return counts
}

export const importedUidValidity = '1'

function folderFor(tx: Writer, mailboxId: number, name: string, role: FolderRole): number {
  const path = `${importedBelow}/${name}`
  const known = tx.get<{ id: number }>(
    'SELECT id FROM folders WHERE mailbox_id = ? AND path = ? AND local = 1',
    mailboxId,
    path,
  )
  if (known) return known.id
  if (!tx.get('SELECT 1 FROM mailboxes WHERE id = ? AND removing = 0', mailboxId))
    throw new PosternError('not-found', 'the mailbox is gone')
  return Number(
    tx.run(
      'INSERT INTO folders(mailbox_id, path, delimiter, role, uid_validity, complete, local) VALUES(?, ?, ?, ?, ?, 1, 1)',
      mailboxId,
      path,
      '/',
      role,
      importedUidValidity,
    ).lastInsertRowid,
  )
}

/** The same message, byte for byte what its sender wrote, where it lies in this mailbox already; `local`: on this computer only. */
function hereAs(
  tx: Writer,
  workspace: Workspace,
  mailboxId: number,
  { message }: Page['items'][number],
): { id: number; local: number } | undefined {
  for (const known of tx.all<{ id: number; content_hash: Buffer }>(
    'SELECT id, content_hash FROM messages WHERE key_hash = ?',
    messageKey(workspace, message),
  )) {
    if (!known.content_hash.equals(message.contentHash)) continue
    const { local } =
      tx.get<{ local: number | null }>(
        'SELECT min(f.local) AS local FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ? AND f.mailbox_id = ?',
        known.id,
        mailboxId,
      ) ?? {}
    if (local != null) return { id: known.id, local }
  }
  return undefined
}
