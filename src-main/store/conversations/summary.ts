import { baseSubject } from '../../shared/threading'
import type { Reader, Writer } from '../file/database'
import { customerOf } from './customers'
import { relabel } from '../mail/labels'
import { isUndelivered } from '../outbox/delivery'
import { listedPlaces, place, shownPlaces } from '../mail/places'
import { addressKey } from '../../../src-preload/contract/address'
import { autoKindOf, displayName, parseIds, parsePeople, statusNumber } from '../rows'

interface Current {
  status: number
  status_by_person: number
  hidden: number
  message_count: number
  attachment_count: number
  subject: string
  people: string
  snippet: string
  last_from_team: string | null
  unread: number
  last_at: number
  customer_id: number | null
  snoozed_until: number | null
  snoozed_at: number
  snooze_unless_reply: number
  woke_at: number
  labels: string
  undelivered: number
}
/** Of a message what lists show of its conversation. */
export interface Shown {
  direction: number
  subject: string
  date: number
  from_name: string
  from_address: string
  people: string
  snippet: string
  auto_kind: string
  place: number
  seen: number
  attachment_count: number
}

const spam = statusNumber('spam')

/**
 * Makes the row of a conversation say what its messages say: people, counts, snippet, customer, and, as long as no
 * person and no live mail decided it, the status. Called once a conversation and page. Only what changed is written, since each
 * thing that lists are sorted by stands in half a dozen indexes.
 * @param own keys of the mailboxes' addresses
 */
export function summarize(tx: Writer, id: number, own: ReadonlySet<string>): void {
  const current = tx.get<Current>(
    `SELECT status, status_by_person, hidden, message_count, attachment_count, subject, people, snippet, last_from_team, unread, last_at, customer_id,
       snoozed_until, snoozed_at, snooze_unless_reply, woke_at, labels, undelivered FROM conversations WHERE id = ? AND merged_into IS NULL`,
    id,
  )
  if (!current) return
  const messages = tx.all<Shown>(
    `SELECT direction, subject, date, from_name, from_address, people, snippet, auto_kind, place, seen, attachment_count
     FROM messages WHERE conversation_id = ? AND place IN ${shownPlaces} ORDER BY date, id`,
    id,
  )
  const listed = messages.filter((message) => listedPlaces.has(message.place))
  const status = nextStatus(current, messages)
  const asleep = sleeps(tx, id, current, listed)
  const away = listed.length === 0 && !tx.get("SELECT 1 FROM outbox WHERE conversation_id = ? AND state <> 'sent'", id)
  const hidden = away ? 1 : asleep ? 2 : 0
  const unread = isUnread(listed)
  const lastAt = Math.max(listed.at(-1)?.date ?? current.last_at, current.woke_at)
  const customer = customerFor(tx, messages, own)
  const { subject, attachments, people, snippet, lastFromTeam } = rowOf(messages, own)
  const fresh = messages.length !== current.message_count || status !== current.status ? 1 : 0
  const moved =
    hidden !== current.hidden ||
    status !== current.status ||
    unread !== current.unread ||
    lastAt !== current.last_at ||
    customer !== current.customer_id
  if (moved)
    tx.run(
      'UPDATE conversations SET status = ?, hidden = ?, unread = ?, last_at = ?, customer_id = ? WHERE id = ?',
      status,
      hidden,
      unread,
      lastAt,
      customer,
      id,
    )
  if (
    fresh === 1 ||
    attachments !== current.attachment_count ||
    people !== current.people ||
    snippet !== current.snippet ||
    lastFromTeam !== current.last_from_team ||
    (subject ?? current.subject) !== current.subject
  )
    tx.run(
      `UPDATE conversations SET subject = ?, message_count = ?, attachment_count = ?, people = ?, snippet = ?, last_from_team = ?,
       version = version + ? WHERE id = ?`,
      subject ?? current.subject,
      messages.length,
      attachments,
      people,
      snippet,
      lastFromTeam,
      fresh,
      id,
    )
  const undelivered = Number(messages.some(({ direction }) => direction === 1) && isUndelivered(tx, id))
  if (undelivered !== current.undelivered)
    tx.run('UPDATE conversations SET undelivered = ? WHERE id = ?', undelivered, id)
  relabel(tx, id, current.labels)
  tx.changes.changed('conversations', id)
  if (hidden !== current.hidden || status !== current.status || unread !== current.unread) tx.changes.touched('counts')
}

/**
 * Makes the conversation of one message, which is about to be stored, as `summarize` would have it afterwards: nearly all are written once that way.
 * Its rows in the mailboxes' lists are left to `Batch.begin`.
 * @param customer whose mail it is, as `customerFor` would find
 */
export function beginConversation(
  tx: Writer,
  message: Shown,
  mailboxId: number,
  own: ReadonlySet<string>,
  customer: number | null,
): number {
  const listed = listedPlaces.has(message.place) ? [message] : []
  const status = nextStatus({ status: statusNumber('closed'), status_by_person: 0 }, [message])
  const hidden = listed.length === 0 ? 1 : 0
  const unread = isUnread(listed)
  const lastAt = listed.length === 0 ? 0 : message.date
  const { subject, attachments, people, snippet, lastFromTeam } = rowOf([message], own)
  const id = Number(
    tx.run(
      `INSERT INTO conversations(status, hidden, unread, last_at, customer_id, subject, message_count, attachment_count, people, snippet, last_from_team, mailbox_ids)
       VALUES(?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
      status,
      hidden,
      unread,
      lastAt,
      customer,
      subject ?? '',
      attachments,
      people,
      snippet,
      lastFromTeam,
      JSON.stringify([mailboxId]),
    ).lastInsertRowid,
  )
  if (hidden === 0) tx.changes.touched('counts')
  return id
}

const isUnread = (listed: readonly Shown[]): 0 | 1 =>
  listed.some(({ direction, seen }) => direction === 0 && seen === 0) ? 1 : 0

/** What a row shows of these messages and no list is sorted by. `subject` null: no message says one. */
export function rowOf(messages: readonly Shown[], own: ReadonlySet<string>) {
  const [first, last] = [messages[0], messages.at(-1)]
  return {
    subject: first ? baseSubject(first.subject) : null,
    attachments: messages.reduce((sum, message) => sum + message.attachment_count, 0),
    people: JSON.stringify(peopleOf(messages, own)),
    snippet: last?.snippet ?? '',
    lastFromTeam: last?.direction === 1 ? displayName(last.from_name, last.from_address) : null,
  }
}

/** Whether a snooze holds; a person who writes ends it, unless it was told to hold. */
function sleeps(tx: Writer, id: number, current: Current, listed: readonly Shown[]): boolean {
  if (current.snoozed_until === null) return false
  const answered =
    current.snooze_unless_reply === 1 &&
    listed.some(
      (message) =>
        message.direction === 0 &&
        message.date > current.snoozed_at &&
        message.auto_kind !== 'auto-reply' &&
        message.auto_kind !== 'bounce',
    )
  if (answered) tx.run('UPDATE conversations SET snoozed_until = NULL WHERE id = ?', id)
  return !answered
}

function nextStatus(current: Pick<Current, 'status' | 'status_by_person'>, messages: readonly Shown[]): number {
  const inbound = messages.filter(({ direction }) => direction === 0)
  const junk = inbound.filter((message) => message.place === place.junk).length
  const inbox = messages.some((message) => message.place === place.inbox)
  // All that came in lies in Junk: another program, or the server, took it for spam.
  if (inbound.length > 0 && junk === inbound.length) return spam
  const leftJunk = current.status === spam && junk === 0 && inbox
  if (current.status_by_person === 1 && !leftJunk) return current.status
  if (!inbox) return statusNumber('closed')
  // An absence note after our reply is no answer.
  const last = messages.findLast(({ auto_kind: kind }) => kind !== 'auto-reply' && kind !== 'bounce') ?? messages.at(-1)
  return statusNumber(last?.direction === 1 ? 'pending' : 'open')
}

/** The one who wrote first; with no mail from outside but delivery reports, the one who was written to. */
function customerFor(tx: Writer, messages: readonly Shown[], own: ReadonlySet<string>): number | null {
  const sent = messages.find(({ direction }) => direction === 1)
  const inbound = messages.find(({ direction, auto_kind: kind }) => direction === 0 && (kind !== 'bounce' || !sent))
  const message = inbound ?? sent
  if (!message) return null
  const person = inbound
    ? { name: inbound.from_name, address: inbound.from_address }
    : parsePeople(message.people).to.find(({ address }) => !own.has(addressKey(address)))
  if (!person) return null
  const known = tx.get<{ customer_id: number }>(
    'SELECT customer_id FROM customer_addresses WHERE address_key = ?',
    addressKey(person.address),
  )
  return known?.customer_id ?? customerOf(tx, person, message.date, autoKindOf(message.auto_kind))
}

/** Those on the other side, newest first, at most three; where there is nobody else, who wrote last. */
function peopleOf(messages: readonly Shown[], own: ReadonlySet<string>): string[] {
  const names = new Map<string, string>()
  const add = (name: string, address: string): void => {
    const key = addressKey(address)
    if (!own.has(key) && !names.has(key)) names.set(key, displayName(name, address))
  }
  for (let index = messages.length - 1; index >= 0 && names.size < 3; index--) {
    const message = messages[index]
    // A delivery report comes from a machine that nobody talks to.
    if (message?.direction === 0 && message.auto_kind !== 'bounce') add(message.from_name, message.from_address)
  }
  const last = messages.at(-1)
  const sent = messages.findLast(({ direction }) => direction === 1) ?? last
  if (names.size === 0 && sent)
    for (const { name, address } of [...parsePeople(sent.people).to, ...parsePeople(sent.people).cc]) add(name, address)
  if (names.size === 0 && last) return [displayName(last.from_name, last.from_address)]
  return [...names.values()].slice(0, 3)
}

/** The mailboxes in whose lists a conversation is; none when it is gone. */
export function mailboxIdsOf(read: Reader, conversationId: number): number[] {
  const row = read.get<{ mailbox_ids: string }>('SELECT mailbox_ids FROM conversations WHERE id = ?', conversationId)
  return parseIds(row?.mailbox_ids ?? '[]')
}

/** Puts a conversation into a mailbox's lists; it stays there when its messages move on. */
export function addToMailbox(tx: Writer, conversationId: number, mailboxId: number): void {
  const ids = mailboxIdsOf(tx, conversationId)
  if (ids.includes(mailboxId)) return
  const { changes } = tx.run(
    `INSERT OR IGNORE INTO conversation_mailboxes(mailbox_id, conversation_id, hidden, status, unread, last_at)
     SELECT ?1, id, hidden, status, unread, last_at FROM conversations WHERE id = ?2 AND (moved_to IS NULL OR moved_to = ?1)`,
    mailboxId,
    conversationId,
  )
  if (changes > 0)
    tx.run(
      'UPDATE conversations SET mailbox_ids = ? WHERE id = ?',
      JSON.stringify([...ids, mailboxId].toSorted((a, b) => a - b)),
      conversationId,
    )
}

/** Brings the draft and outbox marks of a row in line with those tables. */
export function markWork(tx: Writer, conversationId: number): void {
  tx.run(
    `UPDATE conversations SET
       has_draft = EXISTS(SELECT 1 FROM drafts WHERE conversation_id = ?1 AND state = 'open'),
       (outbox_state, outbox_error) = (SELECT state, CASE WHEN state = 'queued' AND scheduled = 1 AND error IS NULL THEN 'scheduled' ELSE error END FROM outbox WHERE conversation_id = ?1 AND state <> 'sent'
         ORDER BY CASE state WHEN 'uncertain' THEN 0 WHEN 'failed' THEN 1 WHEN 'held' THEN 2 WHEN 'sending' THEN 3 ELSE 4 END, id DESC LIMIT 1)
     WHERE id = ?1`,
    conversationId,
  )
  tx.changes.changed('conversations', conversationId)
  tx.changes.touched('counts')
}
