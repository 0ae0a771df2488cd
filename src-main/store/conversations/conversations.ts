import { PosternError } from '../../../src-preload/contract/errors'
import type { Attachment, Conversation, Message, MessageBody, OutboxState } from '../../../src-preload/contract/mail'
import { unpackSource, unpackView } from '../../shared/message-body'
import { comparableSubject } from '../../shared/threading'
import type { Reader } from '../file/database'
import { deliveriesIn } from '../outbox/delivery'
import { draftIn } from '../outbox/drafts'
import { fieldsOf } from './fields'
import { answerFrom, senders, type From } from '../outbox/identities'
import { notesOf } from './notes'
import { numberOfConversation } from './number'
import { itemsOf } from '../outbox/outbox-rows'
import { partOf } from '../mail/parts'
import { peopleBook, type PeopleBook } from './people'
import { place, shownPlaces } from '../mail/places'
import { autoKindOf, parseIds, parsePeople, parseTexts, statusOf } from '../rows'
import { isChecking } from '../mail/renumbering'
import { survivorOf } from '../threads/threads'
import { conflictsOf, workOf } from './work'
import type { ListedRow } from './conversation-list'

interface MessageRow {
  id: number
  conversation_id: number
  direction: number
  date: number
  seen: number
  from_name: string
  from_address: string
  from_suspicious: number
  people: string
  subject: string
  snippet: string
  auto_kind: string
  remote_count: number
  remote_allowed: number
  unreadable: string | null
  part: number
  raw_size: number
  returned: number
  place: number
  elsewhere: number
}
interface FileRow {
  id: number
  message_id: number
  name: string
  type: string
  size: number
  inline: number
  content_id: string | null
  dangerous: number
}

/** Bodies that come along with the conversation: the last ones and the unread ones, unless they are very large. */
const openBodies = 3
const largestOpenBody = 256 * 1024

/** A conversation with all that is shown in it, or the one that it went into. @throws PosternError `not-found` */
export function getConversation(read: Reader, id: number, me = ''): Conversation {
  const current = survivorOf(read, id)
  const row = read.get<ListedRow & { version: number; customer_id: number | null }>(
    'SELECT * FROM conversations WHERE id = ?',
    current,
  )
  if (!row) throw new PosternError('not-found', 'no such conversation')
  const messages = read.all<MessageRow>(
    `SELECT id, conversation_id, direction, date, seen, from_name, from_address, from_suspicious, people, subject, snippet, auto_kind, remote_count, remote_allowed, unreadable, part, raw_size, returned, place, elsewhere
     FROM messages WHERE conversation_id = ? AND place IN ${shownPlaces} ORDER BY date, id`,
    current,
  )
  const files = Map.groupBy(
    read.all<FileRow>(
      `SELECT a.id, a.message_id, a.name, a.type, a.size, a.inline, a.content_id, a.dangerous FROM messages m JOIN attachments a ON a.message_id = m.id
     WHERE m.conversation_id = ? ORDER BY a.id`,
      current,
    ),
    ({ message_id: messageId }) => messageId,
  )
  const person = peopleBook(read, me)
  const ours = senders(read)
  const newSubjects = subjectsThatAreNew(read, current, messages)
  return {
    id: current,
    number: numberOfConversation(read, current),
    subject: row.subject,
    status: statusOf(row.status),
    version: row.version,
    mailboxIds: parseIds(row.mailbox_ids),
    customerId: row.customer_id,
    labels: parseTexts(row.labels),
    checking: isChecking(read, current),
    ...workOf(read, person, row),
    conflicts: conflictsOf(read, person, current),
    messages: messages.map((message, index) => {
      const opened = index >= messages.length - openBodies || (message.direction === 0 && message.seen === 0)
      return messageOf(
        message,
        files.get(message.id) ?? [],
        opened ? openBody(read, message.id) : null,
        newSubjects.has(message.id),
        opened ? answerFrom(read, message, ours) : null,
      )
    }),
    deliveries: deliveriesIn(read, current),
    fields: fieldsOf(read, current),
    ...peopleIn(read, current, person, me),
    notes: notesOf(read, current),
    outbox: itemsOf(read, current),
    draft: draftIn(read, current),
    history: historyOf(read, current),
    partly: false,
  }
}

/** Who follows it, and whether a mention waits for the person at this window. */
function peopleIn(
  read: Reader,
  id: number,
  person: PeopleBook,
  me: string,
): Pick<Conversation, 'followers' | 'mentioned'> {
  const rows = read.all<{ member: string; follows: number; waits: number }>(
    'SELECT member, follows, mentioned_at > seen_at AS waits FROM conversation_people WHERE conversation_id = ? ORDER BY member',
    id,
  )
  const self = person(me).id
  return {
    followers: rows.filter(({ follows }) => follows === 1).map(({ member }) => person(member)),
    mentioned: rows.some(({ member, waits }) => waits === 1 && (member === self || member === me)),
  }
}

/** Messages from outside whose subject was not there before, unless a person has put or kept them here. */
function subjectsThatAreNew(
  read: Reader,
  conversationId: number,
  messages: readonly MessageRow[],
): ReadonlySet<number> {
  const known = new Set<string>()
  const fresh: number[] = []
  for (const message of messages) {
    const subject = comparableSubject(message.subject)
    if (
      known.size > 0 &&
      subject !== '' &&
      !known.has(subject) &&
      message.direction === 0 &&
      message.auto_kind === 'none'
    )
      fresh.push(message.id)
    known.add(subject)
  }
  if (fresh.length === 0) return new Set()
  const put = new Set(
    read
      .all<{ id: number }>(
        'SELECT m.id FROM messages m JOIN thread_pins p ON p.key_hash = m.key_hash JOIN thread_acts a ON a.id = p.act_id AND a.undone = 0 WHERE m.conversation_id = ?',
        conversationId,
      )
      .map(({ id }) => id),
  )
  return new Set(fresh.filter((id) => !put.has(id)))
}

interface HistoryRow {
  at: number
  kind: Conversation['history'][number]['kind']
  by: string
  detail: string
  taken_back: number
  act_id: number | null
  other_id: number | null
  subject: string | null
}

function historyOf(read: Reader, conversationId: number): Conversation['history'] {
  return read
    .all<HistoryRow>(
      `SELECT h.at, h.kind, h.by, h.detail, h.taken_back, a.id AS act_id, iif(h.kind = 'split-off', a.conversation_id, a.other_id) AS other_id, c.subject
     FROM history h LEFT JOIN thread_acts a ON a.id = h.act_id LEFT JOIN conversations c ON c.id = iif(h.kind = 'split-off', a.conversation_id, a.other_id)
     WHERE h.conversation_id = ?1 AND NOT (h.kind = 'answered-elsewhere' AND EXISTS(SELECT 1 FROM messages m WHERE m.conversation_id = ?1 AND m.direction = 1 AND m.date >= CAST(h.detail AS INTEGER)))
     ORDER BY h.id`,
      conversationId,
    )
    .map(({ act_id: id, other_id: otherId, subject, taken_back: back, ...line }) => ({
      ...line,
      takenBack: back === 1,
      act: id === null || otherId === null ? null : { id, otherId, otherSubject: subject ?? '' },
    }))
}

const liesIn = (where: number): Message['lies'] =>
  where === place.trash ? 'trash' : where === place.junk ? 'junk' : where === place.gone ? 'gone' : null

function messageOf(
  row: MessageRow,
  files: readonly FileRow[],
  body: MessageBody | null,
  newSubject: boolean,
  from: From | null,
): Message {
  const { deliveredTo: _deliveredTo, ...people } = parsePeople(row.people)
  return {
    id: row.id,
    conversationId: row.conversation_id,
    direction: row.direction === 1 ? 'out' : 'in',
    from: { name: row.from_name, address: row.from_address },
    fromSuspicious: row.from_suspicious === 1,
    ...people,
    subject: row.subject,
    date: row.date,
    snippet: row.snippet,
    seen: row.seen === 1 || row.direction === 1,
    autoKind: autoKindOf(row.auto_kind),
    returned: row.returned === 1,
    attachments: files.map(attachmentOf),
    remoteCount: row.remote_count,
    remoteAllowed: row.remote_allowed === 1,
    newSubject,
    part: partOf(row.part),
    rawSize: row.raw_size,
    elsewhere: row.elsewhere === 1,
    lies: liesIn(row.place),
    unreadable: row.unreadable,
    answerFrom: from,
    body,
  }
}

function attachmentOf(row: FileRow): Attachment {
  return {
    id: row.id,
    messageId: row.message_id,
    name: row.name,
    type: row.type,
    size: row.size,
    inline: row.inline === 1,
    contentId: row.content_id,
    dangerous: row.dangerous === 1,
  }
}

function openBody(read: Reader, messageId: number): MessageBody | null {
  const row = read.get<{ body: Buffer }>(
    'SELECT body FROM message_bodies WHERE message_id = ? AND length(body) <= ?',
    messageId,
    largestOpenBody,
  )
  if (!row) return null
  const view = unpackView(row.body)
  return view.text.length + (view.html?.length ?? 0) <= largestOpenBody ? view : null
}

export function messageBody(read: Reader, messageId: number): MessageBody {
  const row = read.get<{ body: Buffer }>('SELECT body FROM message_bodies WHERE message_id = ?', messageId)
  if (!row) throw new PosternError('not-found', 'no such message')
  return unpackView(row.body)
}

/** Beyond this the source is of no use on a screen; it is whole in the database. */
const shownSource = 2 * 2 ** 20

export function messageSource(read: Reader, messageId: number): { source: string; cut: boolean } {
  const row = read.get<{ body: Buffer; source: Buffer | null }>(
    'SELECT body, source FROM message_bodies WHERE message_id = ?',
    messageId,
  )
  if (!row) throw new PosternError('not-found', 'no such message')
  const raw = unpackSource(row.body, row.source)
  return {
    source: Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, shownSource)).toString('utf8'),
    cut: raw.byteLength > shownSource,
  }
}

export type { OutboxState }
