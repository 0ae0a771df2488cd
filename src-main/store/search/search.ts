import type { SearchHit } from '../../../src-preload/contract/mail'
import { unpackView } from '../../shared/message-body'
import type { Reader } from '../file/database'
import { place } from '../mail/places'
import { displayName, parseIds, statusNumber, statusOf } from '../rows'
import type { SearchIndex } from './search-index'
import { holds, mark, markedSnippet, parseQuery, type Query } from './search-text'

/** Conversations that are counted, and ms after which counting stops: nobody pages through more. */
const mostConversations = 500
const longestCount = 60
/** Messages whose text is looked into for phrases, per query. */
const longestPhraseCheck = 80

interface HitRow {
  id: number
  conversation_id: number | null
  place: number
  direction: number
  from_name: string
  from_address: string
  subject: string
  date: number
}
interface ConversationRow {
  status: number
  hidden: number
  mailbox_ids: string
  attachment_count: number
  subject: string
}
interface Found {
  readonly hit: HitRow
  readonly conversation: ConversationRow
}

export interface Answer {
  hits: SearchHit[]
  total: number
  more: boolean
  waiting: number
  partial: number
  ms: number
}

/** What is asked of the index: ids, newest first, and how many messages it does not know yet. */
export type Index = Pick<SearchIndex, 'matches' | 'waiting'>

/** Newest first, one hit a conversation: its newest message that has all the words. Takes any text. */
export function search(read: Reader, index: Index, text: string, offset: number, limit: number): Answer {
  const begun = performance.now()
  const query = parseQuery(text)
  if (query.match === null)
    return { hits: [], total: 0, more: false, waiting: index.waiting, partial: 0, ms: performance.now() - begun }
  const found: Found[] = []
  const met = new Set<number>()
  let more = false
  for (const rowid of index.matches(query.match)) {
    const spent = performance.now() - begun
    if (
      met.size >= mostConversations ||
      (found.length >= offset + limit && spent > longestCount) ||
      spent > 4 * longestPhraseCheck
    ) {
      more = true
      break
    }
    const hit = read.get<HitRow>(
      'SELECT id, conversation_id, place, direction, from_name, from_address, subject, date FROM messages WHERE id = ?',
      rowid,
    )
    if (!hit || hit.conversation_id === null || met.has(hit.conversation_id) || hit.place === place.leaving) continue
    const conversation = read.get<ConversationRow>(
      'SELECT status, hidden, mailbox_ids, attachment_count, subject FROM conversations WHERE id = ?',
      hit.conversation_id,
    )
    if (!conversation || !wanted(query, hit, conversation)) continue
    if (query.phrases.length > 0 || query.begun !== null) {
      if (spent > longestPhraseCheck && found.length > 0) {
        more = true
        break
      }
      if (
        !holds(query, [
          hit.subject,
          `${hit.from_name} ${hit.from_address}`,
          bodyText(read, hit.id),
          ...fileNames(read, hit.id),
        ])
      )
        continue
    }
    met.add(hit.conversation_id)
    found.push({ hit, conversation })
  }
  const hits = found.slice(offset, offset + limit).map((one) => hitOf(read, one, query))
  return {
    hits,
    total: found.length,
    more: more || found.length > offset + limit,
    waiting: index.waiting,
    partial: partialCount(read),
    ms: performance.now() - begun,
  }
}

/** Looked up in an index that holds nothing else. */
function partialCount(read: Reader): number {
  return read.get<{ n: number }>('SELECT count(*) AS n FROM messages WHERE part <> 0')?.n ?? 0
}

/** Spam and what lies in the trash are found only when asked for. */
function wanted(query: Query, hit: HitRow, conversation: ConversationRow): boolean {
  const spam = conversation.status === statusNumber('spam')
  const trashed = hit.place === place.trash || hit.place === place.gone || conversation.hidden === 1
  if (query.inSpam || query.inTrash) return (query.inSpam && spam) || (query.inTrash && trashed)
  return !spam && !trashed
}

function bodyText(read: Reader, messageId: number): string {
  const row = read.get<{ body: Buffer }>('SELECT body FROM message_bodies WHERE message_id = ?', messageId)
  return row ? unpackView(row.body).text : ''
}

function fileNames(read: Reader, messageId: number): string[] {
  return read
    .all<{ name: string }>('SELECT name FROM attachments WHERE message_id = ?', messageId)
    .map(({ name }) => name)
}

function hitOf(read: Reader, { hit, conversation }: Found, query: Query): SearchHit {
  const snippet = read.get<{ snippet: string }>('SELECT snippet FROM messages WHERE id = ?', hit.id)?.snippet ?? ''
  return {
    conversationId: hit.conversation_id ?? 0,
    messageId: hit.id,
    person: mark(displayName(hit.from_name, hit.from_address), query.marks),
    subject: mark(hit.subject === '' ? conversation.subject : hit.subject, query.marks),
    snippet: markedSnippet(bodyText(read, hit.id), query.marks) ?? mark(snippet, query.marks),
    at: hit.date,
    status: statusOf(conversation.status),
    mailboxIds: parseIds(conversation.mailbox_ids),
    attachmentCount: conversation.attachment_count,
  }
}
