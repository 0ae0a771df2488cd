import type { ServerOp } from '../../../src-preload/contract/internal'
import type { Reader, Writer } from '../file/database'
import { teamInfo } from '../team/team-info'
import { note } from '../threads/threads'

/** What ordinary mail programs beside us did: mail is the truth for mail, so it is told and changes no status. */

interface Flagged {
  readonly direction: number
  readonly date: number
  readonly seen: number
  readonly conversation_id: number | null
}

/** A team's consoles set it with \Seen, so that what they read is told from what another program read. */
const readHere = '$PosternRead'

/** The flags of an act as they go to the server. */
export const flagsToSend = (read: Reader, flag: string): string[] =>
  flag === '\\Seen' && teamInfo(read) ? [flag, readHere] : [flag]

/**
 * The server says that somebody else read or answered a message. Postern marks nothing as answered itself. In a team colleagues'
 * consoles mark mail as read too: theirs bears a keyword. Where the server keeps none, nothing tells them from other programs, and
 * reading is told by who is here only.
 * @param now all its flags; `keywords`: the server keeps any keyword
 */
export function toldByServer(
  tx: Writer,
  messageId: number,
  turnedOn: { readonly seen: boolean; readonly answered: boolean },
  now: readonly string[],
  keywords: boolean,
): void {
  const message = tx.get<Flagged>('SELECT direction, date, seen, conversation_id FROM messages WHERE id = ?', messageId)
  if (!message || message.direction === 1 || message.conversation_id === null) return
  const { conversation_id: id, date } = message
  if (turnedOn.answered) note(tx, id, 'answered-elsewhere', '', Date.now(), null, String(date))
  // Only of the newest message, and only the last time.
  if (
    !turnedOn.seen ||
    byColleague(tx, now, keywords) ||
    tx.get('SELECT 1 FROM messages WHERE conversation_id = ? AND direction = 0 AND date > ?', id, date)
  )
    return
  tx.run("DELETE FROM history WHERE conversation_id = ? AND kind = 'read-elsewhere'", id)
  note(tx, id, 'read-elsewhere', '', Date.now())
}

const byColleague = (tx: Reader, flags: readonly string[], keywords: boolean): boolean =>
  teamInfo(tx) !== null && (!keywords || flags.some((flag) => flag.toLowerCase() === readHere.toLowerCase()))

const refusedLine = {
  'add-flags': 'flag-refused',
  'remove-flags': 'flag-refused',
  'add-label': 'label-refused',
  'remove-label': 'label-refused',
  move: 'move-refused',
} as const

/** The server refused what a person did with mail of a conversation, and it was taken back here: that is told where it was done. */
export function toldRefused(tx: Writer, conversationId: number, kind: ServerOp['kind'], flag: string | null): void {
  note(tx, conversationId, refusedLine[kind], '', Date.now(), null, kind.endsWith('-label') ? (flag ?? '') : '')
  tx.changes.changed('conversations', conversationId)
}
