import { PosternError } from '../../../src-preload/contract/errors'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { IngestItem, ParsedMessage } from '../../../src-preload/contract/internal'
import type { Writer } from '../file/database'
import { flagBits } from './flags'
import { countUse } from './mailbox-use'
import { metInMailbox } from '../conversations/move-mailbox'
import { Batch } from './batch'
import { enter, meet } from './enter'
import { insertMessage, messageKey, shownOf } from './message-row'
import { place, placeOfRole, replaceMessage, roleOfLabels } from './places'
import { complete, partNumber, samePart } from './parts'
import { addressKey } from '../../../src-preload/contract/address'
import { settleFound } from '../outbox/outbox-found'
import { isEcho, wasDeliveredBack } from '../outbox/loop-guard'
import { countElsewhere } from '../outbox/send-limits'
import { wordsOf } from '../search/index-text'
import { addToMailbox, beginConversation } from '../conversations/summary'
import { carryOver, finishRenumbering, hasFormer } from './renumbering'
import { joinThread } from '../threads/thread-join'
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

export interface FolderRow {
  id: number
  mailbox_id: number
  role: FolderRole
  uid_validity: string | null
  /** 1: it was numbered anew, and not all of it has been found again. */ renumbered: number
}

/**
 * Stores one page of a folder, idempotent by (folder, uidValidity, uid), in one transaction as long as nobody else writes. Message,
 * thread and customer of an item, and the note that the search index must take it up, belong together in any case; the cursor moves with
 * the last item, so a page that was cut short is fetched again.
 * @returns how many are new here, and the role of the folder
 * @throws PosternError `not-found` (no such folder), `conflict` (another UIDVALIDITY)
 */
export async function ingestPage(
  workspace: Workspace,
  page: Page,
): Promise<{ stored: number; role: FolderRole | null }> {
  let stored = 0
  let role: FolderRole | null = null
  // Taking a page off the port takes as long as a step: who asked meanwhile comes first.
  await breathe()
  // Within a page the index and the tables are filled in the order of their keys.
  const items = page.items
    .map((item) => ({ item, date: messageDate(item.message.date, item.internalDate) }))
    .toSorted((a, b) => a.date - b.date)
  let from = 0
  await workspace.db.writeInSteps(
    (tx) => {
      const portion = new Portion(workspace, from, items.length)
      const folder = openFolder(tx, page.folderId, page.uidValidity)
      role = folder.role
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
    () => workspace.turns.between(),
  )
  if (page.cursor.complete === true && hasFormer(workspace.db.read))
    await finishRenumbering(workspace, mailboxOf(workspace.db.read, page.folderId))
  return { stored, role }
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
    'SELECT f.id, f.mailbox_id, f.role, f.uid_validity, EXISTS(SELECT 1 FROM folders o WHERE o.former_of = f.id) AS renumbered FROM folders f JOIN mailboxes m ON m.id = f.mailbox_id WHERE f.id = ? AND m.removing = 0',
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
  if (batch.has(item.uid) || tx.get('SELECT 1 FROM locations WHERE folder_id = ? AND uid = ?', folder.id, item.uid))
    return false
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
    known.find(({ id }) => id === samePart(known, part, message, date, item.internalDate)) ??
    (sent?.sent_message == null ? undefined : tx.get<Known>(`${select} WHERE id = ?`, sent.sent_message))
  const flags = flagBits(item.flags)
  const shown = shownAs(folder, item)
  const role = shown ?? folder.role
  const where = placeOfRole(role)
  if (same) {
    if (part === 'whole' && same.part !== 0) complete(tx, workspace, same.id, message)
    placeKnown(tx, workspace, folder, item, same, batch)
    if (same.conversation_id === null && where !== place.draft)
      joinSentDraft(tx, workspace, page, folder, item, same, key, role, batch)
    if (same.direction === 1 && folder.role === 'inbox' && wasDeliveredBack(workspace, message))
      tx.run('UPDATE messages SET returned = 1 WHERE id = ?', same.id)
    if (sent) settleFound(tx, workspace, sent.id, same.id, folder.role === 'sent' || folder.role === 'all')
    if (sent && !known.some(({ id }) => id === same.id)) answerToo(tx, workspace, message, key, same, batch)
    return true
  }

  const made = { key, content, date, place: where, seen: (flags & 1) !== 0 || ours, direction: ours ? 1 : 0 } as const
  const customer = where === place.draft ? null : meet(tx, workspace, message, ours, date)
  let begun = false
  const begin = (): number => {
    begun = true
    const id = beginConversation(tx, shownOf(message, made), folder.mailbox_id, workspace.own, customer)
    batch.begin(id)
    return id
  }
  const conversation =
    where === place.draft
      ? null
      : joinThread(tx, workspace, message, key, null, threadHint(workspace, folder, item), {
          begin,
          write: () => batch.write(tx),
        })
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
  batch.place(tx, folder, { ...item, messageId: id, shown })
  if (conversation?.decided) batch.write(tx)
  if (conversation)
    enter(
      tx,
      workspace,
      conversation,
      {
        id,
        message,
        date,
        arrived: item.internalDate,
        ours,
        mailboxId: folder.mailbox_id,
        role,
        backfill: page.backfill,
        words: wordsOf(message, ours),
        rowIsWritten: begun && !conversation.decided && shown === null && !sent,
      },
      batch,
    )
  if (sent) settleFound(tx, workspace, sent.id, id, folder.role === 'sent' || folder.role === 'all')
  return true
}

/** The role that labels give a message of All Mail; null: that of its folder. */
function shownAs(folder: FolderRow, { labels }: Pick<IngestItem, 'labels'>): FolderRole | null {
  return folder.role === 'all' && labels !== undefined ? roleOfLabels(labels) : null
}

/** The server's own thread of a message, for `joinThread`; unique within its mailbox only. */
function threadHint(workspace: Workspace, folder: FolderRow, { thread }: IngestItem): bigint | null {
  return thread === undefined ? null : workspace.hashes.hash('thread', `${folder.mailbox_id} ${thread}`)
}

/** A message that is here already has one more place: a copy for a second mailbox, a move, the copy in Sent, a new number. */
export function placeKnown(
  tx: Writer,
  workspace: Workspace,
  folder: FolderRow,
  item: Pick<IngestItem, 'uid' | 'flags' | 'labels' | 'thread'>,
  { id, conversation_id: conversationId }: Pick<Known, 'id' | 'conversation_id'>,
  batch: Batch,
): void {
  batch.place(tx, folder, { ...item, messageId: id, shown: shownAs(folder, item) })
  batch.write(tx)
  if (folder.renumbered === 1) carryOver(tx, folder.mailbox_id, folder.id, item.uid, id)
  metInMailbox(tx, workspace, id)
  replaceMessage(tx, id)
  if (conversationId === null) return
  addToMailbox(tx, conversationId, folder.mailbox_id)
  batch.touched.add(conversationId)
}

/** A draft on the server, of no conversation until then, has been sent since. */
function joinSentDraft(
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
  const ours = same.direction === 1
  meet(tx, workspace, item.message, ours, same.date)
  const conversation = joinThread(tx, workspace, item.message, key, null, threadHint(workspace, folder, item))
  tx.run('UPDATE messages SET conversation_id = ? WHERE id = ?', conversation.conversationId, same.id)
  enter(
    tx,
    workspace,
    conversation,
    {
      id: same.id,
      message: item.message,
      date: same.date,
      arrived: item.internalDate,
      ours,
      mailboxId: folder.mailbox_id,
      role,
      backfill: page.backfill,
    },
    batch,
  )
}

/** Outlook's servers give what they send another Message-ID, and that one its recipients answer. */
function answerToo(
  tx: Writer,
  workspace: Workspace,
  message: ParsedMessage,
  key: bigint,
  { conversation_id: at }: Known,
  batch: Batch,
): void {
  if (at === null) return
  const { conversationId, merged, moved } = joinThread(tx, workspace, message, key, at)
  for (const gone of merged) batch.touched.delete(gone)
  for (const id of [conversationId, ...moved]) batch.touched.add(id)
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
