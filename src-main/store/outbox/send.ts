import { randomUUID } from 'node:crypto'
import { isMailAddress } from '../../../src-preload/contract/address'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Draft, Status } from '../../../src-preload/contract/mail'
import { addToMailbox, summarize } from '../conversations/summary'
import { assignOne } from '../conversations/work'
import type { Reader, Writer } from '../file/database'
import { parseTexts, statusNumber } from '../rows'
import { getSettings } from '../settings'
import { expectId, survivorOf } from '../threads/threads'
import type { Workspace } from '../workspace'
import { tellDraft } from './draft-marks'
import { openDraft } from './drafts'
import { freezeSender } from './identities'
import { loopIn } from './loop-guard'
import { everybody } from './outbox-rows'
import { moveWith, told, wakeOutbox } from './outbox-effects'
import { sinceOf } from './since'

/** More recipients than this is a campaign, which a support mailbox is not for. */
const mostRecipients = 500
const snippetLength = 200

/** @throws PosternError `no-recipient`, `too-many-recipients`, `recipient-refused` (not an address) */
function checkRecipients(draft: Draft): void {
  const all = everybody(draft)
  if (all.length === 0) throw new PosternError('no-recipient')
  if (all.length > mostRecipients)
    throw new PosternError('too-many-recipients', 'more than may be written to at once', {
      count: all.length,
      limit: mostRecipients,
    })
  const broken = all.filter((address) => !isMailAddress(address)).length
  if (broken > 0) throw new PosternError('recipient-refused', 'not an address', { count: broken })
}

export interface SendChoice {
  readonly draftId: number
  readonly thenStatus: Status
  /** When it shall leave, ms since 1970; null: after the undo window. */
  readonly sendAt: number | null
  /** Stops for review when the conversation moved on meanwhile. */
  readonly unlessAnswered: boolean
  /** Given to in the same act; null: to nobody; undefined: it stays as it is. */
  readonly assign?: string | null | undefined
}

export interface Queued {
  outboxId: number
  conversationId: number
  dueAt: number
  state: 'queued' | 'held'
}

/**
 * Freezes identity, envelope and content of a draft and queues it. It is on the disk when this returns (R39): the
 * transaction is synced, and mail is only told afterwards. An answer whose conversation moved on since it was begun is
 * held for review instead.
 */
export function send(
  workspace: Workspace,
  { draftId, thenStatus, sendAt, unlessAnswered, assign }: SendChoice,
  by: string,
): Queued {
  const sent = workspace.db.write((tx) => {
    const draft = openDraft(tx, draftId)
    checkRecipients(draft)
    const { sender, signature, throughId } = freezeSender(tx, draft)
    const { undoSeconds } = getSettings(tx)
    const now = Date.now()
    const dueAt = sendAt === null ? now + undoSeconds * 1000 : Math.max(now, sendAt)
    const fresh = draft.conversationId === null
    const conversationId =
      draft.conversationId === null
        ? Number(
            tx.run(
              'INSERT INTO conversations(subject, status, last_at, snippet) VALUES(?, ?, ?, ?)',
              draft.subject,
              statusNumber(thenStatus),
              now,
              snippetOf(draft.text),
            ).lastInsertRowid,
          )
        : survivorOf(tx, draft.conversationId)
    addToMailbox(tx, conversationId, draft.mailboxId)
    const before =
      tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', conversationId)?.status ??
      statusNumber('open')
    const messageId = `${randomUUID()}@${sender.address.slice(sender.address.lastIndexOf('@') + 1).toLowerCase()}`
    const key = workspace.hashes.hash('id', messageId)
    const answered = answeredIds(tx, draft)
    const why =
      unlessAnswered && sinceOf(tx, draftId).length > 0 ? 'moved-on' : loopIn(tx, conversationId, everybody(draft), now)
    const state = why === null ? 'queued' : 'held'
    const id = Number(
      tx.run(
        `INSERT INTO outbox(state, conversation_id, mailbox_id, draft_id, message_id, key_hash, postern_id, date, created_at, due_at, sender, in_reply_to, refs, snippet,
         status_before, status_after, made_conversation, scheduled, unless_answered, error, signature, through_id)
       VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        state,
        conversationId,
        draft.mailboxId,
        draftId,
        messageId,
        key,
        randomUUID(),
        dueAt,
        now,
        dueAt,
        JSON.stringify(sender),
        answered.inReplyTo,
        JSON.stringify(answered.references),
        snippetOf(draft.text),
        before,
        statusNumber(thenStatus),
        Number(fresh),
        Number(sendAt !== null),
        Number(unlessAnswered),
        why,
        signature && JSON.stringify(signature),
        throughId,
      ).lastInsertRowid,
    )
    expectId(tx, key, conversationId)
    tx.run("UPDATE drafts SET state = 'queued', conversation_id = ? WHERE id = ?", conversationId, draftId)
    const item = { id, conversation_id: conversationId, status_after: statusNumber(thenStatus) }
    if (state === 'queued') moveWith(tx, workspace, item, before, by)
    const assigned = assign === undefined ? null : assignOne(tx, workspace, conversationId, assign, by)
    if (assigned) tx.run('UPDATE outbox SET assigned = ? WHERE id = ?', JSON.stringify(assigned), id)
    summarize(tx, conversationId, workspace.own)
    if (fresh) describeFresh(tx, conversationId, draft)
    told(tx, id, draftId, conversationId)
    tellDraft(tx, workspace, conversationId)
    return { outboxId: id, conversationId, dueAt, state, mailboxId: draft.mailboxId } as const
  })
  wakeOutbox(workspace, sent.mailboxId)
  return { outboxId: sent.outboxId, conversationId: sent.conversationId, dueAt: sent.dueAt, state: sent.state }
}

/** A new conversation has no message to speak for it until the first one has left. */
function describeFresh(tx: Writer, conversationId: number, draft: Draft): void {
  const people = draft.to.slice(0, 3).map(({ name, address }) => (name.trim() === '' ? address : name.trim()))
  tx.run(
    'UPDATE conversations SET people = ?, snippet = ? WHERE id = ?',
    JSON.stringify(people),
    snippetOf(draft.text),
    conversationId,
  )
}

const snippetOf = (text: string): string => text.replace(/\s+/gu, ' ').trim().slice(0, snippetLength).toWellFormed()

/** In-Reply-To and References of an answer (RFC 5322, 3.6.4). A forward starts no answer, but stays in the thread. */
function answeredIds(read: Reader, draft: Draft): { inReplyTo: string | null; references: string[] } {
  // The message may be gone, with a damaged database or an undone reply: then it answers the newest one from outside.
  const original =
    draft.messageId === null
      ? read.get<{ message_id: string | null; refs: string }>(
          'SELECT message_id, refs FROM messages WHERE conversation_id = ? ORDER BY direction, date DESC LIMIT 1',
          draft.conversationId,
        )
      : read.get<{ message_id: string | null; refs: string }>(
          'SELECT message_id, refs FROM messages WHERE id = ?',
          draft.messageId,
        )
  if (!original || original.message_id === null || draft.kind === 'new') return { inReplyTo: null, references: [] }
  const references = [...parseTexts(original.refs).filter((id) => id !== original.message_id), original.message_id]
  return { inReplyTo: draft.kind === 'forward' ? null : original.message_id, references }
}
