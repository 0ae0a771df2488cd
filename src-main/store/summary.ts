import { baseSubject } from '../shared/threading'
import type { Writer } from './database'
import { customerOf } from './customers'
import { listedPlaces, place, shownPlaces } from './places'
import { addressKey, autoKindOf, displayName, parseIds, parsePeople, statusNumber } from './rows'

interface Totals { n: number; listed: number; attachments: number; unread: number; last_at: number | null; inbox: number; junk: number; inbound: number }
interface Current { status: number; status_by_person: number; hidden: number; message_count: number; subject: string; mailbox_ids: string; unread: number; last_at: number }
interface Newest { direction: number; from_name: string; from_address: string; people: string; snippet: string; auto_kind: string }
interface Opening { direction: number; subject: string; date: number; from_name: string; from_address: string; people: string; auto_kind: string }

/**
 * Makes the row of a conversation say what its messages say: people, counts, snippet, customer, and, as long as no
 * person and no live mail decided it, the status. Called once a conversation and page.
 * @param own keys of the mailboxes' addresses
 */
export function summarize(tx: Writer, id: number, own: ReadonlySet<string>): void {
  const current = tx.get<Current>('SELECT status, status_by_person, hidden, message_count, subject, mailbox_ids, unread, last_at FROM conversations WHERE id = ? AND merged_into IS NULL', id)
  if (!current) return
  const totals = tx.get<Totals>(
    `SELECT count(*) AS n, total(place IN ${listedPlaces}) AS listed, total(attachment_count) AS attachments,
       coalesce(max(direction = 0 AND seen = 0 AND place IN ${listedPlaces}), 0) AS unread,
       max(iif(place IN ${listedPlaces}, date, NULL)) AS last_at,
       total(place = ${place.inbox}) AS inbox, total(direction = 0 AND place = ${place.junk}) AS junk, total(direction = 0) AS inbound
     FROM messages WHERE conversation_id = ? AND place IN ${shownPlaces}`, id)
  if (!totals) return
  const newest = tx.all<Newest>(
    `SELECT direction, from_name, from_address, people, snippet, auto_kind FROM messages
     WHERE conversation_id = ? AND place IN ${shownPlaces} ORDER BY date DESC, id DESC LIMIT 12`, id)
  const opening = tx.get<Opening>(
    `SELECT direction, subject, date, from_name, from_address, people, auto_kind FROM messages
     WHERE conversation_id = ? AND place IN ${shownPlaces} ORDER BY date, id LIMIT 1`, id)
  const waiting = tx.get<{ n: number }>("SELECT count(*) AS n FROM outbox WHERE conversation_id = ? AND state <> 'sent'", id)?.n ?? 0
  const last = newest[0]
  const status = nextStatus(current, totals, newest)
  const hidden = totals.listed === 0 && waiting === 0 ? 1 : 0
  const lastAt = totals.last_at ?? current.last_at
  const subject = opening ? baseSubject(opening.subject) : current.subject
  tx.run(
    `UPDATE conversations SET subject = ?, status = ?, hidden = ?, unread = ?, last_at = ?, customer_id = ?, message_count = ?,
       attachment_count = ?, people = ?, snippet = ?, last_from_team = ?, version = version + ? WHERE id = ?`,
    subject, status, hidden, totals.unread, lastAt, opening ? customerFor(tx, id, opening, own) : null, totals.n, totals.attachments,
    JSON.stringify(peopleOf(newest, own)), last?.snippet ?? '', last?.direction === 1 ? displayName(last.from_name, last.from_address) : null,
    totals.n !== current.message_count || status !== current.status ? 1 : 0, id)
  tx.run('UPDATE conversation_mailboxes SET hidden = ?1, status = ?2, unread = ?3, last_at = ?4 WHERE conversation_id = ?5', hidden, status, totals.unread, lastAt, id)
  tx.changes.changed('conversations', id)
  if (hidden !== current.hidden || status !== current.status || totals.unread !== current.unread) tx.changes.touched('counts')
}

function nextStatus(current: Current, totals: Totals, newest: readonly Newest[]): number {
  const spam = statusNumber('spam')
  // All that came in lies in Junk: another program, or the server, took it for spam.
  if (totals.inbound > 0 && totals.junk === totals.inbound) return spam
  const leftJunk = totals.junk === 0 && totals.inbox > 0
  if (current.status_by_person === 1 && !(current.status === spam && leftJunk)) return current.status
  if (totals.inbox === 0) return statusNumber('closed')
  // An absence note after our reply is no answer.
  const last = newest.find(({ auto_kind: kind }) => kind !== 'auto-reply' && kind !== 'bounce') ?? newest[0]
  return statusNumber(last?.direction === 1 ? 'pending' : 'open')
}

/** The one who wrote first; with no mail from outside, the one who was written to. */
function customerFor(tx: Writer, id: number, opening: Opening, own: ReadonlySet<string>): number | null {
  const inbound = opening.direction === 0 ? opening : tx.get<Opening>(
    `SELECT direction, subject, date, from_name, from_address, people, auto_kind FROM messages
     WHERE conversation_id = ? AND direction = 0 AND place IN ${shownPlaces} ORDER BY date, id LIMIT 1`, id)
  const person = inbound ? { name: inbound.from_name, address: inbound.from_address } : parsePeople(opening.people).to.find(({ address }) => !own.has(addressKey(address)))
  if (!person) return null
  const known = tx.get<{ customer_id: number }>('SELECT customer_id FROM customer_addresses WHERE address_key = ?', addressKey(person.address))
  return known?.customer_id ?? customerOf(tx, person, opening.date, autoKindOf(opening.auto_kind))
}

/** Those on the other side, newest first, at most three. */
function peopleOf(newest: readonly Newest[], own: ReadonlySet<string>): string[] {
  const names = new Map<string, string>()
  const add = (name: string, address: string): void => {
    const key = addressKey(address)
    if (!own.has(key) && !names.has(key) && names.size < 3) names.set(key, displayName(name, address))
  }
  for (const { direction, from_name: name, from_address: address } of newest) if (direction === 0) add(name, address)
  if (names.size === 0) {
    for (const { people } of newest) {
      const { to, cc } = parsePeople(people)
      for (const { name, address } of [...to, ...cc]) add(name, address)
    }
  }
  return [...names.values()]
}

/** Puts a conversation into a mailbox's lists; it stays there when its messages move on. */
export function addToMailbox(tx: Writer, conversationId: number, mailboxId: number): void {
  const { changes } = tx.run(
    `INSERT OR IGNORE INTO conversation_mailboxes(mailbox_id, conversation_id, hidden, status, unread, last_at)
     SELECT ?, id, hidden, status, unread, last_at FROM conversations WHERE id = ?`, mailboxId, conversationId)
  if (changes === 0) return
  const row = tx.get<{ mailbox_ids: string }>('SELECT mailbox_ids FROM conversations WHERE id = ?', conversationId)
  const ids = parseIds(row?.mailbox_ids ?? '[]')
  if (!ids.includes(mailboxId)) tx.run('UPDATE conversations SET mailbox_ids = ? WHERE id = ?', JSON.stringify([...ids, mailboxId].toSorted((a, b) => a - b)), conversationId)
}

/** Brings the draft and outbox marks of a row in line with those tables. */
export function markWork(tx: Writer, conversationId: number): void {
  tx.run(
    `UPDATE conversations SET
       has_draft = EXISTS(SELECT 1 FROM drafts WHERE conversation_id = ?1 AND state = 'open'),
       (outbox_state, outbox_error) = (SELECT state, error FROM outbox WHERE conversation_id = ?1 AND state <> 'sent'
         ORDER BY CASE state WHEN 'uncertain' THEN 0 WHEN 'failed' THEN 1 WHEN 'held' THEN 2 WHEN 'sending' THEN 3 ELSE 4 END, id DESC LIMIT 1)
     WHERE id = ?1`, conversationId)
  tx.changes.changed('conversations', conversationId)
  tx.changes.touched('counts')
}
