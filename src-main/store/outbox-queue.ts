import type * as z from 'zod'
import type { OutboxJob, OutboxOutcome, ParsedMessage } from '../../src-preload/contract/internal'
import type { SendLimits } from '../../src-preload/contract/identity'
import { ServerSettings } from '../../src-preload/contract/mail'
import { limitsOf } from '../shared/provider-limits'
import { putStatus } from './acts'
import { PosternError } from '../../src-preload/contract/errors'
import type { Reader, Writer } from './database'
import { queuedDraft } from './drafts'
import { identityOf } from './identities'
import { Batch, enter, insertMessage, messageKey } from './messages'
import { accepted } from './outbox'
import { everybody, jobOf, outboxColumns, outboxRow, type OutboxRow } from './outbox-rows'
import { loopIn } from './loop-guard'
import { place } from './places'
import { parseTexts, statusNumber } from './rows'
import { sinceOf } from './since'
import { markWork, summarize } from './summary'
import { joinThread } from './thread-join'
import { note } from './threads'
import type { Workspace } from './workspace'

/** Waits between tries, ms; the last one repeats. */
const waits = [30_000, 60_000, 120_000, 300_000, 900_000, 1_800_000]
/** How long a look at the mailbox counts, ms, and only one that began when the answer was due already. */
const lookCounts = 15_000
const day = 24 * 3_600_000

/**
 * Items that were leaving when a process died. Its bytes are kept before the first of them leaves, so one without
 * bytes has certainly not left; of any other a person, or its copy on the server, decides.
 */
export function recoverSending(workspace: Workspace): void {
  workspace.db.write((tx) => {
    for (const row of tx.all<{ id: number; conversation_id: number; raw: number }>(
      "SELECT id, conversation_id, raw IS NOT NULL AS raw FROM outbox WHERE state = 'sending'")) {
      tx.run('UPDATE outbox SET state = ?, error = ?, asked = (recipients_left IS NOT NULL) WHERE id = ?', row.raw === 1 ? 'uncertain' : 'queued', row.raw === 1 ? 'sent-uncertain' : null, row.id)
      tx.changes.changed('outbox', row.id)
      markWork(tx, row.conversation_id)
    }
  })
}

export interface Claim {
  readonly mailboxId: number
  /** When mail last saw everything that is in the mailbox; 0: not yet. */
  readonly lookedAt: number
}
export interface Claimed {
  job: OutboxJob | null
  nextDueAt: number | null
  /** The item that is due but needs a look at the mailbox first: somebody may have answered meanwhile. */
  look: number | null
}

/**
 * The next item that is due, marked `sending` on the disk before it is answered: two askers never get the same (R41).
 * One whose conversation moved on is held, one that is beyond the provider's limits waits until there is room.
 */
export function claim(workspace: Workspace, { mailboxId, lookedAt }: Claim): Claimed {
  for (;;) {
    const now = Date.now()
    const next = nextQueued(workspace.db.read, mailboxId)
    if (!next || next.due_at > now) return { job: null, nextDueAt: next?.due_at ?? null, look: null }
    if (needsLook(next, lookedAt, now)) return { job: null, nextDueAt: null, look: next.id }
    const claimed = workspace.db.write((tx): Claimed | null => {
      const row = nextQueued(tx, mailboxId)
      if (!row || row.due_at > now) return null
      if (needsLook(row, lookedAt, now)) return null
      if (row.unless_answered === 1 && row.draft_id !== null && sinceOf(tx, row.draft_id).length > 0) {
        hold(tx, workspace, row, 'moved-on')
        return null
      }
      const loop = row.loop_ok === 1 ? null : loopIn(tx, row.conversation_id, recipientsOf(tx, row), now)
      if (loop !== null && row.recipients_left === null) {
        hold(tx, workspace, row, loop)
        return null
      }
      const account = row.through_id ?? mailboxId
      const limits = limitsFor(tx, account)
      const room = roomFor(tx, account, limits, now)
      if (room.at > now) {
        tx.run("UPDATE outbox SET due_at = ?, error = 'rate-limited' WHERE id = ?", room.at, row.id)
        told(tx, row)
        return null
      }
      tx.run("UPDATE outbox SET state = 'sending', attempts = attempts + 1, envelope = ?, error = NULL WHERE id = ?", envelopeOf(tx, row, Math.min(limits.recipients, room.recipients)), row.id)
      told(tx, row)
      return { job: jobOf(tx, outboxRow(tx, row.id)), nextDueAt: nextQueued(tx, mailboxId)?.due_at ?? null, look: null }
    })
    if (claimed) return claimed
  }
}

const nextQueued = (read: Pick<Writer, 'get'>, mailboxId: number): OutboxRow | undefined =>
  read.get<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE mailbox_id = ? AND state = 'queued' ORDER BY due_at, id LIMIT 1`, mailboxId)

/** An answer that could pass somebody else's. A look of before it was due may have been a look of before the network went. */
const needsLook = (row: OutboxRow, lookedAt: number, now: number): boolean =>
  row.unless_answered === 1 && row.in_reply_to !== null && (lookedAt < row.due_at || now - lookedAt > lookCounts)

function told(tx: Writer, row: OutboxRow): void {
  tx.changes.changed('outbox', row.id)
  markWork(tx, row.conversation_id)
}

/** Stops an item for review: it stays, and its conversation is work again. */
function hold(tx: Writer, workspace: Workspace, row: OutboxRow, why: 'moved-on' | 'looping' | 'came-back'): void {
  tx.run("UPDATE outbox SET state = 'held', error = ?, server_line = NULL WHERE id = ?", why, row.id)
  reopen(tx, workspace, row)
  told(tx, row)
}

/** Who has not got it yet. */
function recipientsOf(read: Reader, row: OutboxRow): string[] {
  if (row.recipients_left !== null) return parseTexts(row.recipients_left)
  const draft = row.draft_id === null ? null : queuedDraft(read, row.draft_id)
  return draft ? everybody(draft) : []
}

/** Recipients of this try as JSON; null: all of them at once. */
function envelopeOf(tx: Writer, row: OutboxRow, most: number): string | null {
  const left = recipientsOf(tx, row)
  if (row.recipients_left === null && left.length <= most) return null
  return JSON.stringify(left.slice(0, most))
}

/** What the server of an account takes: as its owner said, else as is known of its provider. */
function limitsFor(read: Reader, mailboxId: number): SendLimits {
  const row = read.get<{ smtp: string; identity: string }>('SELECT smtp, identity FROM mailboxes WHERE id = ?', mailboxId)
  if (!row) throw new PosternError('not-found', 'no such mailbox')
  return identityOf(row.identity).limits ?? limitsOf({ smtp: ServerSettings.parse(JSON.parse(row.smtp)) })
}

/** When, and for how many recipients, there is room under the limits; what was accepted counts. */
function roomFor(tx: Writer, mailboxId: number, { perMinute, recipientsPerDay }: SendLimits, now: number): { at: number; recipients: number } {
  const minute = tx.all<{ at: number }>('SELECT at FROM send_log WHERE mailbox_id = ? AND at > ? ORDER BY at DESC LIMIT ?', mailboxId, now - 60_000, perMinute)
  const oldest = minute.at(-1)
  if (minute.length >= perMinute && oldest) return { at: oldest.at + 60_001, recipients: 0 }
  const used = tx.get<{ n: number | null; first: number | null }>('SELECT sum(recipients) AS n, min(at) AS first FROM send_log WHERE mailbox_id = ? AND at > ?', mailboxId, now - day)
  const left = recipientsPerDay - (used?.n ?? 0)
  return left > 0 ? { at: now, recipients: left } : { at: (used?.first ?? now) + day + 1, recipients: 0 }
}

/** Keeps the composed bytes, and the message in its conversation, unseen until it has left. */
export function composed(workspace: Workspace, id: number, raw: Uint8Array, message: z.infer<typeof ParsedMessage>): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    tx.run('UPDATE outbox SET raw = ? WHERE id = ?', raw, id)
    if (row.sent_message !== null) return
    const key = messageKey(workspace, message)
    const conversation = joinThread(tx, workspace, message, key, row.conversation_id)
    const sent = insertMessage(tx, workspace, message, {
      key, content: message.contentHash, date: row.date, place: place.leaving, seen: true, direction: 1, conversationId: conversation.conversationId,
    })
    const batch = new Batch()
    enter(tx, workspace, conversation, { id: sent, message, date: row.date, ours: true, mailboxId: row.mailbox_id, role: null, backfill: true }, batch)
    tx.run('UPDATE outbox SET sent_message = ? WHERE id = ?', sent, id)
    batch.finish(tx, workspace)
  })
}

/** What became of a try. An item that is settled already (its copy was met in a folder) stays so. */
export function settle(workspace: Workspace, outcome: z.infer<typeof OutboxOutcome>): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, outcome.id)
    if (row.state === 'sent' || row.state === 'held') return
    if (outcome.state === 'sent') return accepted(tx, workspace, row, { refused: outcome.refused, later: outcome.later, line: outcome.serverLine })
    const dueAt = outcome.state === 'queued' ? outcome.retryAt ?? Date.now() + (waits[Math.min(row.attempts, waits.length) - 1] ?? 30_000) : row.due_at
    tx.run('UPDATE outbox SET state = ?, due_at = ?, error = ?, error_detail = ?, server_line = ?, asked = ? WHERE id = ?',
      outcome.state, dueAt, outcome.error?.code ?? (outcome.state === 'uncertain' ? 'sent-uncertain' : null), JSON.stringify(outcome.error?.detail ?? {}), outcome.serverLine,
      Number(row.recipients_left !== null), row.id)
    if (outcome.state === 'failed') reopen(tx, workspace, row)
    told(tx, row)
  })
}

/** A reply that could not leave is work again, even if the conversation was closed with it. */
function reopen(tx: Writer, workspace: Workspace, row: OutboxRow): void {
  const current = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', row.conversation_id)?.status
  if (current === undefined || current !== row.status_after || current === statusNumber('open')) return
  putStatus(tx, row.conversation_id, statusNumber('open'), 1)
  note(tx, row.conversation_id, 'opened', '', Date.now())
  summarize(tx, row.conversation_id, workspace.own)
}

/** Items in doubt for which a copy on the server would prove something, and about which no person has been asked yet. */
export function uncertainJobs(workspace: Workspace, mailboxId: number): { jobs: OutboxJob[] } {
  const rows = workspace.db.read.all<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE mailbox_id = ? AND state = 'uncertain' AND asked = 0 ORDER BY id`, mailboxId)
  return { jobs: rows.map((row) => jobOf(workspace.db.read, row)) }
}

/** The server has been looked through and has no copy: a person decides now. */
export function lookedInVain(workspace: Workspace, id: number): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (row.state !== 'uncertain') return
    tx.run('UPDATE outbox SET asked = 1 WHERE id = ?', id)
    told(tx, row)
  })
}

export interface SentCopy { id: number; messageId: string; date: number; raw: Uint8Array; tries: number; throughId: number | null }

/** The next sent message whose copy is still to be filed, those that were tried least first. */
export function nextCopy(workspace: Workspace, mailboxId: number): { copy: SentCopy | null } {
  const copy = workspace.db.read.get<SentCopy>(
    'SELECT id, message_id AS messageId, date, raw, copy_tries AS tries, through_id AS throughId FROM outbox WHERE mailbox_id = ? AND copy = 1 AND raw IS NOT NULL ORDER BY copy_tries, id LIMIT 1', mailboxId)
  return { copy: copy ?? null }
}

/** `done`: its copy lies in Sent, or the server files one by itself. Else it is tried again later, for ever. */
export function settleCopy(workspace: Workspace, id: number, done: boolean): void {
  workspace.db.write((tx) => tx.run(done ? 'UPDATE outbox SET copy = 0, raw = NULL WHERE id = ?' : 'UPDATE outbox SET copy_tries = copy_tries + 1 WHERE id = ?', id))
}
