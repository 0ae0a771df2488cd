import type { Writer } from '../file/database'
import { teamInfo } from '../team/team-info'
import { note } from '../threads/threads'

/** What ordinary mail programs beside us did: mail is the truth for mail, so it is told and changes no status. */

interface Flagged {
  readonly direction: number
  readonly date: number
  readonly seen: number
  readonly conversation_id: number | null
}

/**
 * The server says that somebody else read or answered a message. Postern marks nothing as answered itself. In a team colleagues'
 * consoles mark mail as read too and nothing tells them from other programs, so there reading is told by who is here only.
 */
export function toldByServer(
  tx: Writer,
  messageId: number,
  turnedOn: { readonly seen: boolean; readonly answered: boolean },
): void {
  const message = tx.get<Flagged>('SELECT direction, date, seen, conversation_id FROM messages WHERE id = ?', messageId)
  if (!message || message.direction === 1 || message.conversation_id === null) return
  const { conversation_id: id, date } = message
  if (turnedOn.answered) note(tx, id, 'answered-elsewhere', '', Date.now(), null, String(date))
  // Only of the newest message, and only the last time.
  if (
    !turnedOn.seen ||
    teamInfo(tx) ||
    tx.get('SELECT 1 FROM messages WHERE conversation_id = ? AND direction = 0 AND date > ?', id, date)
  )
    return
  tx.run("DELETE FROM history WHERE conversation_id = ? AND kind = 'read-elsewhere'", id)
  note(tx, id, 'read-elsewhere', '', Date.now())
}
