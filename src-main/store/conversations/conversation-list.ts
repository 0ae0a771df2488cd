import type { ConversationRow, View } from '../../../src-preload/contract/mail'
import type { Reader, Value } from '../file/database'
import { outboxStateOf } from '../outbox/outbox-rows'
import { peopleBook, type PeopleBook } from './people'
import { parseIds, parseTexts, statusNumber, statusOf } from '../rows'
import { hasFormer, isChecking } from '../mail/renumbering'
import { survivorOf } from '../threads/threads'
import type { Index } from '../search/search'
import { membersOf, type ViewQuery } from './view-members'
import { filterOf, viewNamed } from './views'
import { workOf } from './work'

/** The columns of a conversation that lists show. */
export interface ListedRow {
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
  undelivered: number
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
  // Of a group that was taken out of use too: somebody has to look after what it had.
  groups: `${inbox} AND l.assignee IN (SELECT 'g:' || substr(owner, 7) FROM team_state WHERE owner >= 'group:' AND owner < 'group;' AND field = 'members' AND rank = 0 AND element IN (?, (SELECT member FROM team_devices WHERE device = ?)))`,
  assigned: `${inbox} AND l.assignee IS NOT NULL`,
  mentions:
    'l.hidden <> 1 AND l.id IN (SELECT conversation_id FROM conversation_people WHERE mentioned_at > 0 AND member IN (?, (SELECT member FROM team_devices WHERE device = ?)))',
  followed:
    'l.hidden <> 1 AND l.id IN (SELECT conversation_id FROM conversation_people WHERE follows = 1 AND member IN (?, (SELECT member FROM team_devices WHERE device = ?)))',
  snoozed: 'l.hidden = 2',
  drafts: 'l.has_draft = 1',
  outbox: 'l.outbox_state IS NOT NULL',
} as const
const isMine = (view: View): boolean => ['mine', 'groups', 'mentions', 'followed'].includes(view)
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
  // A support session is nobody of the team.
  if (isMine(view) && me === '') return { from: 'conversations l', id: 'l.id', where: '0', params: [], counted: false }
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
          : view === 'mine' || view === 'groups'
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

export interface Page {
  rows: ConversationRow[]
  total: number
}

export function listConversations(read: Reader, query: ListQuery & { offset: number; limit: number }, me = ''): Page {
  const by = listed(query, me)
  const total = countListed(read, query, by)
  // What a support session is shown and what it is told of counts are two views: they need not agree to the row.
  const ids = idsOfPage(read, query, by, me === '' ? Infinity : total)
  return { rows: rowsOf(read, ids, me), total }
}

/** Skipping costs by the row: a page of the second half is read from the list's end. */
function idsOfPage(
  read: Reader,
  query: ListQuery & { offset: number; limit: number },
  by: Listed,
  total: number,
): number[] {
  const page = (order: ListQuery['order'], limit: number, offset: number): number[] => {
    const { sql, params } = listSql({ ...query, order }, '', by)
    return read.all<{ id: number }>(sql, ...params, limit, offset).map(({ id }) => id)
  }
  const behind = total - query.offset
  if (query.offset <= behind) return page(query.order, query.limit, query.offset)
  if (behind <= 0) return []
  const limit = Math.min(query.limit, behind)
  return page(query.order === 'newest' ? 'oldest' : 'newest', limit, behind - limit).toReversed()
}

/** Beyond what was looked at, a saved view is counted only so far: the list grows as one goes on. */
const countedAhead = 1000

/** A page of a saved view. `total` is at least so many. @throws PosternError `not-found` for a view that is gone */
export async function listView(
  read: Reader,
  query: ListQuery & { offset: number; limit: number; saved: string },
  me: string,
  index: Index | null,
): Promise<Page> {
  const shown = query.offset + query.limit
  const members = await membersOf(read, viewQuery(read, index, query, me), {
    most: shown + countedAhead,
    enough: shown + 1,
  })
  return { rows: rowsOf(read, members.slice(query.offset, query.offset + query.limit), me), total: members.length }
}

const viewQuery = (read: Reader, index: Index | null, query: ListQuery & { saved: string }, me: string): ViewQuery => ({
  filter: filterOf(read, index, viewNamed(read, me, query.saved).conditions, me, Date.now()),
  order: query.order,
  unreadOnly: query.unreadOnly,
})

/** How far a conversation is looked for in a saved view. */
const searchedPlaces = 20_000

/** Where a conversation stands in a saved view, from 0; -1 when it is not in it, or very far down. */
export async function positionInView(
  read: Reader,
  query: ListQuery & { id: number; saved: string },
  me: string,
  index: Index | null,
): Promise<number> {
  const id = survivorOf(read, query.id)
  return (await membersOf(read, viewQuery(read, index, query, me), { most: searchedPlaces, until: id })).indexOf(id)
}

function rowsOf(read: Reader, ids: readonly number[], me: string): ConversationRow[] {
  const person = peopleBook(read, me)
  const renumbered = hasFormer(read)
  return ids.flatMap((id) => {
    const row = read.get<ListedRow>(
      `SELECT id, subject, people, message_count, unread, status, last_at, snippet, last_from_team, attachment_count, mailbox_ids, has_draft, outbox_state, outbox_error, undelivered, assignee, tags, labels, snoozed_until
       FROM conversations WHERE id = ?`,
      id,
    )
    return row ? [rowOf(read, row, person, renumbered && isChecking(read, id))] : []
  })
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

function rowOf(read: Reader, row: ListedRow, person: PeopleBook, checking: boolean): ConversationRow {
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
    undelivered: row.undelivered === 1,
    labels: parseTexts(row.labels),
    checking,
    ...workOf(read, person, row),
  }
}

/** Where a conversation stands in a list, from 0; -1 when it is not in it. */
export function positionOf(read: Reader, query: ListQuery & { id: number }, me = ''): number {
  const { from, id, where, params } = listed(query, me)
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

/** What each view and each mailbox's inbox holds. @param me the person's name in the team */
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
  // Counted from an index that a support session's plan finds by itself; that of the assigned has to be named.
  const unassigned = work('unassigned')
  const open = statusNumber('open')
  return {
    views: {
      inbox: all('open'),
      unassigned,
      mine: work('mine'),
      groups: work('groups'),
      assigned: Math.max(0, all('open') - unassigned),
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
