import * as z from 'zod'
import { putStatus } from '../conversations/acts'
import { markWork } from '../conversations/summary'
import type { Writer } from '../file/database'
import { statusNumber, statusOf } from '../rows'
import { newestEntity } from '../team/anchors'
import { nameOfDevice } from '../team/members'
import { backTo, type Dot } from '../team/reduce'
import { note, takeBackLine } from '../threads/threads'
import type { Workspace } from '../workspace'
import type { OutboxRow } from './outbox-rows'

/** What an item of the outbox changes around it: its conversation's status, the screens that show it, and mail, which sends it. */

/** The line in the thread and the team event that tell of a status. */
const Told = z.object({
  line: z.int().nullable(),
  dot: z.object({ device: z.string(), seq: z.int(), idx: z.int() }).nullable(),
})
type Told = z.infer<typeof Told>

/** The conversation's status changes with an item, for the team too. @returns what tells of it */
function moveStatus(
  tx: Writer,
  workspace: Workspace,
  conversationId: number,
  before: number,
  after: number,
  by: string,
): Told {
  const line =
    before === after
      ? null
      : note(tx, conversationId, statusOf(after) === 'open' ? 'opened' : statusNote(after), by, Date.now())
  return { line, dot: putAndRecord(tx, workspace, conversationId, after) }
}

function putAndRecord(
  tx: Writer,
  workspace: Workspace,
  conversationId: number,
  status: number,
  back: Dot | null = null,
): Dot | null {
  putStatus(tx, conversationId, status, 1)
  return workspace.team.recordOn(tx, conversationId, 'status', {
    status: statusOf(status),
    basis: newestEntity(tx, conversationId),
    ...backTo(back),
  })
}

/** The status that comes with an item that is sent. @param before the status until now */
export function moveWith(
  tx: Writer,
  workspace: Workspace,
  item: Pick<OutboxRow, 'id' | 'conversation_id' | 'status_after'>,
  before: number,
  by: string,
): void {
  const told = moveStatus(tx, workspace, item.conversation_id, before, item.status_after, by)
  tx.run('UPDATE outbox SET status_told = ? WHERE id = ?', JSON.stringify(told), item.id)
}

/** That status is taken back with the item, unless somebody has set another since; the line that told of it says so. */
export function moveBack(tx: Writer, workspace: Workspace, row: OutboxRow): void {
  const { conversation_id: id, status_before: before, status_after: after } = row
  const now = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', id)?.status
  if (now !== after || now === before) return
  const { line, dot } = row.status_told === null ? { line: null, dot: null } : Told.parse(JSON.parse(row.status_told))
  if (line === null) {
    moveStatus(tx, workspace, id, now, before, nameOfDevice(tx, workspace.device.id))
    return
  }
  putAndRecord(tx, workspace, id, before, dot)
  takeBackLine(tx, line)
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
