import { PosternError } from '../../../src-preload/contract/errors'
import { MailboxDepth, type MailboxUsage, type Part } from '../../../src-preload/contract/depth'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import type { Reader, Writer } from '../file/database'
import { freeSoon, keepAfterAll } from './free'
import { openFolder } from './messages'
import { aboutOf, keepReport } from '../outbox/delivery'
import { queueForIndex } from '../search/index-text'
import { summarize } from '../conversations/summary'
import { breathe, type Workspace } from '../workspace'

/** Messages of which only a part is here: what is missing, and how it comes. */

const parts: readonly Part[] = ['whole', 'start', 'headers']
export const partNumber = (part: Part): number => parts.indexOf(part)
export const partOf = (stored: number): Part => parts[stored] ?? 'whole'

/** @param free what is here beyond it goes as well, in upkeep (store/mail/free) */
export function setDepth(workspace: Workspace, mailboxId: number, depth: MailboxDepth, free = false): void {
  workspace.db.write((tx) => {
    if (
      tx.run('UPDATE mailboxes SET depth = ? WHERE id = ? AND removing = 0', JSON.stringify(depth), mailboxId)
        .changes === 0
    )
      throw new PosternError('not-found', 'no such mailbox')
    if (free) freeSoon(tx, mailboxId)
    else keepAfterAll(tx, mailboxId)
    tx.changes.touched('mailboxes')
  })
}

export const depthOf = (text: string): MailboxDepth => MailboxDepth.parse(JSON.parse(text))

/** Lists a file that a message holds. */
export function insertAttachment(tx: Writer, messageId: number, file: ParsedMessage['attachments'][number]): void {
  tx.run(
    'INSERT INTO attachments(message_id, part, name, type, size, inline, content_id, dangerous) VALUES(?, ?, ?, ?, ?, ?, ?, ?)',
    messageId,
    file.index,
    file.name,
    file.type,
    file.size,
    Number(file.inline),
    file.contentId,
    Number(file.dangerous),
  )
}

/** The whole message takes the place of its part, with its own words in the search index. */
export function complete(tx: Writer, workspace: Workspace, id: number, message: ParsedMessage): void {
  const row = tx.get<{ part: number; date: number; conversation_id: number | null }>(
    'SELECT part, date, conversation_id FROM messages WHERE id = ?',
    id,
  )
  if (!row || row.part === 0) return
  tx.run(
    `UPDATE messages SET part = 0, content_hash = ?, snippet = ?, auto_kind = ?, attachment_count = ?, remote_count = ?, unreadable = ?, raw_size = ? WHERE id = ?`,
    message.contentHash,
    message.snippet,
    message.autoKind,
    message.attachments.filter(({ inline }) => !inline).length,
    message.remoteCount,
    message.unreadable,
    message.rawSize,
    id,
  )
  tx.run(
    'UPDATE message_bodies SET remote_urls = ?, body = ?, source = ? WHERE message_id = ?',
    message.remoteUrls.length === 0 ? null : JSON.stringify(message.remoteUrls),
    message.body,
    message.source,
    id,
  )
  for (const file of message.attachments) {
    // Those that were listed already keep their ids: one of them may be what a person is opening.
    const { changes } = tx.run(
      'UPDATE attachments SET name = ?, type = ?, size = ?, inline = ?, content_id = ?, dangerous = ? WHERE message_id = ? AND part = ?',
      file.name,
      file.type,
      file.size,
      Number(file.inline),
      file.contentId,
      Number(file.dangerous),
      id,
      file.index,
    )
    if (changes === 0) insertAttachment(tx, id, file)
  }
  if (row.conversation_id === null) return
  queueForIndex(tx, id)
  summarize(tx, row.conversation_id, workspace.own)
  if (!message.report) return
  keepReport(tx, workspace, id, message.report, row.date)
  for (const about of aboutOf(tx, id)) summarize(tx, about.id, workspace.own)
}

/** Copies of one message reach all mailboxes within this time. */
const copiesWithinMs = 2 * 86_400_000

/**
 * A message of a page that may be the whole of one that is here in part, or a part of one that is here. Its headers are all there is
 * to go by, and anybody may write them again: what arrives much later is not put under the name and date of the old one.
 */
export function samePart(
  known: readonly { id: number; part: number; subject: string; from_address: string; date: number }[],
  part: Part,
  message: ParsedMessage,
  date: number,
  arrived: number,
): number | null {
  const found = known.find(
    (one) =>
      (part !== 'whole' || (one.part !== 0 && Math.abs(arrived - one.date) < copiesWithinMs)) &&
      one.subject === message.subject &&
      one.from_address === message.from.address &&
      one.date === date,
  )
  return found?.id ?? null
}

/** Messages in part of one folder that belong here whole now, newest first: after a person asked for more. */
export function partialUids(
  read: Reader,
  folderId: number,
  since: number,
  largest: number,
  limit: number,
): { uids: number[] } {
  return {
    uids: read
      .all<{ uid: number }>(
        `SELECT l.uid FROM messages m JOIN locations l ON l.message_id = m.id WHERE m.part <> 0 AND l.folder_id = ? AND m.date >= ? AND m.raw_size <= ? ORDER BY m.date DESC LIMIT ?`,
        folderId,
        since,
        largest,
        limit,
      )
      .map(({ uid }) => uid),
  }
}

/** The whole of a message that was here in part. @throws PosternError `not-found`, `conflict` as `openFolder` */
export function completeAt(
  workspace: Workspace,
  folderId: number,
  uidValidity: string,
  uid: number,
  message: ParsedMessage,
): void {
  workspace.db.write((tx) => {
    openFolder(tx, folderId, uidValidity)
    const row = tx.get<{ message_id: number }>(
      'SELECT message_id FROM locations WHERE folder_id = ? AND uid = ?',
      folderId,
      uid,
    )
    if (row) complete(tx, workspace, row.message_id, message)
  }, 'normal')
}

/** A message is asked for in so many places, one after another. */
const mostPlaces = 3

interface Place {
  mailbox_id: number
  path: string
  uid_validity: string
  uid: number
}

/** Fetches what is missing of a message from a server that has it. @throws PosternError `not-found` when none has it, or what the last one met */
export async function fetchWhole(workspace: Workspace, id: number): Promise<void> {
  const row = workspace.db.read.get<{ part: number }>('SELECT part FROM messages WHERE id = ?', id)
  if (!row) throw new PosternError('not-found', 'no such message')
  if (row.part === 0) return
  const places = workspace.db.read.all<Place>(
    `SELECT f.mailbox_id, f.path, f.uid_validity, l.uid FROM locations l JOIN folders f ON f.id = l.folder_id JOIN mailboxes b ON b.id = f.mailbox_id
     WHERE l.message_id = ? AND f.local = 0 AND f.uid_validity IS NOT NULL AND b.removing = 0 LIMIT ${mostPlaces}`,
    id,
  )
  if (places.length === 0) throw new PosternError('not-found', 'no server has it')
  const mail = workspace.mail()
  if (!mail) throw new PosternError('service-restarting', 'mail is not there')
  let fault: unknown
  for (const { mailbox_id: mailboxId, path, uid_validity: uidValidity, uid } of places) {
    try {
      const { message } = await mail.call('message.fetch', { mailboxId, path, uidValidity, uid })
      workspace.db.write((tx) => complete(tx, workspace, id, message))
      return
    } catch (error) {
      // Moved away meanwhile, or its mailbox is cut off: where else it lies it may be had.
      fault = error
    }
  }
  throw fault
}

const chunk = 2000

/** Counts piece by piece what a mailbox takes up; other calls go on meanwhile. */
export async function usageOf(workspace: Workspace, mailboxId: number): Promise<MailboxUsage> {
  const { read } = workspace.db
  const usage = { messages: 0, partial: 0, bytes: 0 }
  for (const { id } of read.all<{ id: number }>('SELECT id FROM folders WHERE mailbox_id = ?', mailboxId)) {
    let from = 0
    for (;;) {
      const rows = read.get<{ n: number; last: number | null; partial: number; bytes: number | null }>(
        `SELECT count(*) AS n, max(uid) AS last, sum(part <> 0) AS partial, sum(bytes) AS bytes FROM (
           SELECT l.uid, m.part, length(b.body) + coalesce(length(b.source), 0) AS bytes
           FROM locations l JOIN messages m ON m.id = l.message_id JOIN message_bodies b ON b.message_id = m.id WHERE l.folder_id = ? AND l.uid > ? ORDER BY l.uid LIMIT ${chunk})`,
        id,
        from,
      )
      if (!rows || rows.n === 0 || rows.last === null) break
      usage.messages += rows.n
      usage.partial += rows.partial
      usage.bytes += rows.bytes ?? 0
      from = rows.last
      await breathe()
    }
  }
  return usage
}
