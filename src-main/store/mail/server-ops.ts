import type { ServerOp } from '../../../src-preload/contract/internal'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { Reader, Writer } from '../file/database'
import { flagsToSend, toldRefused } from './elsewhere'
import { dropLocation, flagBits, withWaitingActs } from './flags'
import { putLabel, withWaitingLabels } from './labels'
import { countUse } from './mailbox-use'
import { replaceMessage } from './places'
import { parseTexts } from '../rows'
import { summarize } from '../conversations/summary'
import type { Workspace } from '../workspace'

/** Acts that change the server: queued with the act itself, done by mail when there is a network. */
export interface Act {
  readonly kind: ServerOp['kind']
  readonly flag: string | null
  readonly targetRole: FolderRole | null
  readonly targetPath: string | null
}
export interface Located {
  readonly folder_id: number
  readonly uid: number
  readonly mailbox_id: number
}

const maxUids = 500
const opposite: Readonly<Record<Exclude<Act['kind'], 'move'>, Act['kind']>> = {
  'add-flags': 'remove-flags',
  'remove-flags': 'add-flags',
  'add-label': 'remove-label',
  'remove-label': 'add-label',
}

/** Queues an act for one place of a message: joins a waiting act of the same kind, or cancels a waiting opposite. */
export function queueAct(tx: Writer, { folder_id: folderId, uid, mailbox_id: mailboxId }: Located, act: Act): void {
  // A folder that only this computer has: what the act changed here is all there is to do.
  if (tx.get('SELECT 1 FROM folders WHERE id = ? AND local = 1', folderId)) return
  if (act.kind === 'move') takeBack(tx, folderId, uid, 'move', null)
  else if (takeBack(tx, folderId, uid, opposite[act.kind], act.flag)) return
  // Acts on one message keep their order: a flag set after a move is no part of an act before it.
  const open = tx.get<{ id: number }>(
    `SELECT o.id FROM server_ops o WHERE o.mailbox_id = ? AND o.folder_id = ? AND o.kind = ? AND o.flag IS ? AND o.target_role IS ? AND o.target_path IS ? AND o.taken = 0
       AND (SELECT count(*) FROM server_op_uids u WHERE u.op_id = o.id) < ${maxUids}
       AND o.id >= coalesce((SELECT max(op_id) FROM server_op_uids WHERE folder_id = ? AND uid = ?), 0)
     ORDER BY o.id DESC LIMIT 1`,
    mailboxId,
    folderId,
    act.kind,
    act.flag,
    act.targetRole,
    act.targetPath,
    folderId,
    uid,
  )
  const id =
    open?.id ??
    Number(
      tx.run(
        'INSERT INTO server_ops(mailbox_id, folder_id, kind, flag, target_role, target_path, created_at) VALUES(?, ?, ?, ?, ?, ?, ?)',
        mailboxId,
        folderId,
        act.kind,
        act.flag,
        act.targetRole,
        act.targetPath,
        Date.now(),
      ).lastInsertRowid,
    )
  tx.run('INSERT OR IGNORE INTO server_op_uids(op_id, folder_id, uid) VALUES(?, ?, ?)', id, folderId, uid)
  tx.changes.touched('sync')
}

/** Removes a waiting act that has not been handed to mail. @returns whether there was one */
export function takeBack(tx: Writer, folderId: number, uid: number, kind: Act['kind'], flag: string | null): boolean {
  const waiting = tx.get<{ id: number }>(
    'SELECT o.id FROM server_op_uids u JOIN server_ops o ON o.id = u.op_id WHERE u.folder_id = ? AND u.uid = ? AND o.kind = ? AND o.flag IS ? AND o.taken = 0',
    folderId,
    uid,
    kind,
    flag,
  )
  if (!waiting) return false
  forget(tx, waiting.id, uid)
  return true
}

function forget(tx: Writer, opId: number, uid: number): void {
  tx.run('DELETE FROM server_op_uids WHERE op_id = ? AND uid = ?', opId, uid)
  tx.run('DELETE FROM server_ops WHERE id = ?1 AND NOT EXISTS(SELECT 1 FROM server_op_uids WHERE op_id = ?1)', opId)
  tx.changes.touched('sync')
}

/** The acts that wait for one place of a message, those that may be under way too, oldest first. */
export function actsOn(tx: Writer, folderId: number, uid: number): Act[] {
  return tx.all<Act>(
    'SELECT o.kind, o.flag, o.target_role AS targetRole, o.target_path AS targetPath FROM server_op_uids u JOIN server_ops o ON o.id = u.op_id WHERE u.folder_id = ? AND u.uid = ? ORDER BY o.id',
    folderId,
    uid,
  )
}

/** A message lies at another place now: the acts that waited for the one before wait for this one, and show there. */
export function carryActs(tx: Writer, acts: readonly Act[], to: Located): void {
  const { folder_id: folderId, uid } = to
  for (const act of acts) {
    queueAct(tx, to, act)
    if (act.kind === 'move')
      tx.run('UPDATE locations SET moving_to = ? WHERE folder_id = ? AND uid = ?', act.targetRole, folderId, uid)
  }
  if (acts.length === 0) return
  const now = tx.get<{ flags: number; labels: string | null }>(
    'SELECT flags, labels FROM locations WHERE folder_id = ? AND uid = ?',
    folderId,
    uid,
  )
  if (!now) return
  const labels =
    now.labels === null ? null : JSON.stringify(withWaitingLabels(tx, folderId, uid, parseTexts(now.labels)))
  tx.run(
    'UPDATE locations SET flags = ?, labels = ? WHERE folder_id = ? AND uid = ?',
    withWaitingActs(tx, folderId, uid, now.flags),
    labels,
    folderId,
    uid,
  )
}

interface OpRow {
  id: number
  mailbox_id: number
  kind: ServerOp['kind']
  flag: string | null
  target_role: FolderRole | null
  target_path: string | null
  path: string
  uid_validity: string | null
  taken: number
  folder_id: number
}

/** The oldest acts of a mailbox behind the one with the id `after`. From now on they may be under way, so they are no longer joined or cancelled. */
export function nextOps(workspace: Workspace, mailboxId: number, limit: number, after: number): { ops: ServerOp[] } {
  return workspace.db.write((tx) => {
    // Acts whose last place has vanished meanwhile.
    tx.run(
      'DELETE FROM server_ops WHERE mailbox_id = ? AND NOT EXISTS(SELECT 1 FROM server_op_uids WHERE op_id = id)',
      mailboxId,
    )
    const rows = tx.all<OpRow>(
      `SELECT o.id, o.mailbox_id, o.kind, o.flag, o.target_role, o.target_path, o.taken, o.folder_id, f.path, f.uid_validity FROM server_ops o JOIN folders f ON f.id = o.folder_id
       WHERE o.mailbox_id = ? AND f.uid_validity IS NOT NULL AND o.id > ? ORDER BY o.id LIMIT ?`,
      mailboxId,
      after,
      Math.max(1, limit),
    )
    for (const { id } of rows) tx.run('UPDATE server_ops SET taken = 1 WHERE id = ?', id)
    return {
      ops: rows.map((row) => ({
        id: row.id,
        mailboxId: row.mailbox_id,
        kind: row.kind,
        folderId: row.folder_id,
        folderPath: row.path,
        uidValidity: row.uid_validity ?? '',
        uids: tx
          .all<{ uid: number }>('SELECT uid FROM server_op_uids WHERE op_id = ? ORDER BY uid', row.id)
          .map(({ uid }) => uid),
        flags: row.flag === null ? [] : row.kind.endsWith('-flags') ? flagsToSend(tx, row.flag) : [row.flag],
        targetRole: row.target_role,
        targetPath: row.target_path,
        ...(row.taken === 1 ? { again: true } : {}),
      })),
    }
  }, 'normal')
}

export interface OpResult {
  readonly id: number
  readonly result: 'done' | 'gone' | 'retry' | 'refused'
  readonly newUids: readonly { readonly uid: number; readonly newUid: number }[]
  readonly newPath: string | null
}

/** What became of an act. A refused one is taken back here too, so that the screen shows what the server has, and its conversations say so. */
export function settleOp(workspace: Workspace, { id, result, newUids, newPath }: OpResult): void {
  workspace.db.write((tx) => {
    const op = tx.get<{ mailbox_id: number; folder_id: number; kind: ServerOp['kind']; flag: string | null }>(
      'SELECT mailbox_id, folder_id, kind, flag FROM server_ops WHERE id = ?',
      id,
    )
    if (!op) return
    // Numbered anew while it was under way: it waits for its messages to be found again.
    const renumbered =
      tx.get('SELECT 1 FROM folders WHERE id = ? AND former_of IS NOT NULL', op.folder_id) !== undefined
    if (result === 'retry' || (result === 'gone' && renumbered)) {
      tx.run('UPDATE server_ops SET attempts = attempts + 1 WHERE id = ?', id)
      return
    }
    const uids = tx.all<{ uid: number }>('SELECT uid FROM server_op_uids WHERE op_id = ?', id).map(({ uid }) => uid)
    tx.run('DELETE FROM server_ops WHERE id = ?', id)
    if (result === 'done') countUse(tx, op.mailbox_id, 'acts', uids.length)
    const touched = new Set<number>()
    if (op.kind === 'move') {
      const target =
        newPath === null
          ? undefined
          : tx.get<{ id: number }>('SELECT id FROM folders WHERE mailbox_id = ? AND path = ?', op.mailbox_id, newPath)
      const moved = new Map(newUids.map(({ uid, newUid }) => [uid, newUid]))
      for (const uid of uids)
        settleMove(
          tx,
          op.folder_id,
          uid,
          result === 'done',
          target === undefined ? null : { folderId: target.id, uid: moved.get(uid) ?? null, mailboxId: op.mailbox_id },
          touched,
        )
    }
    if (op.flag !== null && result === 'refused')
      for (const uid of uids) revert(tx, op.folder_id, uid, op.kind, op.flag, touched)
    for (const conversation of touched) {
      summarize(tx, conversation, workspace.own)
      if (result === 'refused') toldRefused(tx, conversation, op.kind, op.flag)
    }
    tx.changes.touched('sync')
  })
}

/** Gmail moves by labels: the message stays where it is in All Mail and lies elsewhere. */
function relabel(tx: Writer, folderId: number, uid: number, messageId: number): void {
  tx.run(
    'UPDATE locations SET shown_as = coalesce(moving_to, shown_as), moving_to = NULL WHERE folder_id = ? AND uid = ?',
    folderId,
    uid,
  )
  replaceMessage(tx, messageId)
}

function settleMove(
  tx: Writer,
  folderId: number,
  uid: number,
  done: boolean,
  target: { folderId: number; uid: number | null; mailboxId: number } | null,
  touched: Set<number>,
): void {
  const row = tx.get<{ message_id: number; flags: number; conversation_id: number | null }>(
    'SELECT l.message_id, l.flags, m.conversation_id FROM locations l JOIN messages m ON m.id = l.message_id WHERE l.folder_id = ? AND l.uid = ?',
    folderId,
    uid,
  )
  if (!row) return
  if (row.conversation_id !== null) touched.add(row.conversation_id)
  // Refused, or it lies there already.
  if (!done || (target?.folderId === folderId && target.uid === null)) {
    tx.run('UPDATE locations SET moving_to = NULL WHERE folder_id = ? AND uid = ?', folderId, uid)
    replaceMessage(tx, row.message_id)
    return
  }
  if (target?.folderId === folderId && target.uid === uid) {
    relabel(tx, folderId, uid, row.message_id)
    return
  }
  // What was asked for while it was on its way: an undo, a flag.
  const waiting = actsOn(tx, folderId, uid)
  dropLocation(tx, folderId, uid)
  if (target !== null && target.uid !== null) {
    tx.run(
      'INSERT OR IGNORE INTO locations(folder_id, uid, message_id, flags) VALUES(?, ?, ?, ?)',
      target.folderId,
      target.uid,
      row.message_id,
      row.flags,
    )
    carryActs(tx, waiting, { folder_id: target.folderId, uid: target.uid, mailbox_id: target.mailboxId })
  }
  // A server without UIDPLUS does not say where it went: the message keeps its place until the target folder is read.
  if (tx.get('SELECT 1 FROM locations WHERE message_id = ?', row.message_id)) replaceMessage(tx, row.message_id)
}

function revert(tx: Writer, folderId: number, uid: number, kind: string, flag: string, touched: Set<number>): void {
  const row = tx.get<{ message_id: number; conversation_id: number | null }>(
    'SELECT l.message_id, m.conversation_id FROM locations l JOIN messages m ON m.id = l.message_id WHERE l.folder_id = ? AND l.uid = ?',
    folderId,
    uid,
  )
  if (!row) return
  if (kind === 'add-label' || kind === 'remove-label') putLabel(tx, folderId, uid, flag, kind === 'remove-label')
  else
    tx.run(
      `UPDATE locations SET flags = ${kind === 'add-flags' ? 'flags & ~?' : 'flags | ?'} WHERE folder_id = ? AND uid = ?`,
      flagBits([flag]),
      folderId,
      uid,
    )
  replaceMessage(tx, row.message_id)
  if (row.conversation_id !== null) touched.add(row.conversation_id)
}

/** Acts that wait for the network, of one mailbox or of all. `except`: those that rest. */
export function waitingOps(read: Reader, mailboxId: number | null = null, except: readonly number[] = []): number {
  if (mailboxId === null) return read.get<{ n: number }>('SELECT count(*) AS n FROM server_op_uids')?.n ?? 0
  return (
    read.get<{ n: number }>(
      'SELECT count(*) AS n FROM server_op_uids u JOIN server_ops o ON o.id = u.op_id WHERE o.mailbox_id = ? AND o.id NOT IN (SELECT value FROM json_each(?))',
      mailboxId,
      JSON.stringify(except),
    )?.n ?? 0
  )
}
