import type * as z from 'zod'
import type { OutboxJob, OutboxOutcome, ParsedMessage } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { unreachableCodes } from '../../../src-preload/contract/unreachable'
import type { Reader, Writer } from '../file/database'
import { queuedDraft } from './drafts'
import { Batch } from '../mail/batch'
import { enter, meet } from '../mail/enter'
import { insertMessage, messageKey } from '../mail/message-row'
import { accepted } from './outbox'
import { reopen } from './outbox-effects'
import { dropBytes, everybody, jobOf, outboxColumns, outboxRow, tellUntaken, type OutboxRow } from './outbox-rows'
import { loopIn } from './loop-guard'
import { place } from '../mail/places'
import { parseTexts } from '../rows'
import { limitsFor, roomFor } from './send-limits'
import { sinceOf } from './since'
import { markWork, summarize } from '../conversations/summary'
import { joinThread } from '../threads/thread-join'
import type { Workspace } from '../workspace'

/** Waits between tries, ms; the last one repeats. */
const waits = [30_000, 60_000, 120_000, 300_000, 900_000, 1_800_000]
/** Nothing that no person set a time for waits longer, ms: a day for room under the limits, and some. */
const longestWait = 25 * 3_600_000
/** How long a look at the mailbox counts, ms, and only one that began when the answer was due already. */
const lookCounts = 15_000

/**
 * Items that were leaving when a process died. One whose end was about to be handed over may have left: a person, or its
 * copy on the server, decides. Any other has certainly not left and is simply tried again.
 */
export function recoverSending(workspace: Workspace): void {
  workspace.db.write((tx) => {
    for (const row of tx.all<{ id: number; conversation_id: number; ending: number }>(
      "SELECT id, conversation_id, ending FROM outbox WHERE state = 'sending'",
    )) {
      tx.run(
        'UPDATE outbox SET state = ?, error = ?, asked = (recipients_left IS NOT NULL) WHERE id = ?',
        row.ending === 1 ? 'uncertain' : 'queued',
        row.ending === 1 ? 'sent-uncertain' : null,
        row.id,
      )
      tx.changes.changed('outbox', row.id)
      markWork(tx, row.conversation_id)
    }
  })
}

export interface Claim {
  readonly mailboxId: number
  /** When mail last saw everything that is in a mailbox. */
  readonly looked: readonly { readonly mailboxId: number; readonly at: number }[]
  /** The item for which all of its mailboxes were looked at just now, however long that took. */
  readonly lookedFor?: number | null | undefined
}
export interface Claimed {
  job: OutboxJob | null
  nextDueAt: number | null
  /** The item that is due but needs a look at these mailboxes first: somebody may have answered meanwhile. */
  look: { id: number; mailboxIds: number[] } | null
}

/**
 * The next item that is due, marked `sending` on the disk before it is answered: two askers never get the same (R41).
 * One whose conversation moved on is held, one that is beyond the provider's limits waits until there is room.
 */
export function claim(workspace: Workspace, looks: Claim): Claimed {
  const { mailboxId } = looks
  for (;;) {
    const now = Date.now()
    beginAgain(workspace, mailboxId, now)
    const next = nextQueued(workspace.db.read, mailboxId)
    if (!next || next.due_at > now) return { job: null, nextDueAt: next?.due_at ?? null, look: null }
    const unseen = needLook(workspace.db.read, next, looks, now)
    if (unseen.length > 0) return { job: null, nextDueAt: null, look: { id: next.id, mailboxIds: unseen } }
    const claimed = workspace.db.write((tx): Claimed | null => {
      const row = nextQueued(tx, mailboxId)
      if (!row || row.due_at > now) return null
      if (needLook(tx, row, looks, now).length > 0) return null
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
      tx.run(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, ending = 0, envelope = ?, error = NULL WHERE id = ?",
        envelopeOf(tx, row, Math.min(limits.recipients, room.recipients)),
        row.id,
      )
      told(tx, row)
      return { job: jobOf(tx, outboxRow(tx, row.id)), nextDueAt: nextQueued(tx, mailboxId)?.due_at ?? null, look: null }
    })
    if (claimed) return claimed
  }
}

/**
 * What was sent or put off while the clock was ahead would leave only when that time comes again: its wait, for an undo or another
 * try, begins anew, or is over. A time that a person chose stays.
 */
function beginAgain({ db }: Workspace, mailboxId: number, now: number): void {
  const ahead = "mailbox_id = ?1 AND state = 'queued' AND scheduled = 0 AND (created_at > ?2 OR due_at > ?2 + ?3)"
  if (!db.read.get(`SELECT 1 FROM outbox WHERE ${ahead}`, mailboxId, now, longestWait)) return
  db.write((tx) => {
    for (const { id } of tx.all<{ id: number }>(`SELECT id FROM outbox WHERE ${ahead}`, mailboxId, now, longestWait)) {
      tx.run(
        'UPDATE outbox SET due_at = ?1 + max(0, iif(created_at > ?1, due_at - created_at, 0)), created_at = min(created_at, ?1) WHERE id = ?2',
        now,
        id,
      )
      tx.changes.changed('outbox', id)
    }
  })
}

const nextQueued = (read: Pick<Writer, 'get'>, mailboxId: number): OutboxRow | undefined =>
  read.get<OutboxRow>(
    `SELECT ${outboxColumns} FROM outbox WHERE mailbox_id = ? AND state = 'queued' ORDER BY due_at, id LIMIT 1`,
    mailboxId,
  )

/**
 * The mailboxes to look at before an answer, which could pass somebody else's, leaves: every one that its conversation lives
 * in, for a colleague may have answered from any of them. A look of before it was due may have been a look of before the
 * network went. Mailboxes that a person paused, or that have no server, are left out.
 */
function needLook(read: Reader, row: OutboxRow, { looked, lookedFor }: Claim, now: number): number[] {
  if (row.unless_answered === 0 || row.in_reply_to === null) return []
  const homes = read.all<{ id: number }>(
    `SELECT id FROM mailboxes WHERE removing = 0 AND local = 0 AND (id = ?1 OR (paused = 0 AND id IN (SELECT mailbox_id FROM conversation_mailboxes WHERE conversation_id = ?2))) ORDER BY id <> ?1, id`,
    row.mailbox_id,
    row.conversation_id,
  )
  const seenAt = new Map(looked.map(({ mailboxId, at }) => [mailboxId, at]))
  return homes
    .map(({ id }) => id)
    .filter((id) => {
      const at = seenAt.get(id) ?? 0
      // One that lies ahead was before the clock was set back.
      return at < row.due_at || at > now || (now - at > lookCounts && row.id !== lookedFor)
    })
}

function told(tx: Writer, row: OutboxRow): void {
  tx.changes.changed('outbox', row.id)
  markWork(tx, row.conversation_id)
}

/** A person must see to it: its conversation is work again, also where it was closed with the reply. */
function waitsForPerson(tx: Writer, workspace: Workspace, row: OutboxRow): void {
  if (reopen(tx, workspace, row)) summarize(tx, row.conversation_id, workspace.own)
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

/** Keeps the composed bytes, and the message in its conversation, unseen until it has left. */
export function composed(
  workspace: Workspace,
  id: number,
  raw: Uint8Array,
  message: z.infer<typeof ParsedMessage>,
): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    tx.run('INSERT OR REPLACE INTO outbox_raw(outbox_id, raw) VALUES(?, ?)', id, raw)
    if (row.sent_message !== null) return
    const key = messageKey(workspace, message)
    meet(tx, workspace, message, true, row.date)
    const conversation = joinThread(tx, workspace, message, key, row.conversation_id)
    const sent = insertMessage(tx, workspace, message, {
      key,
      content: message.contentHash,
      date: row.date,
      place: place.leaving,
      seen: true,
      direction: 1,
      conversationId: conversation.conversationId,
    })
    const batch = new Batch()
    enter(
      tx,
      workspace,
      conversation,
      {
        id: sent,
        message,
        date: row.date,
        arrived: row.date,
        ours: true,
        mailboxId: row.mailbox_id,
        role: null,
        backfill: true,
      },
      batch,
    )
    tx.run('UPDATE outbox SET sent_message = ? WHERE id = ?', sent, id)
    batch.finish(tx, workspace)
  })
}

/**
 * Notes on the disk that the end of the message is about to be handed over (R40).
 * @throws PosternError `conflict` when this try is not under way any more: a process died, and the item was taken up again
 */
export function ending(workspace: Workspace, id: number, attempt: number): void {
  workspace.db.write((tx) => {
    const noted = tx.run(
      "UPDATE outbox SET ending = 1 WHERE id = ? AND state = 'sending' AND attempts = ?",
      id,
      attempt,
    )
    if (noted.changes === 0) throw new PosternError('conflict', 'this try is not under way')
  })
}

/** What became of a try. An item that is settled already (its copy was met in a folder) stays so. */
export function settle(workspace: Workspace, outcome: z.infer<typeof OutboxOutcome>): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, outcome.id)
    if (row.state === 'sent' || row.state === 'held') return
    // A look at the mailbox failed, and meanwhile a person gave it another time.
    if (outcome.state === 'queued' && row.state === 'queued' && row.due_at > Date.now()) return
    if (outcome.state === 'sent')
      return accepted(tx, workspace, row, { refused: outcome.refused, later: outcome.later, line: outcome.serverLine })
    const left = outcome.state === 'uncertain' ? doubtAbout(tx, row, outcome) : row.recipients_left
    const dueAt =
      outcome.state === 'queued'
        ? (outcome.retryAt ?? Date.now() + (waits[Math.min(row.attempts, waits.length) - 1] ?? 30_000))
        : row.due_at
    tx.run(
      'UPDATE outbox SET state = ?, due_at = ?, error = ?, error_detail = ?, server_line = ?, asked = ? WHERE id = ?',
      outcome.state,
      dueAt,
      outcome.error?.code ?? (outcome.state === 'uncertain' ? 'sent-uncertain' : null),
      JSON.stringify(outcome.error?.detail ?? {}),
      outcome.serverLine,
      Number(left !== null),
      row.id,
    )
    // What has left for some is asked about at once: their copy would prove nothing for the others.
    const asked = outcome.state === 'uncertain' && left !== null
    if (outcome.state === 'failed' || asked) waitsForPerson(tx, workspace, row)
    told(tx, row)
  })
}

/**
 * Keeps of a try in doubt whom the server had refused or put off before. @returns its recipients that are left as JSON, those in doubt
 * among them; null: the doubt is about all
 */
function doubtAbout(
  tx: Writer,
  row: OutboxRow,
  { refused, later }: Pick<z.infer<typeof OutboxOutcome>, 'refused' | 'later'>,
): string | null {
  if (refused.length === 0 && later.length === 0) return row.recipients_left
  const all = recipientsOf(tx, row).filter((address) => !refused.includes(address))
  const tried = row.envelope === null ? all : parseTexts(row.envelope)
  const inDoubt = tried.filter((address) => !refused.includes(address) && !later.includes(address))
  const apart = row.recipients_left !== null || later.length > 0
  const left = apart ? JSON.stringify(all) : null
  tx.run(
    'UPDATE outbox SET refused = ?, recipients_left = ?, envelope = ? WHERE id = ?',
    JSON.stringify([...parseTexts(row.refused), ...refused]),
    left,
    apart ? JSON.stringify(inDoubt) : row.envelope,
    row.id,
  )
  return left
}

/** The server of a mailbox answers again: what could not leave for want of it is as if just due, and says so. */
export function reached({ db }: Workspace, mailboxId: number): void {
  const codes = JSON.stringify([...unreachableCodes])
  const waiting = `state = 'queued' AND error IN (SELECT value FROM json_each(?1)) AND (mailbox_id = ?2 OR json_extract(error_detail, '$.lookAt') = ?2)`
  if (!db.read.get(`SELECT 1 FROM outbox WHERE ${waiting}`, codes, mailboxId)) return
  db.write((tx) => {
    for (const row of tx.all<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE ${waiting}`, codes, mailboxId)) {
      tx.run(
        "UPDATE outbox SET error = NULL, error_detail = '{}', server_line = NULL, due_at = ? WHERE id = ?",
        Date.now(),
        row.id,
      )
      told(tx, row)
    }
  })
}

/** Items in doubt for which a copy on the server would prove something, and about which no person has been asked yet. */
export function uncertainJobs(workspace: Workspace, mailboxId: number): { jobs: OutboxJob[] } {
  const rows = workspace.db.read.all<OutboxRow>(
    `SELECT ${outboxColumns} FROM outbox WHERE mailbox_id = ? AND state = 'uncertain' AND asked = 0 ORDER BY id`,
    mailboxId,
  )
  return { jobs: rows.map((row) => jobOf(workspace.db.read, row)) }
}

/** The server has been looked through and has no copy: a person decides now. */
export function lookedInVain(workspace: Workspace, id: number): void {
  workspace.db.write((tx) => {
    const row = outboxRow(tx, id)
    if (row.state !== 'uncertain') return
    tx.run('UPDATE outbox SET asked = 1 WHERE id = ?', id)
    waitsForPerson(tx, workspace, row)
    told(tx, row)
  })
}

export interface SentCopy {
  id: number
  messageId: string
  date: number
  raw: Uint8Array
  tries: number
  throughId: number | null
}

/** The next sent message whose copy is still to be filed, those that were tried least first. `except`: those that rest. */
export function nextCopy(
  workspace: Workspace,
  mailboxId: number,
  except: readonly number[],
): { copy: SentCopy | null } {
  const copy = workspace.db.read.get<SentCopy>(
    'SELECT id, message_id AS messageId, date, raw, copy_tries AS tries, through_id AS throughId FROM outbox JOIN outbox_raw ON outbox_id = id WHERE mailbox_id = ? AND copy = 1 AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY copy_tries, id LIMIT 1',
    mailboxId,
    JSON.stringify(except),
  )
  return { copy: copy ?? null }
}

/**
 * `done`: its copy lies in Sent, or the server files one by itself. Else it is tried again later, ever more seldom (`mail/send/putter`);
 * one that `rests` since the server never took it is told in its conversation.
 */
export function settleCopy(workspace: Workspace, id: number, done: boolean, rests: boolean): void {
  workspace.db.write((tx) => {
    if (done) dropBytes(tx, id)
    else tx.run('UPDATE outbox SET copy_tries = copy_tries + 1 WHERE id = ?', id)
    if (rests) tellUntaken(tx, id)
  })
}
