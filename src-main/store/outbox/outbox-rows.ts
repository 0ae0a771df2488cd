import * as z from 'zod'
import { ErrorCode, PosternError } from '../../../src-preload/contract/errors'
import { Signature } from '../../../src-preload/contract/identity'
import type { OutboxJob } from '../../../src-preload/contract/internal'
import { OutboxState, type Address, type OutboxItem } from '../../../src-preload/contract/mail'
import type { Reader, Writer } from '../file/database'
import { queuedDraft } from './drafts'
import { addressKey } from '../../../src-preload/contract/address'
import { parseAddress, parseTexts } from '../rows'
import { note } from '../threads/threads'
import { sinceOf } from './since'

export interface OutboxRow {
  id: number
  state: string
  conversation_id: number
  mailbox_id: number
  draft_id: number | null
  message_id: string
  postern_id: string
  date: number
  created_at: number
  due_at: number
  sender: string
  in_reply_to: string | null
  refs: string
  snippet: string
  status_before: number
  status_after: number
  made_conversation: number
  error: string | null
  server_line: string | null
  attempts: number
  sent_message: number | null
  scheduled: number
  unless_answered: number
  recipients_left: string | null
  envelope: string | null
  refused: string
  asked: number
  signature: string | null
  through_id: number | null
  loop_ok: number
  error_detail: string
  assigned: string | null
  status_told: string | null
}
/** Without `key_hash`, which a JavaScript number cannot hold. */
export const outboxColumns = `id, state, conversation_id, mailbox_id, draft_id, message_id, postern_id, date, created_at, due_at, sender, in_reply_to, refs, snippet,
  status_before, status_after, made_conversation, error, server_line, attempts, sent_message, scheduled, unless_answered, recipients_left, envelope, refused, asked, signature, through_id, loop_ok, error_detail, assigned, status_told`

export const outboxStateOf = (stored: string): OutboxState => OutboxState.parse(stored)

/** @throws PosternError `not-found` */
export function outboxRow(read: Reader, id: number): OutboxRow {
  const row = read.get<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE id = ?`, id)
  if (!row) throw new PosternError('not-found', 'no such outbox item')
  return row
}

function itemOf(read: Reader, row: OutboxRow): OutboxItem | null {
  const draft = row.draft_id === null ? null : queuedDraft(read, row.draft_id)
  if (!draft || row.draft_id === null) return null
  const code = ErrorCode.safeParse(row.error)
  const state = outboxStateOf(row.state)
  return {
    id: row.id,
    conversationId: row.conversation_id,
    mailboxId: row.mailbox_id,
    state,
    dueAt: row.due_at,
    createdAt: row.created_at,
    from: parseAddress(row.sender),
    to: draft.to,
    cc: draft.cc,
    bcc: draft.bcc,
    subject: draft.subject,
    snippet: row.snippet,
    text: withSignature(draft.text, row),
    fileNames: draft.files.map(({ name }) => name),
    error: code.success ? code.data : null,
    serverLine: row.server_line,
    waitsFor: waitsFor(read, row),
    attempts: row.attempts,
    scheduled: row.scheduled === 1,
    unlessAnswered: row.unless_answered === 1,
    looking: state === 'uncertain' && row.asked === 0,
    left: row.recipients_left === null ? null : parseTexts(row.recipients_left),
    refused: parseTexts(row.refused),
    since: state === 'held' ? sinceOf(read, row.draft_id) : [],
  }
}

const LookDetail = z.object({ lookAt: z.int() })

function waitsFor(read: Reader, row: OutboxRow): string | null {
  const detail = LookDetail.safeParse(JSON.parse(row.error_detail))
  if (row.error === null || !detail.success || detail.data.lookAt === row.mailbox_id) return null
  return (
    read.get<{ name: string }>('SELECT name FROM mailboxes WHERE id = ? AND removing = 0', detail.data.lookAt)?.name ??
    null
  )
}

const signatureOf = ({ signature }: OutboxRow): Signature | null =>
  signature === null ? null : Signature.parse(JSON.parse(signature))

function withSignature(text: string, row: OutboxRow): string {
  const signature = signatureOf(row)
  return signature ? `${text.trimEnd()}\n\n${signature.text}` : text
}

/** Items that have not left; whom one that left did not reach is told at its message. */
const shown = "state <> 'sent'"

export function listOutbox(read: Reader): OutboxItem[] {
  return read
    .all<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE ${shown} ORDER BY created_at DESC, id DESC`)
    .flatMap((row) => itemOf(read, row) ?? [])
}

export function itemsOf(read: Reader, conversationId: number): OutboxItem[] {
  return read
    .all<OutboxRow>(
      `SELECT ${outboxColumns} FROM outbox WHERE conversation_id = ? AND ${shown} ORDER BY id`,
      conversationId,
    )
    .flatMap((row) => itemOf(read, row) ?? [])
}

/** Everybody who gets a message, each address once, as written. */
export function everybody({
  to,
  cc,
  bcc,
}: {
  to: readonly Address[]
  cc: readonly Address[]
  bcc: readonly Address[]
}): string[] {
  return [...new Map([...to, ...cc, ...bcc].map(({ address }) => [addressKey(address), address.trim()])).values()]
}

/** Its copy lies in Sent, or needs not: the bytes that left go. */
export function dropBytes(tx: Writer, id: number): void {
  tx.run('UPDATE outbox SET copy = 0 WHERE id = ?', id)
  tx.run('DELETE FROM outbox_raw WHERE outbox_id = ?', id)
  dropUntaken(tx, id)
}

/** The server has not taken the copy into Sent for so long that a person should know. Told once, until it has. */
export function tellUntaken(tx: Writer, id: number): void {
  dropUntaken(tx, id)
  const { conversation_id: conversationId } = outboxRow(tx, id)
  note(tx, conversationId, 'copy-refused', '', Date.now(), null, String(id))
  tx.changes.changed('conversations', conversationId)
}

function dropUntaken(tx: Writer, id: number): void {
  const { conversation_id: conversationId } = outboxRow(tx, id)
  const { changes } = tx.run(
    "DELETE FROM history WHERE conversation_id = ? AND kind = 'copy-refused' AND detail = ?",
    conversationId,
    String(id),
  )
  if (changes > 0) tx.changes.changed('conversations', conversationId)
}

/** What mail needs to compose and send. `envelope`: to whom this try goes. */
export function jobOf(read: Reader, row: OutboxRow): OutboxJob {
  const draft = row.draft_id === null ? null : queuedDraft(read, row.draft_id)
  if (!draft) throw new PosternError('not-found', 'the content of the outbox item')
  const raw = read.get<{ raw: Buffer }>('SELECT raw FROM outbox_raw WHERE outbox_id = ?', row.id)?.raw ?? null
  const { to, cc, bcc, subject, html, text, quote } = draft
  return {
    id: row.id,
    mailboxId: row.mailbox_id,
    state: row.state === 'uncertain' ? 'uncertain' : 'queued',
    messageId: row.message_id,
    posternId: row.postern_id,
    date: row.date,
    from: parseAddress(row.sender),
    to,
    cc,
    bcc,
    envelope: row.envelope === null ? everybody(draft) : parseTexts(row.envelope),
    subject,
    html,
    text,
    quote,
    signature: signatureOf(row),
    throughId: row.through_id,
    inReplyTo: row.in_reply_to,
    references: parseTexts(row.refs),
    files: read.all<{ name: string; type: string; bytes: Buffer }>(
      'SELECT name, type, bytes FROM draft_files WHERE draft_id = ? ORDER BY id',
      row.draft_id,
    ),
    raw,
    attempt: row.attempts,
  }
}
