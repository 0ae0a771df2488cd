import { PosternError } from '../../../src-preload/contract/errors'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { IngestItem, ParsedMessage } from '../../../src-preload/contract/internal'
import { normalId } from '../../shared/threading'
import { customerOf } from '../conversations/customers'
import type { Writer } from '../file/database'
import { flagBits } from './flags'
import { countUse } from './mailbox-use'
import { metInMailbox } from '../conversations/move-mailbox'
import { place, placeOfRole, replaceMessage, roleOfLabels, type Place } from './places'
import { complete, insertAttachment, partNumber, samePart } from './parts'
import { addressKey } from '../../../src-preload/contract/address'
import { displayName, packPeople, statusNumber } from '../rows'
import { settleFound } from '../outbox/outbox-found'
import { keepReport } from '../outbox/delivery'
import { isEcho, wasDeliveredBack } from '../outbox/loop-guard'
import { countElsewhere } from '../outbox/send-limits'
import { noteArrival } from '../outbox/since'
import { learnLabels } from './labels'
import { queueForIndex, wordsOf } from '../search/index-text'
import type { Words } from '../search/search-text'
import { addToMailbox, beginConversation, summarize, type Shown } from '../conversations/summary'
import { carryOver, finishRenumbering, hasFormer } from './renumbering'
import { joinThread, type Joined } from '../threads/thread-join'
import { note } from '../threads/threads'
import { breathe, type Workspace } from '../workspace'

/** Messages of one portion at most; most end earlier, by time (store/turns). */
const mostInPortion = 100

export interface Page {
  readonly folderId: number
  readonly uidValidity: string
  readonly items: readonly IngestItem[]
  readonly cursor: {
    readonly highUid?: number | undefined
    readonly lowUid?: number | undefined
    readonly modSeq?: string | null | undefined
    readonly complete?: boolean | undefined
  }
  readonly backfill: boolean
}

interface FolderRow {
  mailbox_id: number
  role: FolderRole
  uid_validity: string | null
  /** 1: it was numbered anew, and not all of it has been found again. */ renumbered: number
}

/**
 * Stores one page of a folder, idempotent by (folder, uidValidity, uid), in one transaction as long as nobody else writes. Message,
 * thread and customer of an item, and the note that the search index must take it up, belong together in any case; the cursor moves with
 * the last item, so a page that was cut short is fetched again.
 * @throws PosternError `not-found` (no such folder), `conflict` (another UIDVALIDITY)
 */
export async function ingestPage(workspace: Workspace, page: Page): Promise<{ stored: number }> {
  let stored = 0
  // Within a page the index and the tables are filled in the order of their keys.
  const items = page.items
    .map((item) => ({ item, date: messageDate(item.message.date, item.internalDate) }))
    .toSorted((a, b) => a.date - b.date)
  let from = 0
  await workspace.db.writeInSteps(
    (tx) => {
      const portion = new Portion(workspace, from, items.length)
      const folder = openFolder(tx, page.folderId, page.uidValidity)
      const batch = new Batch()
      let fresh = 0
      for (const at of portion) {
        const next = items[at]
        if (next && ingest(tx, workspace, page, folder, next.item, next.date, batch)) fresh++
      }
      countUse(tx, folder.mailbox_id, 'read', fresh)
      from = portion.end
      const more = from < items.length
      if (!more) moveCursor(tx, page)
      tx.changes.touched('sync')
      batch.finish(tx, workspace)
      stored += fresh
      return more
    },
    page.backfill ? 'normal' : 'full',
    breathe,
  )
  if (page.cursor.complete === true && hasFormer(workspace.db.read))
    await finishRenumbering(workspace, mailboxOf(workspace.db.read, page.folderId))
  return { stored }
}

/** What is done once for all messages of a portion. */
export class Batch {
  readonly touched = new Set<number>()

  /** Brings the rows of the lists in line. */
  finish(tx: Writer, workspace: Workspace): void {
    for (const id of this.touched) summarize(tx, id, workspace.own)
  }
}

/** What one step takes of a page: places from `end` on, at least one, until its time is over. Walked once. */
export class Portion implements Iterable<number> {
  private readonly over: () => boolean

  constructor(
    { turns }: Pick<Workspace, 'turns'>,
    public end: number,
    private readonly length: number,
  ) {
    this.over = turns.begin()
  }

  *[Symbol.iterator](): Generator<number> {
    const most = Math.min(this.length, this.end + mostInPortion)
    while (this.end < most) {
      yield this.end++
      if (this.over()) return
    }
  }

  /** Nothing more of this page is wanted. */
  skipRest(): void {
    this.end = this.length
  }
}

/** @throws PosternError when the folder is not there or has begun anew: what mail knows of it is out of date */
export function openFolder(tx: Pick<Writer, 'get'>, folderId: number, uidValidity: string): FolderRow {
  const folder = tx.get<FolderRow>(
    'SELECT f.mailbox_id, f.role, f.uid_validity, EXISTS(SELECT 1 FROM folders o WHERE o.former_of = f.id) AS renumbered FROM folders f JOIN mailboxes m ON m.id = f.mailbox_id WHERE f.id = ? AND m.removing = 0',
    folderId,
  )
  if (!folder) throw new PosternError('not-found', 'no such folder')
  if (folder.uid_validity !== uidValidity) throw new PosternError('conflict', 'the folder has another UIDVALIDITY')
  return folder
}

function mailboxOf(read: Pick<Writer, 'get'>, folderId: number): number {
  return read.get<{ mailbox_id: number }>('SELECT mailbox_id FROM folders WHERE id = ?', folderId)?.mailbox_id ?? 0
}

function moveCursor(tx: Writer, { folderId, cursor }: Page): void {
  tx.run(
    `UPDATE folders SET high_uid = coalesce(?, high_uid), low_uid = coalesce(?, low_uid), mod_seq = coalesce(?, mod_seq), complete = coalesce(?, complete) WHERE id = ?`,
    cursor.highUid ?? null,
    cursor.lowUid ?? null,
    cursor.modSeq ?? null,
    cursor.complete === undefined ? null : Number(cursor.complete),
    folderId,
  )
}

/** The Date header, unless it lies after the arrival (a wrong clock must not keep mail on top): then the arrival. */
function messageDate(header: number | null, internalDate: number): number {
  return header === null || header > internalDate + 10 * 60_000 ? internalDate : header
}

interface Known {
  id: number
  conversation_id: number | null
  content_hash: Buffer
  direction: number
  part: number
  subject: string
  from_address: string
  date: number
}

/** One message of a page. @returns false when its place is known */
export function ingest(
  tx: Writer,
  workspace: Workspace,
  page: Page,
  folder: FolderRow,
  item: IngestItem,
  date: number,
  batch: Batch,
): boolean {
  if (tx.get('SELECT 1 FROM locations WHERE folder_id = ? AND uid = ?', page.folderId, item.uid)) return false
  const ours = workspace.own.has(addressKey(item.message.from.address))
  // What a list or a forwarder sends back is nobody's answer.
  const echo = !ours && isEcho(tx, item.message)
  const message: ParsedMessage = echo ? { ...item.message, autoKind: 'auto-reply' } : item.message
  const key = messageKey(workspace, message)
  const content = message.contentHash
  const sent = ours ? sentFromHere(tx, key, message) : undefined
  const select = 'SELECT id, conversation_id, content_hash, direction, part, subject, from_address, date FROM messages'
  const known = tx.all<Known>(`${select} WHERE key_hash = ?`, key)
  // Servers rewrite what they file in Sent, so for mail that left from here its identity decides, not its bytes.
  const part = item.part ?? 'whole'
  const same =
    known.find(({ content_hash: other }) => other.equals(content)) ??
    known.find(({ id }) => id === samePart(known, part, message, date)) ??
    (sent?.sent_message == null ? undefined : tx.get<Known>(`${select} WHERE id = ?`, sent.sent_message))
  const flags = flagBits(item.flags)
  const shown = shownAs(folder, item)
  const role = shown ?? folder.role
  const where = placeOfRole(role)
  if (same) {
    if (part === 'whole' && same.part !== 0) complete(tx, workspace, same.id, message)
    addLocation(tx, workspace, page, folder, item, same, key, role, batch)
    if (same.direction === 1 && folder.role === 'inbox' && wasDeliveredBack(workspace, message))
      tx.run('UPDATE messages SET returned = 1 WHERE id = ?', same.id)
    if (sent) settleFound(tx, sent.id, same.id, folder.role === 'sent' || folder.role === 'all')
    return true
  }

  const made = { key, content, date, place: where, seen: (flags & 1) !== 0 || ours, direction: ours ? 1 : 0 } as const
  const customer = where === place.draft ? null : meet(tx, workspace, message, ours, date)
  let begun = false
  const begin = (): number => {
    begun = true
    return beginConversation(tx, shownOf(message, made), folder.mailbox_id, workspace.own, customer)
  }
  const conversation =
    where === place.draft
      ? null
      : joinThread(tx, workspace, message, key, null, threadHint(workspace, folder, item), begin)
  const conversationId = conversation?.conversationId ?? null
  const id = insertMessage(tx, workspace, message, { ...made, conversationId })
  if (ours && !page.backfill && message.posternId === null && where !== place.draft)
    tx.run('UPDATE messages SET elsewhere = 1 WHERE id = ?', id)
  if (ours && !sent && role === 'sent') countElsewhere(tx, folder.mailbox_id, date, message)
  if (echo) tx.run('UPDATE messages SET returned = 1 WHERE id = ?', id)
  if (part !== 'whole')
    tx.run(
      'UPDATE messages SET part = ?, raw_size = ? WHERE id = ?',
      partNumber(part),
      item.size ?? message.rawSize,
      id,
    )
  putLocation(tx, folder, page.folderId, item, id, shown)
  if (conversation)
    enter(
      tx,
      workspace,
      conversation,
      {
        id,
        message,
        date,
        ours,
        mailboxId: folder.mailbox_id,
        role,
        backfill: page.backfill,
        words: wordsOf(message, ours),
        rowIsWritten: begun && !conversation.decided && shown === null && !sent,
      },
      batch,
    )
  if (sent) settleFound(tx, sent.id, id, folder.role === 'sent' || folder.role === 'all')
  return true
}

/** The role that labels give a message of All Mail; null: that of its folder. */
export function shownAs(folder: FolderRow, { labels }: Pick<IngestItem, 'labels'>): FolderRole | null {
  return folder.role === 'all' && labels !== undefined ? roleOfLabels(labels) : null
}

export function putLocation(
  tx: Writer,
  folder: FolderRow,
  folderId: number,
  { uid, flags, labels, thread }: Pick<IngestItem, 'uid' | 'flags' | 'labels' | 'thread'>,
  messageId: number,
  shown: FolderRole | null,
): void {
  const kept = shown === null || labels === undefined ? null : labels
  tx.run(
    'INSERT INTO locations(folder_id, uid, message_id, flags, shown_as, labels, thread) VALUES(?, ?, ?, ?, ?, ?, ?)',
    folderId,
    uid,
    messageId,
    flagBits(flags),
    shown,
    kept === null ? null : JSON.stringify(kept),
    thread ?? null,
  )
  if (kept !== null) learnLabels(tx, folder.mailbox_id, kept)
}

/** The server's own thread of a message, for `joinThread`; unique within its mailbox only. */
function threadHint(workspace: Workspace, folder: FolderRow, { thread }: IngestItem): bigint | null {
  return thread === undefined ? null : workspace.hashes.hash('thread', `${folder.mailbox_id} ${thread}`)
}

/** A message that is here already has one more place: a copy for a second mailbox, a move, the copy in Sent. */
function addLocation(
  tx: Writer,
  workspace: Workspace,
  page: Page,
  folder: FolderRow,
  item: IngestItem,
  same: Known,
  key: bigint,
  role: FolderRole,
  batch: Batch,
): void {
  putLocation(tx, folder, page.folderId, item, same.id, shownAs(folder, item))
  if (folder.renumbered === 1) carryOver(tx, folder.mailbox_id, page.folderId, item.uid, same.id)
  metInMailbox(tx, workspace, same.id)
  replaceMessage(tx, same.id)
  if (same.conversation_id !== null) {
    addToMailbox(tx, same.conversation_id, folder.mailbox_id)
    batch.touched.add(same.conversation_id)
  } else if (placeOfRole(role) !== place.draft) {
    // A draft on the server that has been sent since.
    const date = tx.get<{ date: number }>('SELECT date FROM messages WHERE id = ?', same.id)?.date ?? item.internalDate
    meet(tx, workspace, item.message, same.direction === 1, date)
    const conversation = joinThread(tx, workspace, item.message, key, null, threadHint(workspace, folder, item))
    tx.run('UPDATE messages SET conversation_id = ? WHERE id = ?', conversation.conversationId, same.id)
    enter(
      tx,
      workspace,
      conversation,
      {
        id: same.id,
        message: item.message,
        date,
        ours: same.direction === 1,
        mailboxId: folder.mailbox_id,
        role,
        backfill: page.backfill,
      },
      batch,
    )
  }
}

interface Entering {
  readonly id: number
  readonly message: ParsedMessage
  readonly date: number
  readonly ours: boolean
  readonly mailboxId: number
  readonly role: FolderRole | null
  readonly backfill: boolean
  /** When the message is stored just now. */
  readonly words?: Words | null
  /** Its conversation was made for it, and has no label and nothing of the outbox. */
  readonly rowIsWritten?: boolean
}

/** The customers whose mail it is; before its conversation, which names one of them. @returns that one; null when there is none */
export function meet(
  tx: Writer,
  workspace: Workspace,
  message: ParsedMessage,
  ours: boolean,
  date: number,
): number | null {
  const others = ours
    ? message.to.filter(({ address }) => !workspace.own.has(addressKey(address))).slice(0, 5)
    : [message.from]
  const [first = null] = others.map((person) => customerOf(tx, person, date, message.autoKind))
  return first
}

/** Mailbox and search index of a stored message of a conversation. */
export function enter(
  tx: Writer,
  workspace: Workspace,
  { conversationId, created, merged, moved }: Joined,
  entering: Entering,
  batch: Batch,
): void {
  const { id, message, date, rowIsWritten = false } = entering
  if (!rowIsWritten) addToMailbox(tx, conversationId, entering.mailboxId)
  queueForIndex(tx, id, entering.words)
  // Somebody put old mail into the archive, imported perhaps: it is news to nobody.
  const isNews = !entering.backfill && !(entering.role === 'archive' && date < Date.now() - oldMs)
  if (merged.length > 0) {
    if (isNews) note(tx, conversationId, 'merged', '', Date.now())
    for (const gone of merged) batch.touched.delete(gone)
  }
  const failed = message.report ? keepReport(tx, workspace, id, message.report, date) : false
  if (isNews) {
    arriveLive(tx, conversationId, created, failed, entering)
    if (!created) noteArrival(tx, conversationId, id)
  }
  if (rowIsWritten && !isNews && !message.report) tx.changes.changed('conversations', conversationId)
  else batch.touched.add(conversationId)
  for (const id of moved) batch.touched.add(id)
  workspace.team.doLater(tx)
}

/** Mail that lies in the archive and is older than this came there by hand. */
const oldMs = 7 * 24 * 3_600_000

/** New mail moves a status: a customer's mail opens; a machine's answer and our own from elsewhere leave it as it is. */
function arriveLive(
  tx: Writer,
  conversationId: number,
  created: boolean,
  failed: boolean,
  { message, ours, role, date }: Entering,
): void {
  const aside = role === null || role === 'junk' || role === 'trash' || role === 'sent'
  if (!ours && !aside && (message.autoKind === 'none' || message.autoKind === 'notification'))
    tx.changes.changed('arrived', conversationId)
  if (created) {
    // A rule on the server may have filed it: it is new mail all the same.
    if (!ours && !aside)
      tx.run(
        'UPDATE conversations SET status = ?, status_by_person = ? WHERE id = ?',
        statusNumber('open'),
        role === 'inbox' ? 0 : 1,
        conversationId,
      )
    return
  }
  const current = tx.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', conversationId)?.status
  const person = !ours && !aside && message.autoKind !== 'auto-reply' && message.autoKind !== 'bounce'
  const opens =
    (person || (failed && !aside)) && (current === statusNumber('closed') || current === statusNumber('pending'))
  tx.run(
    'UPDATE conversations SET status = ?, status_by_person = 1 WHERE id = ?',
    opens ? statusNumber('open') : (current ?? 0),
    conversationId,
  )
  if (opens && failed) note(tx, conversationId, 'opened', '', date)
  else if (opens) note(tx, conversationId, 'reopened', displayName(message.from.name, message.from.address), date)
}

interface NewMessage {
  readonly key: bigint
  readonly content: Uint8Array
  readonly date: number
  readonly place: Place
  readonly seen: boolean
  readonly direction: 0 | 1
  readonly conversationId: number | null
}

/** What lists show of a message that is about to be stored. */
function shownOf(message: ParsedMessage, made: Omit<NewMessage, 'conversationId'>): Shown {
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

/** What a message is known by: its Message-ID, or, without one, its bytes. */
export function messageKey(workspace: Workspace, message: ParsedMessage): bigint {
  const id = message.messageId === null ? null : normalId(message.messageId)
  return id === null
    ? workspace.hashes.hash('content', Buffer.from(message.hash).toString('hex'))
    : workspace.hashes.hash('id', id)
}

interface SentRow {
  id: number
  sent_message: number | null
}

/** The outbox row that a message from one of our addresses came from: same Message-ID, or our own header. */
function sentFromHere(tx: Writer, key: bigint, message: ParsedMessage): SentRow | undefined {
  const byKey = tx.get<SentRow>('SELECT id, sent_message FROM outbox WHERE key_hash = ?', key)
  if (byKey || message.posternId === null) return byKey
  return tx.get<SentRow>('SELECT id, sent_message FROM outbox WHERE postern_id = ?', message.posternId)
}
