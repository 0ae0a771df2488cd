import { sortByPersons, type Placeable, type Threadable } from '../../shared/threading'
import type { Reader, Writer } from '../file/database'
import { parseIds, parseTexts } from '../rows'
import { addToMailbox, markWork } from '../conversations/summary'
import type { Joined } from './thread-join'
import { familyOf, findSurvivor, mergeInto, survivorOf } from './threads'
import type { Workspace } from '../workspace'

/**
 * Families: conversations that persons have sorted. Their messages are placed by what persons put where (`thread_pins`)
 * and, for all others, by the nearest message that they answer; headers never join two of one family.
 */

/** Where a person put the message with this key; null: nobody did, or that conversation is gone. */
export function pinOf(read: Reader, keyHash: bigint): number | null {
  const pin = read.get<{ conversation_id: number }>(
    'SELECT conversation_id FROM thread_pins WHERE key_hash = ?',
    keyHash,
  )
  return pin ? findSurvivor(read, pin.conversation_id) : null
}

/**
 * Places a message that meets a family, and with it all others of the family: what came before may answer it.
 * @param into the conversation that a person wrote it in; it stays there
 */
export function joinFamily(
  tx: Writer,
  workspace: Workspace,
  message: Threadable,
  keyHash: bigint,
  found: readonly number[],
  put: number | null,
  into: number | null,
): Joined {
  const all = [...new Set([...found, ...(put === null ? [] : [put])])]
  const root = unite(
    tx,
    all.filter((id) => familyOf(tx, id) !== null),
  )
  const merged = all.filter((id) => familyOf(tx, id) === null)
  for (const id of merged) mergeInto(tx, root, id)
  const key = String(keyHash)
  const names = message.references.length > 0 ? message.references : message.inReplyTo
  const { placed, moved } = sort(tx, workspace, root, {
    key,
    ancestors: names.map((id) => keyOf(workspace, id)),
    date: Number.MAX_SAFE_INTEGER,
    put: put ?? into,
  })
  return { conversationId: placed.get(key) ?? root, created: false, merged, moved }
}

/** Puts everything of a family where it belongs now. @returns conversations that changed */
export function sortFamily(tx: Writer, workspace: Workspace, root: number): number[] {
  return sort(tx, workspace, root, null).moved
}

/** Makes one family of all that the conversations belong to. @returns the one that takes what nobody decided */
export function unite(tx: Writer, ids: readonly number[]): number {
  const families = [...new Set(ids.map((id) => familyOf(tx, id) ?? id))].toSorted((a, b) => a - b)
  const [first, ...others] = families
  if (first === undefined) throw new Error('no conversation to unite')
  const root = survivorOf(tx, first)
  for (const family of others) {
    const other = survivorOf(tx, family)
    if (other !== root) mergeInto(tx, root, other)
  }
  for (const family of families) tx.run('UPDATE conversations SET family = ? WHERE family = ?', root, family)
  for (const id of [root, ...ids]) tx.run('UPDATE conversations SET family = ? WHERE id = ?', root, id)
  return root
}

interface Member {
  id: number
  key: string
  refs: string
  date: number
  conversation_id: number
  pin: number | null
}

function sort(
  tx: Writer,
  workspace: Workspace,
  root: number,
  arriving: Placeable<number> | null,
): { placed: Map<string, number>; moved: number[] } {
  const members = tx.all<Member>(
    `SELECT m.id, CAST(m.key_hash AS TEXT) AS key, m.refs, m.date, m.conversation_id, p.conversation_id AS pin
     FROM conversations c JOIN messages m ON m.conversation_id = c.id LEFT JOIN thread_pins p ON p.key_hash = m.key_hash WHERE c.family = ?`,
    root,
  )
  const placed = sortByPersons(
    [
      ...members.map((member): Placeable<number> => ({
        key: member.key,
        ancestors: parseTexts(member.refs).map((id) => keyOf(workspace, id)),
        date: member.date,
        put: member.pin === null ? null : findSurvivor(tx, member.pin),
      })),
      ...(arriving ? [arriving] : []),
    ],
    root,
  )
  const moved = new Set<number>()
  for (const member of members) {
    const target = placed.get(member.key) ?? root
    if (target === member.conversation_id) continue
    moveMessage(tx, member.id, target)
    moved.add(member.conversation_id).add(target)
  }
  for (const id of moved) {
    fitMailboxes(tx, id)
    markWork(tx, id)
  }
  return { placed, moved: [...moved] }
}

const keyOf = (workspace: Workspace, id: string): string => String(workspace.hashes.hash('id', id))

/** A message with its id, its answer that is being written and its trace in the outbox. */
function moveMessage(tx: Writer, messageId: number, conversationId: number): void {
  tx.run('UPDATE messages SET conversation_id = ? WHERE id = ?', conversationId, messageId)
  tx.run(
    'UPDATE thread_ids SET conversation_id = ? WHERE hash = (SELECT key_hash FROM messages WHERE id = ?)',
    conversationId,
    messageId,
  )
  tx.run('UPDATE outbox SET conversation_id = ? WHERE sent_message = ?', conversationId, messageId)
  // One draft a conversation: where another is being written, this one stays behind.
  tx.run(
    `UPDATE drafts SET conversation_id = ?1 WHERE message_id = ?2 AND state = 'open'
    AND NOT EXISTS(SELECT 1 FROM drafts WHERE conversation_id = ?1 AND state = 'open')`,
    conversationId,
    messageId,
  )
}

/** Makes the mailboxes of a conversation those that its messages lie in; with none of them anywhere they stay. */
export function fitMailboxes(tx: Writer, id: number): void {
  const wanted = new Set(
    tx
      .all<{ mailbox_id: number }>(
        `SELECT DISTINCT f.mailbox_id FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id WHERE m.conversation_id = ?1
     UNION SELECT mailbox_id FROM outbox WHERE conversation_id = ?1 UNION SELECT mailbox_id FROM drafts WHERE conversation_id = ?1 AND state = 'open'`,
        id,
      )
      .map((row) => row.mailbox_id),
  )
  const movedTo =
    tx.get<{ moved_to: number | null }>('SELECT moved_to FROM conversations WHERE id = ?', id)?.moved_to ?? null
  if (wanted.size === 0 || movedTo !== null) return
  const now = parseIds(
    tx.get<{ mailbox_ids: string }>('SELECT mailbox_ids FROM conversations WHERE id = ?', id)?.mailbox_ids ?? '[]',
  )
  for (const mailboxId of now)
    if (!wanted.has(mailboxId))
      tx.run('DELETE FROM conversation_mailboxes WHERE conversation_id = ? AND mailbox_id = ?', id, mailboxId)
  tx.run(
    'UPDATE conversations SET mailbox_ids = ? WHERE id = ?',
    JSON.stringify(now.filter((mailboxId) => wanted.has(mailboxId))),
    id,
  )
  for (const mailboxId of wanted) addToMailbox(tx, id, mailboxId)
}
