import { hash } from 'node:crypto'
import type { Reader } from '../file/database'
import { entityOfMessage } from '../team/anchors'

/** Crockford's base 32: no letter that is taken for a digit, and none that makes rude words. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 35 bits: among a million messages another one has the same number once in 30,000 times; then both are found. */
const letters = 7

/** The number of a message: of its Message-ID (without one, of its content), so it is the same on every console. */
export function numberOfMessage(messageId: string | null, contentHash: Uint8Array): string {
  let bits = Math.floor(hash('sha256', entityOfMessage(messageId, contentHash), 'buffer').readUIntBE(0, 5) / 32)
  let number = ''
  for (let at = 0; at < letters; at++) {
    number = (alphabet[bits % 32] ?? '') + number
    bits = Math.floor(bits / 32)
  }
  return number
}

interface Row {
  readonly message_id: string | null
  readonly content_hash: Uint8Array
}

/**
 * How people call a conversation among each other: the number of its first message. Each of its messages has its number in the
 * search index, so that the old one still leads there after a merge or when an older message comes in. Null: no mail yet.
 */
export function numberOfConversation(read: Reader, id: number): string | null {
  const first = read.get<Row>(
    'SELECT message_id, content_hash FROM messages WHERE conversation_id = ? ORDER BY date, message_id LIMIT 1',
    id,
  )
  return first ? numberOfMessage(first.message_id, first.content_hash) : null
}

/** For lines about one message; null when it is gone. */
export function numberOf(read: Reader, kind: 'conversation' | 'message', id: number): string | null {
  if (kind === 'conversation') return numberOfConversation(read, id)
  const row = read.get<Row>('SELECT message_id, content_hash FROM messages WHERE id = ?', id)
  return row ? numberOfMessage(row.message_id, row.content_hash) : null
}
