import { PosternError } from '../../../src-preload/contract/errors'
import { unpackSource } from '../../shared/message-body'
import type { Acts } from './acts'
import type { Reader, Writer } from '../file/database'
import { dropLocation } from '../mail/flags'
import { place, replaceMessage } from '../mail/places'
import { parseIds } from '../rows'
import { queueAct, takeBack } from '../mail/server-ops'
import { addToMailbox } from './summary'
import { backTo } from '../team/reduce'
import { conflictOf, stateOfConversation } from '../team/state'
import { note, takeBackLine } from '../threads/threads'
import type { Workspace } from '../workspace'

/**
 * Moving a conversation to another mailbox: what customers wrote is put into the other mailbox's inbox, and once it was met there
 * it goes to the Trash of the old one. So at no moment is it nowhere, and a crash at most leaves it in both.
 */

interface Target {
  readonly id: number
  readonly name: string
  readonly address: string
}

function targetOf(read: Reader, mailboxId: number): Target {
  const mailbox = read.get<Target>(
    'SELECT id, name, address FROM mailboxes WHERE id = ? AND removing = 0 AND local = 0',
    mailboxId,
  )
  if (!mailbox) throw new PosternError('not-found', 'no such mailbox')
  return mailbox
}

/** @throws PosternError `not-found` (no such mailbox), `conflict` (detail what `part`) when a message is not here whole */
export function moveToMailbox(
  acts: Acts,
  workspace: Workspace,
  ids: readonly number[],
  mailboxId: number,
  by: string,
): Promise<{ undo: string }> {
  const target = targetOf(workspace.db.read, mailboxId)
  return acts.act(ids, (tx, id) => {
    const before = tx.get<{ moved_to: number | null; mailbox_ids: string }>(
      'SELECT moved_to, mailbox_ids FROM conversations WHERE id = ?',
      id,
    )
    if (!before) throw new PosternError('not-found', 'no such conversation')
    const held = parseIds(before.mailbox_ids)
    if (held.length === 1 && held[0] === mailboxId) {
      // It lies there; that it shall settles that somebody moved it elsewhere at the same time.
      if (conflictOf(stateOfConversation(tx, id), 'mailbox').length > 0) {
        workspace.team.recordOn(tx, id, 'move', { mailbox: target.address })
        note(tx, id, 'moved', by, Date.now(), null, target.name)
      }
      return []
    }
    const back = before.moved_to ?? held.find((one) => one !== mailboxId) ?? null
    const was =
      back === null
        ? undefined
        : tx.get<Target>('SELECT id, name, address FROM mailboxes WHERE id = ? AND removing = 0', back)
    send(tx, id, mailboxId)
    putMovedTo(tx, id, mailboxId)
    const dot = workspace.team.recordOn(tx, id, 'move', { mailbox: target.address })
    const line = note(tx, id, 'moved', by, Date.now(), null, target.name)
    wakeMail(workspace, mailboxId)
    return [
      (undo, at) => {
        // Part of another conversation since: its messages are no longer known apart, and that one was moved nowhere.
        if (at !== id) return 'left'
        const now = undo.get<{ moved_to: number | null }>('SELECT moved_to FROM conversations WHERE id = ?', id)
        if (now?.moved_to !== mailboxId) return 'left'
        if (was) {
          send(undo, id, was.id)
          workspace.team.recordOn(undo, id, 'move', { mailbox: was.address, ...backTo(dot) })
          wakeMail(workspace, was.id)
        }
        putMovedTo(undo, id, was?.id ?? null)
        takeBackLine(undo, line)
        return undefined
      },
    ]
  })
}

/** Notes which messages are to be put into a mailbox; those that lie there already stay, those that wait to leave it do not. */
function send(tx: Writer, conversationId: number, mailboxId: number): void {
  tx.run("DELETE FROM history WHERE conversation_id = ? AND kind = 'put-refused'", conversationId)
  const messages = tx.all<{ id: number; part: number }>(
    `SELECT id, part FROM messages WHERE conversation_id = ? AND direction = 0 AND place IN (${place.inbox}, ${place.other}, ${place.trash})`,
    conversationId,
  )
  for (const { id, part } of messages) {
    // Not put there yet: nothing was done elsewhere that would have to be taken back.
    tx.run('DELETE FROM mailbox_moves WHERE message_id = ?', id)
    const there = located(tx, id).filter((one) => one.mailbox_id === mailboxId)
    if (there.length > 0) {
      if (there.every(({ role }) => role === 'trash')) bringBack(tx, there)
      leaveOthers(tx, id, mailboxId)
      continue
    }
    if (part !== 0) throw new PosternError('conflict', 'a message is not here whole', { what: 'part' })
    tx.run('INSERT INTO mailbox_moves(message_id, mailbox_id) VALUES(?, ?)', id, mailboxId)
  }
}

/** `role`: where it lies once what was asked of the server is done; `lies` where it lies now. */
interface Located {
  folder_id: number
  uid: number
  mailbox_id: number
  role: string
  lies: string
}

const located = (tx: Reader, messageId: number): Located[] =>
  tx.all<Located>(
    'SELECT l.folder_id, l.uid, f.mailbox_id, coalesce(l.moving_to, l.shown_as, f.role) AS role, coalesce(l.shown_as, f.role) AS lies FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ?',
    messageId,
  )

function leaveOthers(tx: Writer, messageId: number, mailboxId: number): void {
  for (const one of located(tx, messageId).filter(
    (other) => other.mailbox_id !== mailboxId && other.role !== 'trash',
  )) {
    tx.run("UPDATE locations SET moving_to = 'trash' WHERE folder_id = ? AND uid = ?", one.folder_id, one.uid)
    queueAct(tx, one, { kind: 'move', flag: null, targetRole: 'trash', targetPath: null })
  }
  replaceMessage(tx, messageId)
}

function bringBack(tx: Writer, places: readonly Located[]): void {
  for (const one of places) {
    // It has not left yet: then nothing is to be brought back.
    if (one.lies !== 'trash' && takeBack(tx, one.folder_id, one.uid, 'move', null)) {
      tx.run('UPDATE locations SET moving_to = NULL WHERE folder_id = ? AND uid = ?', one.folder_id, one.uid)
      continue
    }
    tx.run("UPDATE locations SET moving_to = 'inbox' WHERE folder_id = ? AND uid = ?", one.folder_id, one.uid)
    queueAct(tx, one, { kind: 'move', flag: null, targetRole: 'inbox', targetPath: null })
  }
}

/** Makes a mailbox the only one whose lists show a conversation; null: those that its messages lie in. */
export function putMovedTo(tx: Writer, conversationId: number, mailboxId: number | null): void {
  tx.run('UPDATE conversations SET moved_to = ?, version = version + 1 WHERE id = ?', mailboxId, conversationId)
  if (mailboxId !== null) {
    tx.run(
      'DELETE FROM conversation_mailboxes WHERE conversation_id = ? AND mailbox_id <> ?',
      conversationId,
      mailboxId,
    )
    tx.run("UPDATE conversations SET mailbox_ids = '[]' WHERE id = ?", conversationId)
    tx.run('DELETE FROM conversation_mailboxes WHERE conversation_id = ?', conversationId)
    addToMailbox(tx, conversationId, mailboxId)
  }
  tx.changes.changed('conversations', conversationId)
  tx.changes.touched('counts')
}

export interface Move {
  readonly id: number
  readonly messageId: string | null
  readonly date: number
  readonly seen: boolean
  readonly raw: Uint8Array
  readonly role: 'inbox' | 'archive'
}

/** The next message to be put into a mailbox, those that were tried least first. Of one that is not here whole no part goes there in its place. */
export function nextMove(read: Reader, mailboxId: number, except: readonly number[]): { move: Move | null } {
  const row = read.get<{
    id: number
    message_id: string | null
    date: number
    seen: number
    body: Buffer
    source: Buffer | null
    role: string
  }>(
    `SELECT m.id, m.message_id, m.date, m.seen, b.body, b.source, v.role FROM mailbox_moves v JOIN messages m ON m.id = v.message_id JOIN message_bodies b ON b.message_id = m.id
     WHERE v.mailbox_id = ? AND v.appended = 0 AND m.part = 0 AND m.id NOT IN (SELECT value FROM json_each(?)) ORDER BY v.tries, m.date LIMIT 1`,
    mailboxId,
    JSON.stringify(except),
  )
  return {
    move: row
      ? {
          id: row.id,
          messageId: row.message_id,
          date: row.date,
          seen: row.seen === 1,
          raw: unpackSource(row.body, row.source),
          role: row.role === 'archive' ? 'archive' : 'inbox',
        }
      : null,
  }
}

/**
 * `done`: it was put into this mailbox, where it may not belong any more; then it is still to be put where it does. One that `rests`
 * since the server never took it is told in its conversation.
 */
export function settleMailboxMove(
  workspace: Workspace,
  id: number,
  mailboxId: number,
  done: boolean,
  rests: boolean,
): void {
  workspace.db.write((tx) => {
    tx.run(
      done
        ? 'UPDATE mailbox_moves SET appended = 1 WHERE message_id = ? AND mailbox_id = ?'
        : 'UPDATE mailbox_moves SET tries = tries + 1 WHERE message_id = ? AND mailbox_id = ?',
      id,
      mailboxId,
    )
    if (done || rests) tellUntaken(tx, id, rests)
    if (done) metInMailbox(tx, workspace, id)
    tx.changes.touched('transfers')
  })
}

/** Whether the server of the other mailbox has not taken a message for so long that a person should know. How imports stand is told where they are. */
function tellUntaken(tx: Writer, messageId: number, rests: boolean): void {
  const moved = tx.get<{ conversation_id: number | null; name: string }>(
    `SELECT m.conversation_id, b.name FROM mailbox_moves v JOIN messages m ON m.id = v.message_id JOIN mailboxes b ON b.id = v.mailbox_id
     WHERE v.message_id = ? AND v.role = 'inbox'`,
    messageId,
  )
  if (!moved || moved.conversation_id === null) return
  const { conversation_id: id, name } = moved
  tx.run("DELETE FROM history WHERE conversation_id = ? AND kind = 'put-refused'", id)
  if (rests) note(tx, id, 'put-refused', '', Date.now(), null, name)
  tx.changes.changed('conversations', id)
}

/** Imported mail goes into the archive on the server, too; once it was met there, the copy beside it goes. */
export function putIntoArchive(tx: Writer, messageId: number, mailboxId: number): void {
  tx.run(
    "INSERT OR IGNORE INTO mailbox_moves(message_id, mailbox_id, role) VALUES(?, ?, 'archive')",
    messageId,
    mailboxId,
  )
}

/** What is still to be put there is not any more, and stays on this computer. */
export function keepOutOfArchive(tx: Writer, mailboxId: number): void {
  tx.run("DELETE FROM mailbox_moves WHERE mailbox_id = ? AND role = 'archive' AND appended = 0", mailboxId)
}

/** The places of imported mail that the server has now. */
function leaveLocal(tx: Writer, messageId: number, mailboxId: number): void {
  const places = tx.all<{ folder_id: number; uid: number; local: number }>(
    'SELECT l.folder_id, l.uid, f.local FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ? AND f.mailbox_id = ?',
    messageId,
    mailboxId,
  )
  if (places.every(({ local }) => local === 1)) return
  for (const place of places) {
    if (place.local !== 1) continue
    dropLocation(tx, place.folder_id, place.uid)
    tx.run(
      "DELETE FROM folders WHERE id = ?1 AND NOT EXISTS(SELECT 1 FROM locations WHERE folder_id = ?1) AND NOT EXISTS(SELECT 1 FROM transfers WHERE mailbox_id = folders.mailbox_id AND state = 'running')",
      place.folder_id,
    )
  }
  replaceMessage(tx, messageId)
  tx.run('DELETE FROM mailbox_moves WHERE message_id = ?', messageId)
  tx.changes.touched('transfers')
}

/** A message that was put into another mailbox was met there: it leaves the old one. */
export function metInMailbox(tx: Writer, workspace: Workspace, messageId: number): void {
  const move = tx.get<{ mailbox_id: number; role: string }>(
    'SELECT mailbox_id, role FROM mailbox_moves WHERE message_id = ? AND appended = 1',
    messageId,
  )
  if (move?.role === 'archive') return leaveLocal(tx, messageId, move.mailbox_id)
  if (!move || !located(tx, messageId).some((one) => one.mailbox_id === move.mailbox_id)) return
  const others = new Set(
    located(tx, messageId)
      .map((one) => one.mailbox_id)
      .filter((id) => id !== move.mailbox_id),
  )
  leaveOthers(tx, messageId, move.mailbox_id)
  tx.run('DELETE FROM mailbox_moves WHERE message_id = ?', messageId)
  for (const mailboxId of others) wakeMail(workspace, mailboxId)
}

export function wakeMail(workspace: Workspace, mailboxId: number): void {
  for (const name of ['outbox.wake', 'ops.wake'] as const)
    workspace
      .mail()
      ?.call(name, { mailboxId })
      .catch(() => undefined)
}
