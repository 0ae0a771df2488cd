import { PosternError } from '../../src-preload/contract/errors'
import type {
  Attachment,
  Conversation,
  ConversationRow,
  Message,
  MessageBody,
  OutboxState,
  View,
} from '../../src-preload/contract/mail'
import { unpackSource, unpackView } from '../shared/message-body'
import { comparableSubject } from '../shared/threading'
import type { Reader, Value } from './database'
import { deliveriesIn } from './delivery'
import { draftIn } from './drafts'
import { fieldsOf } from './fields'
import { answerFrom, senders, type From } from './identities'
import { notesOf } from './notes'
import { itemsOf, outboxStateOf } from './outbox-rows'
import { partOf } from './parts'
import { peopleBook, type PeopleBook } from './people'
import { place, shownPlaces } from './places'
import { autoKindOf, parseIds, parsePeople, parseTexts, statusNumber, statusOf } from './rows'
import { hasFormer, isChecking } from './renumbering'
import { survivorOf } from './threads'
import type { Index } from './search'
import { filterOf, viewNamed } from './views'
import { conflictsOf, workOf } from './work'

interface Row {
  id: number
  subject: string
  people: string
  message_count: number
  unread: number
  status: number
  last_at: number
  snippet: string
  last_from_team: string | null
  attachment_count: number
  mailbox_ids: string
  has_draft: number
  outbox_state: string | null
  outbox_error: string | null
  assignee: string | null
  tags: string
  snoozed_until: number | null
  labels: string
}

export interface ListQuery {
  readonly view: View
  readonly mailboxId: number | null
  /** Only conversations with this tag. */
  readonly tag?: string | null
  /** Only conversations with this label of the mail server. */
  readonly label?: string | null
  /** A saved view; then `view` means nothing. */
  readonly saved?: string | null
  readonly order: 'newest' | 'oldest'
  readonly unreadOnly: boolean
}

const inMailbox = 'EXISTS(SELECT 1 FROM conversation_mailboxes m WHERE m.conversation_id = l.id AND m.mailbox_id = ?)'
const inbox = 'l.hidden = 0 AND l.status = 0'
/** Views beside the statuses: each has an index of its own. */
const ofWork = {
  unassigned: `${inbox} AND l.assignee IS NULL`,
  // By the device before there was a team, by the member since.
  mine: `${inbox} AND l.assignee IN (?, (SELECT member FROM team_devices WHERE device = ?))`,
  assigned: `${inbox} AND l.assignee IS NOT NULL`,
  mentions:
    'l.hidden <> 1 AND l.id IN (SELECT conversation_id FROM conversation_people WHERE mentioned_at > 0 AND member IN (?, (SELECT member FROM team_devices WHERE device = ?)))',
  followed:
    'l.hidden <> 1 AND l.id IN (SELECT conversation_id FROM conversation_people WHERE follows = 1 AND member IN (?, (SELECT member FROM team_devices WHERE device = ?)))',
  snoozed: 'l.hidden = 2',
  drafts: 'l.has_draft = 1',
  outbox: 'l.outbox_state IS NOT NULL',
} as const
const isMine = (view: View): boolean => view === 'mine' || view === 'mentions' || view === 'followed'
const isOfWork = (view: View): view is keyof typeof ofWork => Object.hasOwn(ofWork, view)

interface Listed {
  readonly from: string
  readonly id: string
  readonly where: string
  readonly params: Value[]
  /** Counted by triggers in `view_counts`. */ readonly counted: boolean
}

/**
 * Tables and conditions of a list; all but rare combinations are answered from one index, in its order. The planner takes "not
 * null" for no condition at all, and a list for too many, so it is told which. `me`: id of this device; '': a support session,
 * which reads views and has no index to name.
 */
function listed({ view, mailboxId, tag = null, label = null, unreadOnly }: ListQuery, me: string): Listed {
  const unread = unreadOnly ? ' AND l.unread = 1' : ''
  // All that bears it, archived mail too, as the server's own screens show it.
  if (label !== null && view === 'inbox') {
    const also = `${unreadOnly ? ' AND EXISTS(SELECT 1 FROM conversations c WHERE c.id = l.conversation_id AND c.unread = 1)' : ''}${mailboxId === null ? '' : ` AND ${inMailbox.replace('l.id', 'l.conversation_id')}`}`
    return {
      from: 'conversation_labels l',
      id: 'l.conversation_id',
      where: `l.label = ? AND l.listed = 1${also}`,
      params: [label, ...(mailboxId === null ? [] : [mailboxId])],
      counted: false,
    }
  }
  const status = statusNumber(view === 'inbox' ? 'open' : isOfWork(view) ? 'open' : view)
  if (tag !== null && view === 'inbox' && mailboxId === null && !unreadOnly) {
    return {
      from: 'conversation_tags l',
      id: 'l.conversation_id',
      where: 'l.tag = ? AND l.listed = 1',
      params: [tag],
      counted: false,
    }
  }
  if (isOfWork(view) || tag !== null) {
    const params: Value[] = isMine(view) ? [me, me] : isOfWork(view) ? [] : [status]
    let where = `${isOfWork(view) ? ofWork[view] : 'l.hidden = 0 AND l.status = ?'}${unread}`
    if (mailboxId !== null) {
      where += ` AND ${inMailbox}`
      params.push(mailboxId)
    }
    if (tag !== null) {
      where += ' AND EXISTS(SELECT 1 FROM conversation_tags t WHERE t.conversation_id = l.id AND t.tag = ?)'
      params.push(tag)
    }
    const index =
      me === ''
        ? ''
        : view === 'assigned'
          ? ' INDEXED BY conversations_assigned'
          : view === 'mine'
            ? ' INDEXED BY conversations_by_assignee'
            : ''
    return { from: `conversations l${index}`, id: 'l.id', where, params, counted: false }
  }
  if (mailboxId === null)
    return {
      from: 'conversations l',
      id: 'l.id',
      where: `l.hidden = 0 AND l.status = ?${unread}`,
      params: [status],
      counted: true,
    }
  return {
    from: 'conversation_mailboxes l',
    id: 'l.conversation_id',
    where: `l.mailbox_id = ? AND l.hidden = 0 AND l.status = ?${unread}`,
    params: [mailboxId, status],
    counted: true,
  }
}

/** The same for a saved view too, whose conditions are looked up. @throws PosternError `not-found` for a view that is gone */
function listedBy(read: Reader, index: Index | null, query: ListQuery, me: string): Listed {
  if ((query.saved ?? null) === null) return listed(query, me)
  const { where, params } = filterOf(read, index, viewNamed(read, me, query.saved ?? '').conditions, me, Date.now())
  return {
    from: 'conversations l',
    id: 'l.id',
    where: `${where}${query.unreadOnly ? ' AND l.unread = 1' : ''}`,
    params,
    counted: false,
  }
}

/** The SQL of a page of a list, apart so that a test can look at its plan. */
export function listSql(query: ListQuery, me = '', by: Listed = listed(query, me)): { sql: string; params: Value[] } {
  const { from, id, where, params } = by
  const way = query.order === 'newest' ? 'DESC' : 'ASC'
  // Skipping to the offset reads the index only; rows are fetched for the page alone.
  return {
    sql: `SELECT ${id} AS id FROM ${from} WHERE ${where} ORDER BY l.last_at ${way}, ${id} ${way} LIMIT ? OFFSET ?`,
    params,
  }
}

export function listConversations(
  read: Reader,
  query: ListQuery & { offset: number; limit: number },
  me = '',
  index: Index | null = null,
): { rows: ConversationRow[]; total: number } {
  const by = listedBy(read, index, query, me)
  const { sql, params } = listSql(query, me, by)
  const ids = read.all<{ id: number }>(sql, ...params, query.limit, query.offset)
  const person = peopleBook(read, me)
  const renumbered = hasFormer(read)
  const rows = ids.flatMap(({ id }) => {
    const row = read.get<Row>(
      `SELECT id, subject, people, message_count, unread, status, last_at, snippet, last_from_team, attachment_count, mailbox_ids, has_draft, outbox_state, outbox_error, assignee, tags, labels, snoozed_until
       FROM conversations WHERE id = ?`,
      id,
    )
    return row ? [rowOf(read, row, person, renumbered && isChecking(read, id))] : []
  })
  return { rows, total: countListed(read, query, by) }
}

function countListed(read: Reader, query: ListQuery, { from, where, params, counted: byTriggers }: Listed): number {
  if (!byTriggers) return read.get<{ n: number }>(`SELECT count(*) AS n FROM ${from} WHERE ${where}`, ...params)?.n ?? 0
  const counted = read.get<{ total: number; unread: number }>(
    'SELECT total, unread FROM view_counts WHERE mailbox_id = ? AND status = ?',
    query.mailboxId ?? 0,
    statusNumber(query.view === 'inbox' || isOfWork(query.view) ? 'open' : query.view),
  )
  return (query.unreadOnly ? counted?.unread : counted?.total) ?? 0
}

function rowOf(read: Reader, row: Row, person: PeopleBook, checking: boolean): ConversationRow {
  return {
    id: row.id,
    subject: row.subject,
    people: parseTexts(row.people),
    messageCount: row.message_count,
    unread: row.unread === 1,
    status: statusOf(row.status),
    lastAt: row.last_at,
    snippet: row.snippet,
    lastFromTeam: row.last_from_team,
    attachmentCount: row.attachment_count,
    mailboxIds: parseIds(row.mailbox_ids),
    hasDraft: row.has_draft === 1,
    outbox: row.outbox_state === null ? null : outboxStateOf(row.outbox_state),
    outboxError: row.outbox_error,
    labels: parseTexts(row.labels),
    checking,
    ...workOf(read, person, row),
  }
}

/** Where a conversation stands in a list, from 0; -1 when it is not in it. */
export function positionOf(
  read: Reader,
  query: ListQuery & { id: number },
  me = '',
  index: Index | null = null,
): number {
  const { from, id, where, params } = listedBy(read, index, query, me)
  const wanted = survivorOf(read, query.id)
  const own = read.get<{ last_at: number }>(
    `SELECT l.last_at FROM ${from} WHERE ${where} AND ${id} = ?`,
    ...params,
    wanted,
  )
  if (!own) return -1
  const before = query.order === 'newest' ? '>' : '<'
  return (
    read.get<{ n: number }>(
      `SELECT count(*) AS n FROM ${from} WHERE ${where} AND (l.last_at, ${id}) ${before} (?, ?)`,
      ...params,
      own.last_at,
      wanted,
    )?.n ?? 0
  )
}

interface Counts {
  views: Record<View, number>
  unread: number
  mailboxes: { id: number; open: number; unread: number }[]
}

export function getCounts(read: Reader, me = ''): Counts {
  const rows = read.all<{ mailbox_id: number; status: number; total: number; unread: number }>(
    'SELECT mailbox_id, status, total, unread FROM view_counts',
  )
  const of = (mailboxId: number, status: number): { total: number; unread: number } =>
    rows.find((row) => row.mailbox_id === mailboxId && row.status === status) ?? { total: 0, unread: 0 }
  const all = (view: 'open' | 'pending' | 'closed' | 'spam'): number => of(0, statusNumber(view)).total
  const n = (sql: string, ...params: Value[]): number => read.get<{ n: number }>(sql, ...params)?.n ?? 0
  const work = (view: keyof typeof ofWork): number => {
    const query: ListQuery = { view, mailboxId: null, order: 'newest', unreadOnly: false }
    return countListed(read, query, listed(query, me))
  }
  const assigned = work('assigned')
  const open = statusNumber('open')
  return {
    views: {
      inbox: all('open'),
      unassigned: Math.max(0, all('open') - assigned),
      mine: work('mine'),
      assigned,
      // Those that nobody has looked at since; what was read may be forgotten.
      mentions: n(
        `SELECT count(*) AS n FROM conversations l WHERE l.hidden <> 1 AND l.id IN (SELECT conversation_id FROM conversation_people WHERE mentioned_at > seen_at AND member IN (?, (SELECT member FROM team_devices WHERE device = ?)))`,
        me,
        me,
      ),
      followed: work('followed'),
      snoozed: work('snoozed'),
      pending: all('pending'),
      closed: all('closed'),
      spam: all('spam'),
      drafts: n("SELECT count(*) AS n FROM drafts WHERE state = 'open'"),
      outbox: n("SELECT count(*) AS n FROM outbox WHERE state <> 'sent'"),
    },
    unread: of(0, open).unread,
    mailboxes: read
      .all<{ id: number }>('SELECT id FROM mailboxes WHERE removing = 0 ORDER BY id')
      .map(({ id }) => ({ id, open: of(id, open).total, unread: of(id, open).unread })),
  }
}

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

export function getConversation(read: Reader, id: number, me = ''): Conversation {
  const current = survivorOf(read, id)
  const row = read.get<Row & { version: number; customer_id: number | null }>(
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
  act_id: number | null
  other_id: number | null
  subject: string | null
}

function historyOf(read: Reader, conversationId: number): Conversation['history'] {
  return read
    .all<HistoryRow>(
      `SELECT h.at, h.kind, h.by, h.detail, a.id AS act_id, iif(h.kind = 'split-off', a.conversation_id, a.other_id) AS other_id, c.subject
     FROM history h LEFT JOIN thread_acts a ON a.id = h.act_id LEFT JOIN conversations c ON c.id = iif(h.kind = 'split-off', a.conversation_id, a.other_id)
     WHERE h.conversation_id = ?1 AND NOT (h.kind = 'answered-elsewhere' AND EXISTS(SELECT 1 FROM messages m WHERE m.conversation_id = ?1 AND m.direction = 1 AND m.date >= CAST(h.detail AS INTEGER)))
     ORDER BY h.id`,
      conversationId,
    )
    .map(({ act_id: id, other_id: otherId, subject, ...line }) => ({
      ...line,
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
