import { putStatus } from '../conversations/acts'
import { markWork } from '../conversations/summary'
import type { Writer } from '../file/database'
import { statusNumber, statusOf } from '../rows'
import { newestEntity } from '../team/anchors'
import { note } from '../threads/threads'
import type { Workspace } from '../workspace'
import type { OutboxRow } from './outbox-rows'

/** What an item of the outbox changes around it: its conversation's status, the screens that show it, and mail, which sends it. */

/** The conversation's status changes with an item, for the team too. */
export function moveStatus(
  tx: Writer,
  workspace: Workspace,
  conversationId: number,
  before: number,
  after: number,
  by: string,
): void {
  if (before !== after)
    note(tx, conversationId, statusOf(after) === 'open' ? 'opened' : statusNote(after), by, Date.now())
  putStatus(tx, conversationId, after, 1)
  workspace.team.recordOn(tx, conversationId, 'status', {
    status: statusOf(after),
    basis: newestEntity(tx, conversationId),
  })
}

/**
 * Somebody did not get it: that is work again, also when the conversation was closed with it.
 * @returns whether it was; the summary is the caller's to renew
 */
export function reopen(tx: Writer, workspace: Workspace, row: OutboxRow): boolean {
  const { conversation_id: id, status_after: after } = row
  const now = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', id)?.status
  if (now === undefined || now !== after || now === statusNumber('open')) return false
  moveStatus(tx, workspace, id, now, statusNumber('open'), '')
  return true
}

/** Topics of everything that shows an item. */
export function told(tx: Writer, id: number, draftId: number | null, conversationId: number): void {
  markWork(tx, conversationId)
  tx.changes.changed('outbox', id)
  if (draftId !== null) tx.changes.changed('drafts', draftId)
}

function statusNote(status: number): 'closed' | 'pending' | 'spam' {
  const name = statusOf(status)
  return name === 'open' ? 'pending' : name
}

/** mail may be away: it asks for what is due when it comes. */
export function wakeOutbox(workspace: Workspace, mailboxId: number): void {
  workspace
    .mail()
    ?.call('outbox.wake', { mailboxId })
    .catch(() => undefined)
}
