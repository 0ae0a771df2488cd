import type { SearchHit } from '../../../src-preload/contract/mail'
import { unpackView } from '../../shared/message-body'
import type { Reader } from '../file/database'
import { place } from '../mail/places'
import { displayName, parseIds, statusNumber, statusOf } from '../rows'
import { storedWords } from './index-text'
import type { SearchIndex } from './search-index'
import { holds, mark, markedSnippet, markedSubject, parseQuery, type Query } from './search-text'

/** Conversations that are counted, and ms after which counting stops: nobody pages through more. */
const mostConversations = 500
const longestCount = 60
/** Messages whose text is looked into for phrases, per query. */
const longestPhraseCheck = 80

/** What decides whether a message counts. */
interface Match {
  conversation_id: number
  place: number
  status: number
  hidden: number
}
/** What is shown of one that counts. */
interface Shown {
  from_name: string
  from_address: string
  subject: string
  date: number
  snippet: string
  conversation_subject: string
  mailbox_ids: string
  attachment_count: number
}
interface Found extends Match {
  readonly id: number
}

export interface Answer {
  hits: SearchHit[]
  total: number
  counted: boolean
  more: boolean
  waiting: number
  partial: number
  ms: number
}

/** What is asked of the index: ids, newest first, and how many messages it does not know yet. */
export type Index = Pick<SearchIndex, 'matches' | 'waiting'>

/**
 * Newest first, one hit a conversation: its newest message that has all the words. Takes any text.
 * @param quick stops as soon as the page is full and one more was seen
 */
export function search(read: Reader, index: Index, text: string, offset: number, limit: number, quick = false): Answer {
  const begun = performance.now()
  const query = parseQuery(text)
  if (query.match === null)
    return {
      hits: [],
      total: 0,
      counted: true,
      more: false,
      waiting: index.waiting,
      partial: 0,
      ms: performance.now() - begun,
    }
  const found: Found[] = []
  const met = new Set<number>()
  let more = false
  for (const rowid of index.matches(query.match)) {
    const spent = performance.now() - begun
    if (
      met.size >= mostConversations ||
      (quick && found.length > offset + limit) ||
      (found.length >= offset + limit && spent > longestCount) ||
      spent > 4 * longestPhraseCheck
    ) {
      more = true
      break
    }
    const match = read.get<Match>(
      `SELECT m.conversation_id, m.place, c.status, c.hidden FROM messages m JOIN conversations c ON c.id = m.conversation_id
       WHERE m.id = ?`,
      rowid,
    )
    if (!match || met.has(match.conversation_id) || match.place === place.leaving || !wanted(query, match)) continue
    if (isToBeChecked(query)) {
      if (spent > longestPhraseCheck && found.length > 0) {
        more = true
        break
      }
      if (!holdsAll(read, rowid, query)) continue
    }
    met.add(match.conversation_id)
    found.push({ id: rowid, ...match })
  }
  const hits = found.slice(offset, offset + limit).map((one) => hitOf(read, one, query))
  return {
    hits,
    total: found.length,
    counted: !more,
    more: more || found.length > offset + limit,
    waiting: index.waiting,
    partial: partialCount(read),
    ms: performance.now() - begun,
  }
}

/** Whether the query asks for more than the index knows: words side by side, or a beginning of one or two letters. */
export const isToBeChecked = ({ phrases, begun }: Query): boolean => phrases.length > 0 || begun !== null

/** Whether a message that has the words has them as they are asked for: in any of the lines that the index took them from. */
export function holdsAll(read: Reader, messageId: number, query: Query): boolean {
  const words = storedWords(read, messageId)
  return words !== null && holds(query, [...words.head.split('\n'), Buffer.from(words.text).toString()])
}

/** Looked up in an index that holds nothing else. */
function partialCount(read: Reader): number {
  return read.get<{ n: number }>('SELECT count(*) AS n FROM messages WHERE part <> 0')?.n ?? 0
}

/** Spam and what lies in the trash are found only when asked for. */
function wanted(query: Query, { status, place: where, hidden }: Match): boolean {
  const spam = status === statusNumber('spam')
  const trashed = where === place.trash || where === place.gone || hidden === 1
  if (query.inSpam || query.inTrash) return (query.inSpam && spam) || (query.inTrash && trashed)
  return !spam && !trashed
}

function shown(read: Reader, messageId: number): Shown {
  const row = read.get<Shown>(
    `SELECT m.from_name, m.from_address, m.subject, m.date, m.snippet, c.subject AS conversation_subject, c.mailbox_ids, c.attachment_count
     FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = ?`,
    messageId,
  )
  // it was found a moment ago, in the same turn
  if (!row) throw new Error('a message that was found is gone')
  return row
}

function bodyText(read: Reader, messageId: number): string {
  const row = read.get<{ body: Buffer }>('SELECT body FROM message_bodies WHERE message_id = ?', messageId)
  return row ? unpackView(row.body).text : ''
}

function hitOf(read: Reader, { id, conversation_id: conversationId, status }: Found, query: Query): SearchHit {
  const row = shown(read, id)
  return {
    conversationId,
    messageId: id,
    person: mark(displayName(row.from_name, row.from_address), query.marks),
    subject: markedSubject(row.subject === '' ? row.conversation_subject : row.subject, query.marks),
    snippet: markedSnippet(bodyText(read, id), query.marks) ?? mark(row.snippet, query.marks),
    at: row.date,
    status: statusOf(status),
    mailboxIds: parseIds(row.mailbox_ids),
    attachmentCount: row.attachment_count,
  }
}
