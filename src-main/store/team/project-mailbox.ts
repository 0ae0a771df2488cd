import { addressKey } from '../../../src-preload/contract/address'
import { putMovedTo } from '../conversations/move-mailbox'
import type { Changed } from './log'
import { standingWrite } from './state'

/** To which mailbox a colleague moved a conversation; who moved it moves its mail. */
export function projectMailbox({ tx, group, rows, fields, own }: Changed): void {
  const { conversationId: id } = group
  const stands = standingWrite(rows, 'mailbox')
  if (id === null || own || !fields.has('mailbox') || typeof stands?.value !== 'string') return
  const mailbox = tx.get<{ id: number }>(
    'SELECT id FROM mailboxes WHERE address_key = ? AND removing = 0',
    addressKey(stands.value),
  )
  const before = tx.get<{ moved_to: number | null }>('SELECT moved_to FROM conversations WHERE id = ?', id)
  if (!mailbox || !before || before.moved_to === mailbox.id) return
  putMovedTo(tx, id, mailbox.id)
}
