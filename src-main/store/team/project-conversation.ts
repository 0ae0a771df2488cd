import * as z from 'zod'
import { Status } from '../../../src-preload/contract/mail'
import { putStatus } from '../conversations/acts'
import type { Reader } from '../file/database'
import { shownPlaces } from '../mail/places'
import { statusNumber } from '../rows'
import { summarize } from '../conversations/summary'
import { note } from '../threads/threads'
import type { Workspace } from '../workspace'
import { keyHashOf } from './anchors'
import type { Changed } from './log'
import { nameOfDevice } from './members'
import { standingWrite } from './state'

const StatusValue = z.object({ status: Status, basis: z.string().nullable() })

/** A conversation's status by the team's acts and by what came in since. */
export function projectConversation({ tx, workspace, group, rows, fields, own, quiet }: Changed): void {
  const { conversationId } = group
  if (conversationId === null) return
  tx.changes.changed('conversations', conversationId)
  if (own || !fields.has('status')) return
  const stands = standingWrite(rows, 'status')
  const value = StatusValue.safeParse(stands?.value)
  if (!stands || !value.success) return
  const status =
    reopened(tx, workspace, conversationId, value.data.basis) &&
    (value.data.status === 'closed' || value.data.status === 'pending')
      ? 'open'
      : value.data.status
  const before = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', conversationId)
  if (!before || before.status === statusNumber(status)) return
  putStatus(tx, conversationId, statusNumber(status), 1)
  // That somebody set it is told in its own line.
  if (!quiet && status !== value.data.status)
    note(tx, conversationId, 'reopened', nameOfDevice(tx, stands.device), stands.at)
  summarize(tx, conversationId, workspace.own)
}

/** Whether a person wrote after the message that was the newest when it was closed. */
function reopened(read: Reader, workspace: Workspace, conversationId: number, basis: string | null): boolean {
  if (basis === null) return false
  const last = read.get<{ date: number }>(
    'SELECT date FROM messages WHERE key_hash = ?',
    keyHashOf(workspace.hashes, basis),
  )
  if (!last) return false
  return (
    read.get(
      `SELECT 1 FROM messages WHERE conversation_id = ? AND direction = 0 AND date > ? AND place IN ${shownPlaces} AND auto_kind NOT IN ('auto-reply', 'bounce')`,
      conversationId,
      last.date,
    ) !== undefined
  )
}
