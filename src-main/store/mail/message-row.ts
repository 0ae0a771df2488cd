import type { ParsedMessage } from '../../../src-preload/contract/internal'
import type { Shown } from '../conversations/summary'
import type { Writer } from '../file/database'
import { packPeople } from '../rows'
import { normalId } from '../../shared/threading'
import { insertAttachment } from './parts'
import type { Place } from './places'
import type { Workspace } from '../workspace'

/** What is stored of a message, and what it is known by. */

export interface NewMessage {
  readonly key: bigint
  readonly content: Uint8Array
  readonly date: number
  readonly place: Place
  readonly seen: boolean
  readonly direction: 0 | 1
  readonly conversationId: number | null
}

/** What lists show of a message that is about to be stored. */
export function shownOf(message: ParsedMessage, made: Omit<NewMessage, 'conversationId'>): Shown {
  return {
    ...made,
    seen: Number(made.seen),
    subject: message.subject,
    from_name: message.from.name,
    from_address: message.from.address,
    people: peopleText(message),
    snippet: message.snippet,
    auto_kind: message.autoKind,
    attachment_count: filesOf(message),
  }
}

const peopleText = ({ replyTo, to, cc, bcc, deliveredTo = [] }: ParsedMessage): string =>
  packPeople({ replyTo, to, cc, bcc, deliveredTo })
const filesOf = ({ attachments }: ParsedMessage): number => attachments.filter(({ inline }) => !inline).length

/** The message itself with its body and attachments; no thread yet. */
export function insertMessage(tx: Writer, workspace: Workspace, message: ParsedMessage, made: NewMessage): number {
  const id = workspace.messageIds.next(tx, made.date)
  tx.run(
    `INSERT INTO messages(id, conversation_id, key_hash, content_hash, message_id, refs, direction, place, seen, date, from_name, from_address,
       from_suspicious, people, subject, snippet, auto_kind, attachment_count, remote_count, unreadable, raw_size, in_reply_to)
     VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    made.conversationId,
    made.key,
    made.content,
    message.messageId,
    JSON.stringify((message.references.length > 0 ? message.references : message.inReplyTo).slice(-50)),
    made.direction,
    made.place,
    Number(made.seen),
    made.date,
    message.from.name,
    message.from.address,
    Number(message.fromSuspicious),
    peopleText(message),
    message.subject,
    message.snippet,
    message.autoKind,
    filesOf(message),
    message.remoteCount,
    message.unreadable,
    message.rawSize,
    message.inReplyTo[0] ?? null,
  )
  tx.run(
    'INSERT INTO message_bodies(message_id, remote_urls, body, source) VALUES(?, ?, ?, ?)',
    id,
    message.remoteUrls.length === 0 ? null : JSON.stringify(message.remoteUrls),
    message.body,
    message.source,
  )
  for (const file of message.attachments) insertAttachment(tx, id, file)
  return id
}

/** What a message is known by: its Message-ID, or, without one, what its sender wrote; colleagues' acts name it in the same way (team/anchors). */
export function messageKey(workspace: Workspace, message: ParsedMessage): bigint {
  const id = message.messageId === null ? null : normalId(message.messageId)
  return id === null
    ? workspace.hashes.hash('content', Buffer.from(message.contentHash).toString('hex'))
    : workspace.hashes.hash('id', id)
}
