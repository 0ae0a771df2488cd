import { PosternError } from '../../../src-preload/contract/errors'
import type { WhyHere } from '../../../src-preload/contract/threads'
import type { Reader } from '../file/database'
import { displayName, parseTexts } from '../rows'
import { normalId } from '../../shared/threading'

interface Row {
  id: number
  conversation_id: number | null
  message_id: string | null
  in_reply_to: string | null
  refs: string
  date: number
  from_name: string
  from_address: string
  key: string
}
const columns =
  'id, conversation_id, message_id, in_reply_to, refs, date, from_name, from_address, CAST(key_hash AS TEXT) AS key'

/** Why a message is in its conversation: the person who put it there, else the header that leads there. */
export function whyHere(read: Reader, id: number): WhyHere {
  const message = read.get<Row>(`SELECT ${columns} FROM messages WHERE id = ?`, id)
  if (!message || message.conversation_id === null) throw new PosternError('not-found', 'no such message')
  const person = byPerson(read, message)
  if (person) return person
  const others = read.all<Row>(
    `SELECT ${columns} FROM messages WHERE conversation_id = ? AND id <> ? ORDER BY date, id`,
    message.conversation_id,
    id,
  )
  const names = namesOf(message)
  for (const name of names.toReversed()) {
    const found = others.find((other) => idOf(other) === name)
    if (found) return { kind: 'header', header: headerOf(message, name), message: shown(found) }
  }
  const own = idOf(message)
  const later = own === null ? undefined : others.find((other) => namesOf(other).includes(own))
  if (later && later.date >= message.date && others.every(({ date }) => date >= message.date)) return { kind: 'first' }
  if (later && own !== null) return { kind: 'named', header: headerOf(later, own), message: shown(later) }
  const shared = names
    .toReversed()
    .flatMap((name) => others.filter((other) => namesOf(other).includes(name)).map((other) => ({ name, other })))[0]
  if (shared) return { kind: 'shared', header: headerOf(message, shared.name), message: shown(shared.other) }
  const kept = keptTogether(read, message)
  return kept ? { kind: 'server', message: shown(kept) } : { kind: 'first' }
}

/** The nearest message that the server keeps in one thread with it. */
function keptTogether(read: Reader, message: Row): Row | undefined {
  return read.get<Row>(
    `SELECT ${columns
      .split(', ')
      .map((column) => (column.startsWith('CAST') ? 'CAST(m.key_hash AS TEXT) AS key' : `m.${column}`))
      .join(', ')}
     FROM locations mine JOIN locations other ON other.thread = mine.thread JOIN folders a ON a.id = mine.folder_id JOIN folders b ON b.id = other.folder_id AND b.mailbox_id = a.mailbox_id
     JOIN messages m ON m.id = other.message_id AND m.conversation_id = ?2 AND m.id <> ?1
     WHERE mine.message_id = ?1 AND mine.thread IS NOT NULL ORDER BY abs(m.date - ?3) LIMIT 1`,
    message.id,
    message.conversation_id,
    message.date,
  )
}

function byPerson(read: Reader, message: Row): WhyHere | null {
  const act = read.get<{
    id: number
    kind: 'split' | 'merge' | 'keep'
    by: string
    at: number
    other_id: number
    subject: string | null
  }>(
    `SELECT a.id, a.kind, a.by, a.at, a.other_id, c.subject FROM thread_pins p JOIN thread_acts a ON a.id = p.act_id LEFT JOIN conversations c ON c.id = a.other_id
     WHERE p.key_hash = CAST(? AS INTEGER) AND p.chosen = 1 AND a.undone = 0`,
    message.key,
  )
  return act
    ? {
        kind: 'person',
        act: act.kind,
        actId: act.id,
        by: act.by,
        at: act.at,
        otherId: act.other_id,
        otherSubject: act.subject ?? '',
      }
    : null
}

const idOf = (row: Row): string | null => (row.message_id === null ? null : normalId(row.message_id))
const namesOf = (row: Row): string[] =>
  [...parseTexts(row.refs), ...(row.in_reply_to === null ? [] : [row.in_reply_to])].flatMap((id) => normalId(id) ?? [])
const headerOf = (row: Row, id: string): 'In-Reply-To' | 'References' =>
  row.in_reply_to !== null && normalId(row.in_reply_to) === id ? 'In-Reply-To' : 'References'
const shown = (row: Row): { id: number; name: string; at: number } => ({
  id: row.id,
  name: displayName(row.from_name, row.from_address),
  at: row.date,
})
