import type { OutboxJob, OutboxOutcome, ParsedMessage } from '../../src-preload/contract/internal'
import type * as z from 'zod'
import { putStatus } from './acts'
import type { Writer } from './database'
import { Batch, contentHash, enter, insertMessage, messageKey } from './messages'
import { finish, jobOf, outboxColumns, outboxRow, type OutboxRow } from './outbox'
import { place } from './places'
import { statusNumber } from './rows'
import { markWork, summarize } from './summary'
import { joinThread } from './thread-join'
import { note } from './threads'
import type { Workspace } from './workspace'

/** Waits between tries, ms; the last one repeats. */
const waits = [30_000, 60_000, 120_000, 300_000, 900_000, 1_800_000]

/**
 * Items that were leaving when a process died. Its bytes are kept before the first of them leaves, so one without
 * bytes has certainly not left; of any other a person, or its copy on the server, decides.
 */
export function recoverSending(workspace: Workspace): void {
  workspace.db.write((tx) => {
    for (const { id, conversation_id: conversationId, raw } of tx.all<{ id: number; conversation_id: number; raw: number }>(
      "SELECT id, conversation_id, raw IS NOT NULL AS raw FROM outbox WHERE state = 'sending'")) {
      tx.run('UPDATE outbox SET state = ?, error = ? WHERE id = ?', raw === 1 ? 'uncertain' : 'queued', raw === 1 ? 'sent-uncertain' : null, id)
      tx.changes.changed('outbox', id)
      markWork(tx, conversationId)
    }
  })
}

/** The next item that is due, marked `sending` on the disk before it is answered: two askers never get the same. */
export function claim(workspace: Workspace, mailboxId: number): { job: OutboxJob | null; nextDueAt: number | null } {
  const now = Date.now()
  const next = workspace.db.read.get<{ id: number; due_at: number; conversation_id: number }>(
    "SELECT id, due_at, conversation_id FROM outbox WHERE mailbox_id = ? AND state = 'queued' ORDER BY due_at LIMIT 1", mailboxId)
  if (!next || next.due_at > now) return { job: null, nextDueAt: next?.due_at ?? null }
  return workspace.db.write((tx) => {
    const job = jobOf(tx, next.id)
    tx.run("UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ?", next.id)
    tx.changes.changed('outbox', next.id)
    markWork(tx, next.conversation_id)
    const later = tx.get<{ due_at: number }>("SELECT due_at FROM outbox WHERE mailbox_id = ? AND state = 'queued' ORDER BY due_at LIMIT 1", mailboxId)
    return { job, nextDueAt: later?.due_at ?? null }
  })
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
      key, content: contentHash(message), date: row.date, place: place.leaving, seen: true, direction: 1, conversationId: conversation.conversationId,
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
    if (row.state === 'sent') return
    if (outcome.state === 'sent') return finish(tx, workspace, row, outcome.refused.length > 0 ? { line: outcome.serverLine } : null)
    const dueAt = outcome.state === 'queued' ? outcome.retryAt ?? Date.now() + (waits[Math.min(row.attempts, waits.length) - 1] ?? 30_000) : row.due_at
    tx.run('UPDATE outbox SET state = ?, due_at = ?, error = ?, error_detail = ?, server_line = ? WHERE id = ?',
      outcome.state, dueAt, outcome.error?.code ?? (outcome.state === 'uncertain' ? 'sent-uncertain' : null), JSON.stringify(outcome.error?.detail ?? {}), outcome.serverLine, row.id)
    if (outcome.state === 'failed') reopenFailed(tx, workspace, row)
    tx.changes.changed('outbox', row.id)
    markWork(tx, row.conversation_id)
  })
}

/** A reply that could not leave is work again, even if the conversation was closed with it. */
function reopenFailed(tx: Writer, workspace: Workspace, row: OutboxRow): void {
  const current = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', row.conversation_id)?.status
  if (current === undefined || current !== row.status_after || current === statusNumber('open')) return
  putStatus(tx, row.conversation_id, statusNumber('open'), 1)
  note(tx, row.conversation_id, 'reopened', '', Date.now())
  summarize(tx, row.conversation_id, workspace.own)
}

export function uncertainJobs(workspace: Workspace, mailboxId: number): { jobs: OutboxJob[] } {
  const rows = workspace.db.read.all<OutboxRow>(`SELECT ${outboxColumns} FROM outbox WHERE mailbox_id = ? AND state = 'uncertain' ORDER BY id`, mailboxId)
  return { jobs: rows.map(({ id }) => jobOf(workspace.db.read, id)) }
}
