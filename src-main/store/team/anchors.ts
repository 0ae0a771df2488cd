import type { Reader, Writer } from '../file/database'
import { anchorOf, type KeyHash } from '../file/keys'
import { shownPlaces } from '../mail/places'

/**
 * How events name a conversation: `c:` and the anchor of a Message-ID, or `h:` and the hash of a message without one.
 * Conversation ids differ from laptop to laptop, Message-IDs do not. Two agents may name one conversation by different
 * messages of it; the entities of one conversation are reduced together.
 */
const isConversationEntity = (entity: string): boolean => /^[ch]:/.test(entity)

export const entityOfMessage = (messageId: string | null, contentHash: Uint8Array): string =>
  messageId === null ? `h:${Buffer.from(contentHash).toString('hex')}` : `c:${anchorOf(messageId)}`

export function keyHashOf(hashes: KeyHash, entity: string): bigint {
  return entity.startsWith('c:') ? hashes.ofAnchor(entity.slice(2)) : hashes.hash('content', entity.slice(2))
}

/** The name under which this laptop writes about a conversation; null while it has no message that others could know. */
export function entityOfConversation(tx: Writer, hashes: KeyHash, conversationId: number): string | null {
  const used = tx.get<{ entity: string }>(
    'SELECT min(entity) AS entity FROM team_anchors WHERE conversation_id = ? HAVING entity IS NOT NULL',
    conversationId,
  )
  if (used) return used.entity
  const message = tx.get<{ message_id: string | null; content_hash: Buffer }>(
    'SELECT message_id, content_hash FROM messages WHERE conversation_id = ? ORDER BY date, id LIMIT 1',
    conversationId,
  )
  const outgoing = message
    ? undefined
    : tx.get<{ message_id: string }>(
        'SELECT message_id FROM outbox WHERE conversation_id = ? ORDER BY id LIMIT 1',
        conversationId,
      )
  const entity = message
    ? entityOfMessage(message.message_id, message.content_hash)
    : outgoing
      ? entityOfMessage(outgoing.message_id, new Uint8Array())
      : null
  if (entity !== null) remember(tx, hashes, entity, conversationId)
  return entity
}

function remember(tx: Writer, hashes: KeyHash, entity: string, conversationId: number | null): void {
  tx.run(
    'INSERT INTO team_anchors(entity, key_hash, conversation_id) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET conversation_id = coalesce(?3, conversation_id)',
    entity,
    keyHashOf(hashes, entity),
    conversationId,
  )
}

/** The newest message of a conversation, as the basis of an act: what comes later was not known to it. */
export function newestEntity(read: Reader, conversationId: number): string | null {
  const message = read.get<{ message_id: string | null; content_hash: Buffer }>(
    `SELECT message_id, content_hash FROM messages WHERE conversation_id = ? AND place IN ${shownPlaces} ORDER BY date DESC, id DESC LIMIT 1`,
    conversationId,
  )
  return message ? entityOfMessage(message.message_id, message.content_hash) : null
}

export interface Group {
  /** Under which its state is kept. */
  readonly owner: string
  readonly entities: readonly string[]
  /** null: no conversation, or its mail is not here yet. */
  readonly conversationId: number | null
}

/** What is reduced together with an entity; an anchor that is met for the first time is looked up and remembered. */
export function groupOf(tx: Writer, hashes: KeyHash, entity: string): Group {
  if (!isConversationEntity(entity)) return { owner: entity, entities: [entity], conversationId: null }
  let known = tx.get<{ conversation_id: number | null }>(
    'SELECT conversation_id FROM team_anchors WHERE entity = ?',
    entity,
  )
  if (!known) {
    known = { conversation_id: conversationOf(tx, hashes, entity) }
    remember(tx, hashes, entity, known.conversation_id)
  }
  return known.conversation_id === null
    ? { owner: entity, entities: [entity], conversationId: null }
    : groupOfConversation(tx, known.conversation_id)
}

export function groupOfConversation(read: Reader, conversationId: number): Group {
  const entities = read
    .all<{ entity: string }>(
      'SELECT entity FROM team_anchors WHERE conversation_id = ? ORDER BY entity',
      conversationId,
    )
    .map(({ entity }) => entity)
  return { owner: entities[0] ?? '', entities, conversationId }
}

/** The conversation that an entity means here; null while its mail is not here. */
export function conversationOf(read: Reader, hashes: KeyHash, entity: string): number | null {
  const hash = keyHashOf(hashes, entity)
  // Where the message itself lies; an id that is only spoken of may still name the place from which it was taken.
  let id =
    read.get<{ conversation_id: number }>('SELECT conversation_id FROM messages WHERE key_hash = ?', hash)
      ?.conversation_id ??
    read.get<{ conversation_id: number }>('SELECT conversation_id FROM thread_ids WHERE hash = ?', hash)
      ?.conversation_id
  while (id !== undefined) {
    const row = read.get<{ merged_into: number | null }>('SELECT merged_into FROM conversations WHERE id = ?', id)
    if (!row) return null
    if (row.merged_into === null) return id
    id = row.merged_into
  }
  return null
}

/**
 * Messages joined a conversation: anchors that waited for one of them, and those of conversations that merged into it,
 * are its own now.
 * @returns whether any moved, so that the conversation's state must be made anew
 */
export function moveAnchors(
  tx: Writer,
  conversationId: number,
  fresh: readonly bigint[],
  merged: readonly number[],
): boolean {
  let moved = 0
  // Hardly ever there is one, and to look costs a tenth of an UPDATE that finds nothing.
  const waiting = fresh.filter(
    (hash) => tx.get('SELECT 1 FROM team_anchors WHERE key_hash = ? AND conversation_id IS NULL', hash) !== undefined,
  )
  for (const hash of waiting)
    moved += tx.run(
      'UPDATE team_anchors SET conversation_id = ? WHERE key_hash = ? AND conversation_id IS NULL',
      conversationId,
      hash,
    ).changes
  for (const loser of merged)
    if (tx.get('SELECT 1 FROM team_anchors WHERE conversation_id = ?', loser))
      moved += tx.run(
        'UPDATE team_anchors SET conversation_id = ? WHERE conversation_id = ?',
        conversationId,
        loser,
      ).changes
  return moved > 0
}
