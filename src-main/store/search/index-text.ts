import { numberOfMessage } from '../conversations/number'
import type { Writer, Reader } from '../file/database'
import { unpackSearchText } from '../../shared/message-body'
import { parsePeople } from '../rows'
import { indexedText } from './search-text'

/**
 * Notes that the search index does not hold a message as it is now, or still holds one that is gone: in the same transaction
 * as the change itself, so that no crash leaves a message out (store/search/search-index).
 */
export function queueForIndex(tx: Writer, id: number): void {
  tx.run('INSERT OR IGNORE INTO index_queue(message_id) VALUES(?)', id)
  tx.changes.reindex(id)
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

/** The words of a stored message; null when it is not to be found: gone, or of no conversation. */
export function storedText(read: Reader, id: number): string | null {
  const row = read.get<Row>(
    `SELECT m.message_id, m.content_hash, m.direction, m.from_name, m.from_address, m.people, m.subject, m.unreadable, b.body FROM messages m JOIN message_bodies b ON b.message_id = m.id
     WHERE m.id = ? AND m.conversation_id IS NOT NULL`,
    id,
  )
  if (!row) return null
  const names = read
    .all<{ name: string }>('SELECT name FROM attachments WHERE message_id = ? AND inline = 0 ORDER BY part', id)
    .map(({ name }) => name)
  const words = row.unreadable === null ? [unpackSearchText(row.body), ...names] : [row.subject]
  return indexedText(
    {
      from: { name: row.from_name, address: row.from_address },
      ...parsePeople(row.people),
      subject: row.subject,
      searchText: [...words, numberOfMessage(row.message_id, row.content_hash)].join('\n'),
    },
    row.direction === 1,
  )
}
