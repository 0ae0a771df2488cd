import { randomUUID } from 'node:crypto'
import { ErrorCode, PosternError } from '../../src-preload/contract/errors'
import { OutboxState, type Draft, type OutboxItem, type Status } from '../../src-preload/contract/mail'
import type { OutboxJob } from '../../src-preload/contract/internal'
import { putStatus } from './acts'
import type { Reader, Writer } from './database'
import { openDraft, queuedDraft } from './drafts'
import { dropMessage } from './erase'
import { markSent } from './outbox-found'
import { addressKey, parseAddress, parseTexts, statusNumber, statusOf } from './rows'
import { getSettings } from './settings'
import { newestEntity } from './team/anchors'
import { addToMailbox, markWork, summarize } from './summary'
import { expectId, note, survivorOf } from './threads'
import type { Workspace } from './workspace'

/** More recipients than this is a campaign, which a support mailbox is not for. */
const mostRecipients = 500
const snippetLength = 200

export interface OutboxRow {
  id: number; state: string; conversation_id: number; mailbox_id: number; draft_id: number | null; message_id: string; postern_id: string
  date: number; created_at: number; due_at: number; sender: string; in_reply_to: string | null; refs: string; snippet: string; status_before: number
  status_after: number; made_conversation: number; error: string | null; server_line: string | null; attempts: number; sent_message: number | null
}
/** Without `raw`, which may be megabytes, and `key_hash`, which a JavaScript number cannot hold. */
export const outboxColumns = `id, state, conversation_id, mailbox_id, draft_id, message_id, postern_id, date, created_at, due_at, sender, in_reply_to, refs, snippet,
  status_before, status_after, made_conversation, error, server_line, attempts, sent_message`

export const outboxStateOf = (stored: string): OutboxState => OutboxState.parse(stored)

export function outboxRow(read: Reader, id: number): OutboxRow {
  const row = read.get<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE id = ?`, id)
  if (!row) throw new PosternError('not-found', 'no such outbox item')
  return row
}

function itemOf(read: Reader, row: OutboxRow): OutboxItem | null {
  const draft = row.draft_id === null ? null : queuedDraft(read, row.draft_id)
  if (!draft) return null
  const code = ErrorCode.safeParse(row.error)
  return {
    id: row.id, conversationId: row.conversation_id, mailboxId: row.mailbox_id, state: outboxStateOf(row.state), dueAt: row.due_at, createdAt: row.created_at,
    from: parseAddress(row.sender), to: draft.to, cc: draft.cc, subject: draft.subject, snippet: row.snippet, text: draft.text, fileNames: draft.files.map(({ name }) => name),
    error: code.success ? code.data : null, serverLine: row.server_line, attempts: row.attempts,
  }
}

/** Items that have not left, and those that left for a part of their recipients only. */
const shown = "(state <> 'sent' OR error IS NOT NULL)"

export function listOutbox(read: Reader): OutboxItem[] {
  return read.all<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE ${shown} ORDER BY created_at DESC, id DESC`).flatMap((row) => itemOf(read, row) ?? [])
}

export function itemsOf(read: Reader, conversationId: number): OutboxItem[] {
  return read.all<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE conversation_id = ? AND ${shown} ORDER BY id`, conversationId).flatMap((row) => itemOf(read, row) ?? [])
}

/** What mail needs to compose and send. */
export function jobOf(read: Reader, id: number): OutboxJob {
  const row = outboxRow(read, id)
  const draft = row.draft_id === null ? null : queuedDraft(read, row.draft_id)
  if (!draft) throw new PosternError('not-found', 'the content of the outbox item')
  const raw = read.get<{ raw: Buffer | null }>('SELECT raw FROM outbox WHERE id = ?', id)?.raw ?? null
  const { to, cc, bcc, subject, html, text, quote } = draft
  return {
    id, mailboxId: row.mailbox_id, state: row.state === 'uncertain' ? 'uncertain' : 'queued', messageId: row.message_id, posternId: row.postern_id, date: row.date,
    from: parseAddress(row.sender), to, cc, bcc, subject, html, text, quote, inReplyTo: row.in_reply_to, references: parseTexts(row.refs),
    files: read.all<{ name: string; type: string; bytes: Buffer }>('SELECT name, type, bytes FROM draft_files WHERE draft_id = ? ORDER BY id', row.draft_id), raw,
  }
}

/** @throws PosternError `no-recipient`, `too-many-recipients`, `recipient-refused` (not an address) */
function checkRecipients({ to, cc, bcc }: Draft): void {
  const all = new Set([...to, ...cc, ...bcc].map(({ address }) => addressKey(address)))
  if (all.size === 0) throw new PosternError('no-recipient')
  if (all.size > mostRecipients) throw new PosternError('too-many-recipients', 'more than may be written to at once', { count: all.size, limit: mostRecipients })
  const broken = [...all].filter((address) => !/^[^\s@<>(),;:\\"]+@[^\s@<>(),;:\\"]+$/u.test(address) || address.length > 320).length
  if (broken > 0) throw new PosternError('recipient-refused', 'not an address', { count: broken })
}

/**
 * Freezes identity, envelope and content of a draft and queues it. It is on the disk when this returns (R39): the
 * transaction is synced, and mail is only told afterwards.
 */
export function send(workspace: Workspace, draftId: number, thenStatus: Status, by: string): { outboxId: number; conversationId: number; dueAt: number } {
  const sent = workspace.db.write((tx) => {
    const draft = openDraft(tx, draftId)
    checkRecipients(draft)
    const mailbox = tx.get<{ name: string; address: string }>('SELECT name, address FROM mailboxes WHERE id = ? AND removing = 0 AND local = 0', draft.mailboxId)
    if (!mailbox) throw new PosternError('not-found', 'no such mailbox')
    const { agentName, undoSeconds } = getSettings(tx)
    const now = Date.now()
    const fresh = draft.conversationId === null
    const conversationId = draft.conversationId === null
      ? Number(tx.run('INSERT INTO conversations(subject, status, last_at, snippet) VALUES(?, ?, ?, ?)', draft.subject, statusNumber(thenStatus), now, snippetOf(draft.text)).lastInsertRowid)
      : survivorOf(tx, draft.conversationId)
    addToMailbox(tx, conversationId, draft.mailboxId)
    const before = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', conversationId)?.status ?? statusNumber('open')
    const messageId = `${randomUUID()}@${mailbox.address.slice(mailbox.address.lastIndexOf('@') + 1).toLowerCase()}`
    const key = workspace.hashes.hash('id', messageId)
    const answered = answeredIds(tx, draft)
    const id = Number(tx.run(
      `INSERT INTO outbox(state, conversation_id, mailbox_id, draft_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, in_reply_to, refs, snippet,
         status_before, status_after, made_conversation)
       VALUES('queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      conversationId, draft.mailboxId, draftId, messageId, key, randomUUID(), now, now, now + undoSeconds * 1000,
      JSON.stringify({ name: agentName === '' ? mailbox.name : agentName, address: mailbox.address }), answered.inReplyTo, JSON.stringify(answered.references), snippetOf(draft.text),
      before, statusNumber(thenStatus), Number(fresh)).lastInsertRowid)
    expectId(tx, key, conversationId)
    tx.run("UPDATE drafts SET state = 'queued', conversation_id = ? WHERE id = ?", conversationId, draftId)
    if (before !== statusNumber(thenStatus)) note(tx, conversationId, thenStatus === 'open' ? 'opened' : thenStatus, by, now)
    putStatus(tx, conversationId, statusNumber(thenStatus), 1)
    workspace.team.recordOn(tx, conversationId, 'status', { status: thenStatus, basis: newestEntity(tx, conversationId) })
    summarize(tx, conversationId, workspace.own)
    if (fresh) describeFresh(tx, conversationId, draft)
    markWork(tx, conversationId)
    tx.changes.changed('outbox', id)
    tx.changes.changed('drafts', draftId)
    return { outboxId: id, conversationId, dueAt: now + undoSeconds * 1000, mailboxId: draft.mailboxId }
  })
  wakeOutbox(workspace, sent.mailboxId)
  return { outboxId: sent.outboxId, conversationId: sent.conversationId, dueAt: sent.dueAt }
}

/** A new conversation has no message to speak for it until the first one has left. */
function describeFresh(tx: Writer, conversationId: number, draft: Draft): void {
  const people = draft.to.slice(0, 3).map(({ name, address }) => (name.trim() === '' ? address : name.trim()))
  tx.run('UPDATE conversations SET people = ?, snippet = ? WHERE id = ?', JSON.stringify(people), snippetOf(draft.text), conversationId)
}

const snippetOf = (text: string): string => text.replace(/\s+/gu, ' ').trim().slice(0, snippetLength).toWellFormed()

/** In-Reply-To and References of an answer (RFC 5322, 3.6.4). A forward starts no answer, but stays in the thread. */
function answeredIds(read: Reader, draft: Draft): { inReplyTo: string | null; references: string[] } {
  // The message may be gone, with a damaged database or an undone reply: then it answers the newest one from outside.
  const original = draft.messageId === null
    ? read.get<{ message_id: string | null; refs: string }>('SELECT message_id, refs FROM messages WHERE conversation_id = ? ORDER BY direction, date DESC LIMIT 1', draft.conversationId)
    : read.get<{ message_id: string | null; refs: string }>('SELECT message_id, refs FROM messages WHERE id = ?', draft.messageId)
  if (!original || original.message_id === null || draft.kind === 'new') return { inReplyTo: null, references: [] }
  const references = [...parseTexts(original.refs).filter((id) => id !== original.message_id), original.message_id]
  return { inReplyTo: draft.kind === 'forward' ? null : original.message_id, references }
}

/** mail may be away: it asks for what is due when it comes. */
export function wakeOutbox(workspace: Workspace, mailboxId: number): void {
  workspace.mail()?.call('outbox.wake', { mailboxId }).catch(() => undefined)
}

/** Takes an item back into its draft, as long as not a byte of it may have left. @throws PosternError `conflict` when it may have */
export function undoSend(workspace: Workspace, id: number): { draftId: number; conversationId: number | null } {
  return workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (!['queued', 'held', 'failed'].includes(row.state) || row.draft_id === null) throw new PosternError('conflict', 'it is leaving or has left', { state: row.state })
    const { conversation_id: conversationId, draft_id: draftId } = row
    tx.run("UPDATE drafts SET state = 'open', updated_at = ? WHERE id = ?", Date.now(), draftId)
    tx.run('DELETE FROM outbox WHERE id = ?', id)
    if (row.sent_message !== null) dropMessage(tx, row.sent_message)
    const now = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', conversationId)?.status
    if (now === row.status_after && now !== row.status_before) {
      putStatus(tx, conversationId, row.status_before, 1)
      note(tx, conversationId, statusOf(row.status_before) === 'open' ? 'opened' : statusNote(row.status_before), '', Date.now())
    }
    const empty = row.made_conversation === 1 && !tx.get('SELECT 1 FROM messages WHERE conversation_id = ?', conversationId)
    if (empty) tx.run('UPDATE drafts SET conversation_id = NULL WHERE id = ?', draftId)
    summarize(tx, conversationId, workspace.own)
    markWork(tx, conversationId)
    tx.changes.changed('outbox', id)
    tx.changes.changed('drafts', draftId)
    return { draftId, conversationId: empty ? null : conversationId }
  })
}

function statusNote(status: number): 'closed' | 'pending' | 'spam' {
  const name = statusOf(status)
  return name === 'open' ? 'pending' : name
}

/** A person asks for another try now. */
export function retry(workspace: Workspace, id: number): void {
  const mailboxId = workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (!['queued', 'held', 'failed'].includes(row.state)) throw new PosternError('conflict', 'it is leaving or has left', { state: row.state })
    requeue(tx, row)
    return row.mailbox_id
  })
  wakeOutbox(workspace, mailboxId)
}

function requeue(tx: Writer, row: OutboxRow): void {
  tx.run("UPDATE outbox SET state = 'queued', due_at = ?, error = NULL, error_detail = '{}', server_line = NULL WHERE id = ?", Date.now(), row.id)
  tx.changes.changed('outbox', row.id)
  markWork(tx, row.conversation_id)
}

/** A person decides about one of which nobody knows whether it arrived. */
export function decide(workspace: Workspace, id: number, decision: 'arrived' | 'send-again'): void {
  const mailboxId = workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (row.state !== 'uncertain') throw new PosternError('conflict', 'there is no doubt about it', { state: row.state })
    if (decision === 'arrived') finish(tx, workspace, row)
    else requeue(tx, row)
    return row.mailbox_id
  })
  if (decision === 'send-again') wakeOutbox(workspace, mailboxId)
}

/** It has left. `refused`: the server took it for a part of the recipients only, which stays shown. */
export function finish(tx: Writer, workspace: Workspace, row: OutboxRow, refused: { line: string | null } | null = null): void {
  markSent(tx, row, refused)
  summarize(tx, row.conversation_id, workspace.own)
}
