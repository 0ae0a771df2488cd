import { addressKey } from '../rows'
import { putMovedTo } from '../conversations/move-mailbox'
import { note } from '../threads/threads'
import type { Changed } from './log'
import { nameOfDevice } from './members'

/** To which mailbox a colleague moved a conversation; who moved it moves its mail. */
export function projectMailbox({ tx, group, rows, fields, own, quiet }: Changed): void {
  const { conversationId: id } = group
  const stands = rows.find(({ field, rank }) => field === 'mailbox' && rank === 0)
  if (id === null || own || !fields.has('mailbox') || typeof stands?.value !== 'string') return
  const mailbox = tx.get<{ id: number; name: string }>(
    'SELECT id, name FROM mailboxes WHERE address_key = ? AND removing = 0',
    addressKey(stands.value),
  )
  const before = tx.get<{ moved_to: number | null }>('SELECT moved_to FROM conversations WHERE id = ?', id)
  if (!mailbox || !before || before.moved_to === mailbox.id) return
  putMovedTo(tx, id, mailbox.id)
  if (!quiet) note(tx, id, 'moved', nameOfDevice(tx, stands.device), stands.at, null, mailbox.name)
}
