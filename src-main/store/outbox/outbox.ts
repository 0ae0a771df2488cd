import { PosternError } from '../../../src-preload/contract/errors'
import type { Reader, Writer } from '../file/database'
import { queuedDraft } from './drafts'
import { dropMessage } from '../mail/erase'
import { throughOf } from './identities'
import { countUse } from '../mail/mailbox-use'
import { addNote, removeNote } from '../conversations/notes'
import { moveBack, moveWith, reopen, told, wakeOutbox } from './outbox-effects'
import { markSent } from './outbox-found'
import { everybody, outboxRow, type OutboxRow } from './outbox-rows'
import { parseTexts } from '../rows'
import { countSent } from './send-limits'
import { rebase } from './since'
import { tellDraft } from './draft-marks'
import { markWork, summarize } from '../conversations/summary'
import { Assigned, unassignOne } from '../conversations/work'
import type { Workspace } from '../workspace'

/** What people decide about a message that waits to leave, and what comes of it when the server took it. */

/** @throws PosternError `conflict` when a byte of it may have left, for anybody */
function waitingRow(read: Reader, id: number): OutboxRow & { draft_id: number } {
  const row = outboxRow(read, id)
  const { draft_id: draftId } = row
  if (!['queued', 'held', 'failed'].includes(row.state) || draftId === null || row.recipients_left !== null)
    throw new PosternError('conflict', 'it is leaving or has left', { state: row.state })
  return { ...row, draft_id: draftId }
}

/** Takes an item out of the outbox, with its status and its conversation when it made one. The draft is the caller's. */
function withdraw(
  tx: Writer,
  workspace: Workspace,
  row: OutboxRow & { draft_id: number },
): { conversationId: number | null } {
  const { conversation_id: conversationId, draft_id: draftId } = row
  tx.run('DELETE FROM outbox WHERE id = ?', row.id)
  if (row.sent_message !== null) dropMessage(tx, row.sent_message)
  moveBack(tx, workspace, row)
  const assigned = row.assigned === null ? null : Assigned.parse(JSON.parse(row.assigned))
  if (assigned && tx.get('SELECT 1 FROM conversations WHERE id = ? AND assignee IS ?', conversationId, assigned.to))
    unassignOne(tx, workspace, conversationId, assigned)
  const empty =
    row.made_conversation === 1 &&
    !tx.get(
      'SELECT 1 FROM messages WHERE conversation_id = ? UNION ALL SELECT 1 FROM notes WHERE conversation_id = ?',
      conversationId,
      conversationId,
    )
  if (empty) tx.run('UPDATE drafts SET conversation_id = NULL WHERE id = ?', draftId)
  summarize(tx, conversationId, workspace.own)
  told(tx, row.id, draftId, conversationId)
  return { conversationId: empty ? null : conversationId }
}

/** Takes an item back into its draft, as long as not a byte of it may have left. @throws PosternError `conflict` when it may have */
export function undoSend(workspace: Workspace, id: number): { draftId: number; conversationId: number | null } {
  return workspace.db.write((tx) => {
    const row = waitingRow(tx, id)
    const { conversationId } = withdraw(tx, workspace, row)
    tx.run("UPDATE drafts SET state = 'open', updated_at = ? WHERE id = ?", Date.now(), row.draft_id)
    markWork(tx, row.conversation_id)
    tellDraft(tx, workspace, conversationId)
    return { draftId: row.draft_id, conversationId }
  })
}

/** Throws a waiting message away; taken back, it is a draft again. */
export function discardSend(tx: Writer, workspace: Workspace, id: number): (undo: Writer) => void {
  const row = waitingRow(tx, id)
  withdraw(tx, workspace, row)
  tx.run("UPDATE drafts SET state = 'discarded' WHERE id = ?", row.draft_id)
  markWork(tx, row.conversation_id)
  return (undo) => {
    const draft = queuedDraft(undo, row.draft_id)
    if (!draft) throw new PosternError('not-found', 'the draft is gone')
    undo.run("UPDATE drafts SET state = 'open' WHERE id = ?", row.draft_id)
    told(undo, id, row.draft_id, row.conversation_id)
    tellDraft(undo, workspace, row.conversation_id)
  }
}

/** Keeps the words of a waiting message as an internal note; nothing is sent. Taken back, it is a draft again. */
export function sendToNote(tx: Writer, workspace: Workspace, id: number, by: string): (undo: Writer) => void {
  const row = waitingRow(tx, id)
  const text = queuedDraft(tx, row.draft_id)?.text.trim() ?? ''
  const noteIds = addNote(tx, workspace, row.conversation_id, text === '' ? row.snippet : text, by, Date.now())
  const undoDiscard = discardSend(tx, workspace, id)
  return (undo) => {
    for (const noteId of noteIds) removeNote(undo, workspace, noteId)
    undoDiscard(undo)
  }
}

/** A person asks for another try now. */
export function retry(workspace: Workspace, id: number): void {
  const mailboxId = workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (!['queued', 'failed'].includes(row.state))
      throw new PosternError('conflict', 'it is leaving or has left', { state: row.state })
    requeue(tx, row, Date.now())
    return row.mailbox_id
  })
  wakeOutbox(workspace, mailboxId)
}

/**
 * A person has read what happened since and still means it. A held one leaves at its time unless even newer mail comes;
 * one that waits because the mailbox cannot be looked at leaves unchecked.
 */
export function sendAnyway(workspace: Workspace, id: number, by: string): void {
  const mailboxId = workspace.db.write((tx) => {
    const row = waitingRow(tx, id)
    rebase(tx, row.draft_id)
    if (row.state !== 'held') tx.run('UPDATE outbox SET unless_answered = 0 WHERE id = ?', id)
    else if (row.error !== 'moved-on') tx.run('UPDATE outbox SET loop_ok = 1 WHERE id = ?', id)
    requeue(tx, row, row.scheduled === 1 ? Math.max(Date.now(), row.due_at) : Date.now())
    if (row.state === 'held') {
      const now =
        tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', row.conversation_id)?.status ??
        row.status_before
      moveWith(tx, workspace, row, now, by)
      summarize(tx, row.conversation_id, workspace.own)
    }
    return row.mailbox_id
  })
  wakeOutbox(workspace, mailboxId)
}

/** Another time, or now (`sendAt` null). */
export function reschedule(workspace: Workspace, id: number, sendAt: number | null, unlessAnswered: boolean): void {
  const mailboxId = workspace.db.write((tx) => {
    const row = waitingRow(tx, id)
    if (row.state !== 'queued') throw new PosternError('conflict', 'it does not wait for a time', { state: row.state })
    tx.run(
      'UPDATE outbox SET scheduled = ?, unless_answered = ? WHERE id = ?',
      Number(sendAt !== null),
      Number(unlessAnswered),
      id,
    )
    requeue(tx, row, Math.max(Date.now(), sendAt ?? 0))
    return row.mailbox_id
  })
  wakeOutbox(workspace, mailboxId)
}

function requeue(tx: Writer, row: OutboxRow, dueAt: number): void {
  tx.run(
    "UPDATE outbox SET state = 'queued', due_at = ?, asked = 0, error = NULL, error_detail = '{}', server_line = NULL WHERE id = ?",
    dueAt,
    row.id,
  )
  // Whose account carries it is no part of the letter: a person may have changed it because it could not leave.
  tx.run('UPDATE outbox SET through_id = ? WHERE id = ?', throughOf(tx, row.mailbox_id), row.id)
  // The date that the customer reads is the day it leaves, as long as nothing of it has been composed.
  tx.run(
    'UPDATE outbox SET date = ? WHERE id = ? AND NOT EXISTS(SELECT 1 FROM outbox_raw WHERE outbox_id = outbox.id)',
    dueAt,
    row.id,
  )
  told(tx, row.id, row.draft_id, row.conversation_id)
}

/** A person decides about one of which nobody knows whether it arrived. */
export function decide(workspace: Workspace, id: number, decision: 'arrived' | 'send-again'): void {
  const mailboxId = workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (row.state !== 'uncertain')
      throw new PosternError('conflict', 'there is no doubt about it', { state: row.state })
    if (decision === 'arrived') accepted(tx, workspace, row, { refused: [], later: [], line: row.server_line })
    else {
      // It goes to all of them again, and who was refused may be taken this time.
      if (row.recipients_left === null) tx.run("UPDATE outbox SET refused = '[]' WHERE id = ?", id)
      requeue(tx, row, Date.now())
    }
    return row.mailbox_id
  })
  wakeOutbox(workspace, mailboxId)
}

/** The recipients that are left shall not get it: what was taken counts as sent. */
export function giveUpRest(workspace: Workspace, id: number): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (row.recipients_left === null || !['queued', 'failed'].includes(row.state))
      throw new PosternError('conflict', 'it is leaving or has left', { state: row.state })
    finish(
      tx,
      workspace,
      { ...row, refused: JSON.stringify([...parseTexts(row.refused), ...parseTexts(row.recipients_left)]) },
      row.server_line,
      parseTexts(row.refused).length > 0,
    )
  })
}

export interface Acceptance {
  readonly refused: readonly string[]
  readonly later: readonly string[]
  readonly line: string | null
}

/**
 * The server took a try. It has left when nobody is left over; else it waits again for the others: `later` are those that
 * the server put off.
 */
export function accepted(tx: Writer, workspace: Workspace, row: OutboxRow, { refused, later, line }: Acceptance): void {
  const draft = row.draft_id === null ? null : queuedDraft(tx, row.draft_id)
  const all = row.recipients_left === null ? (draft ? everybody(draft) : []) : parseTexts(row.recipients_left)
  const tried = new Set(row.envelope === null ? all : parseTexts(row.envelope))
  const left = [...all.filter((address) => !tried.has(address)), ...later]
  const allRefused = JSON.stringify([...parseTexts(row.refused), ...refused])
  const now = Date.now()
  countSent(tx, row.through_id ?? row.mailbox_id, now, tried.size - refused.length - later.length)
  countUse(tx, row.through_id ?? row.mailbox_id, 'sent', 1)
  if (left.length === 0) return finish(tx, workspace, { ...row, refused: allRefused }, line)
  const wait = left.length === later.length ? 300_000 : 0
  tx.run(
    "UPDATE outbox SET state = 'queued', due_at = ?, recipients_left = ?, refused = ?, envelope = NULL, asked = 0, unless_answered = 0, error = ?, server_line = ? WHERE id = ?",
    now + wait,
    JSON.stringify(left),
    allRefused,
    later.length > 0 ? 'recipients-later' : null,
    line,
    row.id,
  )
  told(tx, row.id, row.draft_id, row.conversation_id)
}

/** @param isNews servers refused somebody; that a person gave up on somebody needs no notice */
function finish(
  tx: Writer,
  workspace: Workspace,
  row: OutboxRow,
  line: string | null,
  isNews = parseTexts(row.refused).length > 0,
): void {
  const refused = parseTexts(row.refused)
  markSent(tx, row, { refused, line })
  if (refused.length > 0) reopen(tx, workspace, row)
  if (isNews) tx.changes.changed('undelivered', row.conversation_id)
  summarize(tx, row.conversation_id, workspace.own)
}
