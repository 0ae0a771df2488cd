import { PosternError } from '../../../src-preload/contract/errors'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { FolderCursor } from '../../../src-preload/contract/internal'
import * as z from 'zod'
import type { Reader } from '../file/database'
import { emptyFolder, replaceFolder } from './flags'
import { syncLabels } from './labels'
import { openFolder } from './messages'
import { beginAnew, finishRenumbering } from './renumbering'
import type { Workspace } from '../workspace'

interface CursorRow {
  id: number
  path: string
  role: FolderRole
  uid_validity: string | null
  high_uid: number
  low_uid: number
  mod_seq: string | null
  complete: number
  renumbered: number
}
const columns =
  'id, path, role, uid_validity, high_uid, low_uid, mod_seq, complete, EXISTS(SELECT 1 FROM folders o WHERE o.former_of = folders.id) AS renumbered'

function cursorOf(row: CursorRow): z.infer<typeof FolderCursor> {
  return {
    folderId: row.id,
    path: row.path,
    role: row.role,
    uidValidity: row.uid_validity,
    highUid: row.high_uid,
    lowUid: row.low_uid,
    modSeq: row.mod_seq,
    complete: row.complete === 1,
    ...(row.renumbered === 1 ? { renumbered: true } : {}),
  }
}

export interface ListedFolder {
  readonly path: string
  readonly delimiter: string | null
  readonly role: FolderRole
}

/** Makes the folders of a mailbox equal to the server's list. Folders that are gone lose their places, never their messages. `keep`: those that the list only lacks. */
export async function syncFolders(
  workspace: Workspace,
  mailboxId: number,
  listed: readonly ListedFolder[],
  labels: readonly string[] = [],
  keep: readonly string[] = [],
): Promise<{ folders: z.infer<typeof FolderCursor>[] }> {
  const { db } = workspace
  if (!db.read.get('SELECT 1 FROM mailboxes WHERE id = ? AND removing = 0', mailboxId))
    throw new PosternError('not-found', 'no such mailbox')
  const before = db.read.all<CursorRow>(`SELECT ${columns} FROM folders WHERE mailbox_id = ? AND local = 0`, mailboxId)
  const paths = new Set([...listed.map(({ path }) => path), ...keep])
  const changedRole: number[] = []
  db.write((tx) => {
    for (const { path, delimiter, role } of listed) {
      const known = before.find((folder) => folder.path === path)
      if (known && known.role !== role) changedRole.push(known.id)
      tx.run(
        `INSERT INTO folders(mailbox_id, path, delimiter, role) VALUES(?1, ?2, ?3, ?4)
         ON CONFLICT(mailbox_id, path) DO UPDATE SET delimiter = ?3, role = ?4 WHERE delimiter IS NOT ?3 OR role <> ?4`,
        mailboxId,
        path,
        delimiter,
        role,
      )
    }
    syncLabels(tx, mailboxId, labels)
    tx.changes.touched('sync')
  }, 'normal')
  for (const { id, path } of before) {
    if (paths.has(path)) continue
    await emptyFolder(workspace, id)
    db.write((tx) => tx.run('DELETE FROM folders WHERE id = ?', id), 'normal')
  }
  for (const id of changedRole) await replaceFolder(workspace, id)
  await finishRenumbering(workspace, mailboxId)
  return allFolders(db.read, mailboxId)
}

export function allFolders(read: Reader, mailboxId: number): { folders: z.infer<typeof FolderCursor>[] } {
  return {
    folders: read
      .all<CursorRow>(`SELECT ${columns} FROM folders WHERE mailbox_id = ? AND local = 0 ORDER BY id`, mailboxId)
      .map(cursorOf),
  }
}

/** A new UIDVALIDITY: all UIDs known so far mean nothing any more (RFC 9051, 2.3.1.1). Messages are known again by their content, and stay where they were until then (store/mail/renumbering). */
export function resetFolder(workspace: Workspace, folderId: number, uidValidity: string): z.infer<typeof FolderCursor> {
  const { db } = workspace
  const id = db.write((tx) => beginAnew(tx, folderId, uidValidity))
  const row = db.read.get<CursorRow>(`SELECT ${columns} FROM folders WHERE id = ?`, id)
  if (!row) throw new PosternError('not-found', 'no such folder')
  return cursorOf(row)
}

/** UIDs of a range that need not be fetched. @throws PosternError `not-found`, `conflict` as `openFolder` */
export function knownUids(
  read: Reader,
  folderId: number,
  uidValidity: string,
  fromUid: number,
  toUid: number,
): { uids: number[] } {
  openFolder(read, folderId, uidValidity)
  return {
    uids: read
      .all<{ uid: number }>(
        'SELECT uid FROM locations WHERE folder_id = ? AND uid BETWEEN ? AND ? ORDER BY uid',
        folderId,
        fromUid,
        toUid,
      )
      .map(({ uid }) => uid),
  }
}

interface Check {
  readonly folderId: number
  readonly serverCount: number
  readonly at: number
  readonly missing: number
  readonly verified: boolean
}

/**
 * `checked_at` at a look that counts ?1 on the server at the time ?2. One that still finds another number here keeps the time of that which
 * found it first: looks come every minute, and would put off for ever that it is told.
 */
const checkedAt =
  'CASE WHEN complete = 1 AND server_count <> local_count AND ?1 <> local_count THEN min(coalesce(checked_at, ?2), ?2) ELSE ?2 END'

/** The server's count of a folder, to be held against ours. */
export function folderChecked(
  workspace: Workspace,
  { folderId, serverCount, at, missing, verified }: Check,
): { localCount: number } {
  return workspace.db.write((tx) => {
    tx.run(
      `UPDATE folders SET server_count = ?1, checked_at = ${checkedAt}, missing = ?3, verified_at = CASE WHEN ?4 THEN ?2 ELSE verified_at END WHERE id = ?5`,
      serverCount,
      at,
      missing,
      Number(verified),
      folderId,
    )
    tx.changes.touched('sync')
    const row = tx.get<{ local_count: number }>('SELECT local_count FROM folders WHERE id = ?', folderId)
    if (!row) throw new PosternError('not-found', 'no such folder')
    return { localCount: row.local_count }
  }, 'normal')
}

/** A look at all folders: their counts go into the ledger. @returns the complete folders whose count here is another, and how many messages are here in all */
export function foldersCounted(
  workspace: Workspace,
  counts: readonly { readonly folderId: number; readonly serverCount: number }[],
  at: number,
): { differing: number[]; done: number } {
  return workspace.db.write((tx) => {
    const differing: number[] = []
    let done = 0
    for (const { folderId, serverCount } of counts) {
      tx.run(`UPDATE folders SET server_count = ?1, checked_at = ${checkedAt} WHERE id = ?3`, serverCount, at, folderId)
      const here = tx.get<{ local_count: number; complete: number }>(
        'SELECT local_count, complete FROM folders WHERE id = ?',
        folderId,
      )
      done += here?.local_count ?? 0
      if (here?.complete === 1 && here.local_count !== serverCount) differing.push(folderId)
    }
    tx.changes.touched('sync')
    return { differing, done }
  }, 'normal')
}

/** The same folder under another path: nothing is fetched again, and acts that wait go to the new path. */
export function renameFolder(workspace: Workspace, folderId: number, path: string, delimiter: string | null): void {
  workspace.db.write((tx) => {
    tx.run('UPDATE folders SET path = ?, delimiter = ? WHERE id = ?', path, delimiter, folderId)
    tx.changes.touched('sync')
  }, 'normal')
}

interface SampleRow {
  uid: number
  messageId: string | null
  size: number
  sent: number
}

/** Messages spread over a folder, newest and oldest among them, to know the folder again by. `sent`: it left from here. */
export function sampleFolder(
  read: Reader,
  folderId: number,
  limit: number,
): { messages: { uid: number; messageId: string | null; size: number; sent: boolean }[] } {
  const select = `SELECT l.uid, m.message_id AS messageId, m.raw_size AS size, EXISTS(SELECT 1 FROM outbox WHERE sent_message = m.id) AS sent
    FROM locations l JOIN messages m ON m.id = l.message_id WHERE l.folder_id = ?1`
  const half = Math.ceil(limit / 2)
  const newest = read.all<SampleRow>(`${select} ORDER BY l.uid DESC LIMIT ?2`, folderId, half)
  const oldest = read.all<SampleRow>(`${select} ORDER BY l.uid LIMIT ?2`, folderId, half)
  const rows = new Map([...newest, ...oldest].map((row) => [row.uid, row]))
  return { messages: [...rows.values()].map(({ sent, ...row }) => ({ ...row, sent: sent === 1 })) }
}
