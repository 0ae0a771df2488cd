import { PosternError } from '../../../src-preload/contract/errors'
import type { Reader, Writer } from '../file/database'
import { dropLocation, emptyFolder } from './flags'
import { actsOn, carryActs } from './server-ops'
import type { Workspace } from '../workspace'

/**
 * A server that numbers a folder anew (another UIDVALIDITY) says nothing about its mail: until the folder has been read
 * again, its messages stay where they were. Their old places, and the acts that wait for them, are kept under a row of
 * their own; each message that is found again takes them along, and what is not found is gone when the folder is complete.
 */

/** Sets the places of a folder aside and begins it anew, at once and in one transaction. @returns the id of its new row */
export function beginAnew(tx: Writer, folderId: number, uidValidity: string): number {
  const folder = tx.get<{
    mailbox_id: number
    path: string
    delimiter: string | null
    role: string
    uid_validity: string | null
    local_count: number
  }>('SELECT mailbox_id, path, delimiter, role, uid_validity, local_count FROM folders WHERE id = ?', folderId)
  if (!folder) throw new PosternError('not-found', 'no such folder')
  tx.changes.touched('sync')
  if (folder.uid_validity === null || folder.local_count === 0) {
    tx.run(
      'UPDATE folders SET uid_validity = ?, high_uid = 0, low_uid = 0, mod_seq = NULL, complete = 0, missing = 0, checked_at = NULL, verified_at = NULL WHERE id = ?',
      uidValidity,
      folderId,
    )
    return folderId
  }
  tx.run(
    "UPDATE folders SET path = 'former ' || id || ' ' || path, uid_validity = NULL, local = 2 WHERE id = ?",
    folderId,
  )
  const id = Number(
    tx.run(
      'INSERT INTO folders(mailbox_id, path, delimiter, role, uid_validity) VALUES(?, ?, ?, ?, ?)',
      folder.mailbox_id,
      folder.path,
      folder.delimiter,
      folder.role,
      uidValidity,
    ).lastInsertRowid,
  )
  tx.run('UPDATE folders SET former_of = ?1 WHERE id = ?2 OR former_of = ?2', id, folderId)
  tx.changes.changed('conversations')
  return id
}

interface Old {
  folder_id: number
  uid: number
}

/** A message has been found again: the acts that waited for its old places wait for the new one, and those are forgotten. */
export function carryOver(tx: Writer, mailboxId: number, folderId: number, uid: number, messageId: number): void {
  const old = tx.all<Old>(
    'SELECT l.folder_id, l.uid FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ? AND f.former_of = ?',
    messageId,
    folderId,
  )
  for (const one of old) {
    const waiting = actsOn(tx, one.folder_id, one.uid)
    dropLocation(tx, one.folder_id, one.uid)
    carryActs(tx, waiting, { folder_id: folderId, uid, mailbox_id: mailboxId })
  }
}

/** Old numberings of folders that have been read again meanwhile: what was not found again is gone from the server. */
export async function finishRenumbering(workspace: Workspace, mailboxId: number): Promise<void> {
  const over = workspace.db.read.all<{ id: number }>(
    'SELECT o.id FROM folders o LEFT JOIN folders f ON f.id = o.former_of WHERE o.mailbox_id = ? AND o.former_of IS NOT NULL AND coalesce(f.complete, 1) = 1',
    mailboxId,
  )
  for (const { id } of over) {
    await emptyFolder(workspace, id)
    workspace.db.write((tx) => {
      tx.run('DELETE FROM folders WHERE id = ?', id)
      tx.changes.changed('conversations')
    }, 'normal')
  }
}

export const hasFormer = (read: Pick<Reader, 'get'>): boolean =>
  read.get('SELECT 1 FROM folders WHERE former_of IS NOT NULL LIMIT 1') !== undefined

/** Whether some of a conversation's mail has not been found again yet. */
export function isChecking(read: Reader, conversationId: number): boolean {
  return (
    hasFormer(read) &&
    read.get(
      'SELECT 1 FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id WHERE m.conversation_id = ? AND f.former_of IS NOT NULL LIMIT 1',
      conversationId,
    ) !== undefined
  )
}
