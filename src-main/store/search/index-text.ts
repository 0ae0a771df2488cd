import * as z from 'zod'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { numberOfMessage } from '../conversations/number'
import type { Writer, Reader } from '../file/database'
import { roomFor } from '../../shared/bytes'
import { unpackSearchText } from '../../shared/message-body'
import { parsePeople } from '../rows'
import { forIndex, headWords, type Words } from './search-text'

/**
 * Notes that the search index does not hold a message as it is now, or still holds one that is gone: in the same transaction
 * as the change itself, so that no crash leaves a message out (store/search/search-index).
 */
export function queueForIndex(tx: Writer, id: number): void {
  indexLater(tx, [id])
  tx.changes.reindex(id)
}

/** The notes alone, in the transaction that tells `changes` of the messages. */
export function indexLater(tx: Writer, ids: readonly number[]): void {
  if (ids.length > 0)
    tx.run('INSERT OR IGNORE INTO index_queue(message_id) SELECT value FROM json_each(?)', JSON.stringify(ids))
}

/** The words of a message that is stored just now; null: they did not come along. */
export function wordsOf(message: ParsedMessage, ours: boolean): Words | null {
  if (!message.words || message.unreadable !== null) return null
  const names = message.attachments.filter(({ inline }) => !inline).map(({ name }) => name)
  return {
    head: headWords(message, ours, [...names, numberOfMessage(message.messageId, message.contentHash)]),
    text: message.words,
  }
}

interface Row {
  message_id: string | null
  content_hash: Buffer
  direction: number
  from_name: string
  from_address: string
  people: string
  subject: string
  unreadable: string | null
  body: Buffer
}

/** The words of a stored message as the index takes them; null when it is not to be found: gone, or of no conversation. */
export function storedText(read: Reader, id: number): string | Uint8Array | null {
  const words = storedWords(read, id)
  return words && forIndex(words)
}

/** The words by which a stored message is found, those of its text as UTF-8. */
export function storedWords(read: Reader, id: number): Words | null {
  const row = read.get<Row>(
    `SELECT m.message_id, m.content_hash, m.direction, m.from_name, m.from_address, m.people, m.subject, m.unreadable, b.body FROM messages m JOIN message_bodies b ON b.message_id = m.id
     WHERE m.id = ? AND m.conversation_id IS NOT NULL`,
    id,
  )
  if (!row) return null
  const names = read
    .all<{ name: string }>('SELECT name FROM attachments WHERE message_id = ? AND inline = 0 ORDER BY part', id)
    .map(({ name }) => name)
  const from = { name: row.from_name, address: row.from_address }
  const more = [...names, numberOfMessage(row.message_id, row.content_hash)]
  return {
    head: headWords({ from, ...parsePeople(row.people), subject: row.subject }, row.direction === 1, more),
    text: Buffer.from(row.unreadable === null ? unpackSearchText(row.body) : ''),
  }
}

/** Words of a batch on their way to the thread: the texts one after another in one buffer, which is handed over. */
export const Handed = z.object({
  ids: z.array(z.int()),
  /** As many as ids; null: the words are read from the database. */
  heads: z.array(z.string().nullable()),
  sizes: z.array(z.int()),
  text: z.instanceof(Uint8Array),
})
export type Handed = z.infer<typeof Handed>

/** Messages whose words are laid out in one go: a few milliseconds. */
const inOneGo = 200

/**
 * @param between resolves when the next words may be laid out
 * @param spare see `joined`
 */
export async function handOver(
  batch: readonly (readonly [id: number, words: Words | null])[],
  between: () => Promise<void>,
  spare: ArrayBuffer | null = null,
): Promise<Handed> {
  const texts = batch.map(([, words]) => words?.text)
  const text = roomFor(texts, spare)
  let at = 0
  for (const [index, piece] of texts.entries()) {
    if (index % inOneGo === inOneGo - 1) await between()
    if (piece) text.set(piece, at)
    at += piece?.byteLength ?? 0
  }
  return {
    ids: batch.map(([id]) => id),
    heads: batch.map(([, words]) => words?.head ?? null),
    sizes: texts.map((piece) => piece?.byteLength ?? 0),
    text,
  }
}

/** The other end of `handOver`: of each message whose words came along. */
export function handedWords({ ids, heads, sizes, text }: Handed): Map<number, Words> {
  const found = new Map<number, Words>()
  let at = 0
  for (const [index, id] of ids.entries()) {
    const head = heads[index] ?? null
    const piece = text.subarray(at, (at += sizes[index] ?? 0))
    if (head !== null) found.set(id, { head, text: piece })
  }
  return found
}
