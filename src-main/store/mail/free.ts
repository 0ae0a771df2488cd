import type { MailboxDepth } from '../../../src-preload/contract/depth'
import { sinceOf, startBytes } from '../../shared/depth'
import { packMessage, unpackSearchText, unpackSource, unpackView } from '../../shared/message-body'
import type { Reader, Writer } from '../file/database'
import { queueForIndex } from '../search/index-text'
import { depthOf, partNumber } from './parts'
import { place } from './places'
import { breathe, type Workspace } from '../workspace'

/**
 * What a mailbox holds beyond its depth, and how the room for it is given back: of old messages the headers stay, of large
 * ones the text and the beginning. The rest comes from the server again when it is opened, or when more is to be kept.
 */

/** Messages of one transaction: unpacking and packing them takes some milliseconds. */
const chunk = 20
const page = 1000

interface Held {
  uid: number
  id: number
  date: number
  raw_size: number
  bytes: number
  shared: number
  place: number
}

/** Whole messages of a folder on a server from a UID on, with what they take up; `shared`: another mailbox or a folder of this computer has them too, or will have them. */
function held(read: Reader, folderId: number, mailboxId: number, from: number): Held[] {
  return read.all<Held>(
    `SELECT l.uid, m.id, m.date, m.raw_size, m.place, length(b.body) + coalesce(length(b.source), 0) AS bytes,
       EXISTS(SELECT 1 FROM locations o JOIN folders f ON f.id = o.folder_id WHERE o.message_id = m.id AND (f.mailbox_id <> ? OR f.local = 1))
         OR EXISTS(SELECT 1 FROM mailbox_moves v WHERE v.message_id = m.id) AS shared
     FROM locations l JOIN messages m ON m.id = l.message_id JOIN message_bodies b ON b.message_id = m.id
     WHERE l.folder_id = ? AND l.uid > ? AND m.part = 0 AND m.unreadable IS NULL ORDER BY l.uid LIMIT ${page}`,
    mailboxId,
    folderId,
    from,
  )
}

/** What is to stay of a message; null: all of it. */
function staying(
  { date, raw_size: size, shared, place: where }: Held,
  depth: MailboxDepth,
  now: number,
): 'headers' | 'start' | null {
  if (shared === 1 || where === place.draft || where === place.leaving) return null
  if (date < sinceOf(depth, now)) return 'headers'
  return depth.largest !== null && size > depth.largest && size > startBytes ? 'start' : null
}

async function* beyond(
  workspace: Workspace,
  mailboxId: number,
  depth: MailboxDepth,
): AsyncGenerator<readonly (Held & { stays: 'headers' | 'start' })[]> {
  const { read } = workspace.db
  const now = Date.now()
  if (depth.bodies === 'all' && depth.largest === null) return
  for (const { id } of read.all<{ id: number }>(
    'SELECT id FROM folders WHERE mailbox_id = ? AND local = 0',
    mailboxId,
  )) {
    for (let from = 0; ;) {
      const rows = held(read, id, mailboxId, from)
      const found = rows.flatMap((row) => {
        const stays = staying(row, depth, now)
        return stays === null ? [] : [{ ...row, stays }]
      })
      if (found.length > 0) yield found
      if (rows.length < page) break
      from = rows.at(-1)?.uid ?? from
      await breathe()
    }
  }
}

/** About how much would be given back under a depth; nothing changes. Bytes in the database, without the search index. */
export async function freeable(
  workspace: Workspace,
  mailboxId: number,
  depth: MailboxDepth,
): Promise<{ messages: number; bytes: number }> {
  const sum = { messages: 0, bytes: 0 }
  const seen = new Set<number>()
  for await (const rows of beyond(workspace, mailboxId, depth)) {
    for (const row of rows) {
      if (seen.has(row.id)) continue
      seen.add(row.id)
      sum.messages += 1
      sum.bytes += Math.max(
        0,
        row.bytes - (row.stays === 'start' ? Math.min(row.bytes, startBytes) : Math.min(row.bytes, 1024)),
      )
    }
  }
  return sum
}

const dueKey = (mailboxId: number): string => `free ${mailboxId}`

/** From now on upkeep gives back what lies beyond the mailbox's depth; it goes on after an end of the program. */
export function freeSoon(tx: Writer, mailboxId: number): void {
  tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES(?, '1')", dueKey(mailboxId))
}

export function keepAfterAll(tx: Writer, mailboxId: number): void {
  tx.run('DELETE FROM meta WHERE key = ?', dueKey(mailboxId))
}

/** Gives back what is due, in short transactions. */
export async function freeDue(workspace: Workspace): Promise<void> {
  const due = workspace.db.read.all<{ id: number; depth: string }>(
    "SELECT b.id, b.depth FROM mailboxes b JOIN meta m ON m.key = 'free ' || b.id WHERE b.removing = 0",
  )
  for (const { id, depth } of due) {
    for await (const rows of beyond(workspace, id, depthOf(depth))) {
      for (let from = 0; from < rows.length; from += chunk) {
        // More is to be kept after all.
        if (!workspace.db.read.get('SELECT 1 FROM meta WHERE key = ?', dueKey(id))) return
        workspace.db.write((tx) => {
          for (const row of rows.slice(from, from + chunk)) shorten(tx, row.id, row.stays)
        }, 'normal')
        await breathe()
      }
    }
    workspace.db.write((tx) => {
      keepAfterAll(tx, id)
      tx.changes.touched('mailboxes')
      tx.changes.changed('conversations')
    }, 'normal')
  }
}

/** Looks again at what has become of it since it was found: what no server has any more, or what is to be put into another mailbox, stays whole. */
function shorten(tx: Writer, id: number, stays: 'headers' | 'start'): void {
  const row = tx.get<{ body: Buffer; source: Buffer | null }>(
    `SELECT b.body, b.source FROM message_bodies b JOIN messages m ON m.id = b.message_id WHERE b.message_id = ? AND m.part = 0
       AND EXISTS(SELECT 1 FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = m.id AND f.local = 0)
       AND NOT EXISTS(SELECT 1 FROM mailbox_moves v WHERE v.message_id = m.id)`,
    id,
  )
  if (!row) return
  const raw = unpackSource(row.body, row.source)
  const { body, source } =
    stays === 'headers'
      ? packMessage({ text: '', html: null, textSuffices: true, cut: false }, raw.subarray(0, headersEnd(raw)))
      : startOf(row.body, raw)
  tx.run('UPDATE message_bodies SET body = ?, source = ? WHERE message_id = ?', body, source, id)
  tx.run('UPDATE messages SET part = ? WHERE id = ?', partNumber(stays), id)
  queueForIndex(tx, id)
}

/** Its text stays whole, with the words that only its HTML has. */
function startOf(body: Buffer, raw: Uint8Array): { body: Uint8Array; source: Uint8Array | null } {
  const view = unpackView(body)
  const words = unpackSearchText(body)
  return packMessage(
    view,
    raw.subarray(0, startBytes),
    {},
    words.startsWith(`${view.text}\n`) ? words.slice(view.text.length + 1) : '',
  )
}

/** Behind the empty line that ends the headers (RFC 5322, 2.1); the whole when there is none. */
function headersEnd(raw: Uint8Array): number {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const [crlf, lf] = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')]
  if (crlf === -1 && lf === -1) return bytes.byteLength
  return lf === -1 || (crlf !== -1 && crlf < lf) ? crlf + 4 : lf + 2
}
