import { joinConversations, threadIds, type Threadable } from '../shared/threading'
import type { Reader, Writer } from './database'
import { addToMailbox } from './summary'
import { parseIds, statusNumber } from './rows'
import type { Workspace } from './workspace'

export interface Joined {
  readonly conversationId: number
  readonly created: boolean
  /** Conversations that the message tied together; they are gone into `conversationId`. */
  readonly merged: readonly number[]
}

/** Finds or makes the conversation of a message by its ids and remembers the ids, also those only referred to. */
export function joinThread(tx: Writer, workspace: Workspace, message: Threadable, keyHash: bigint, into: number | null = null): Joined {
  const hashes = new Set(threadIds(message).map((id) => workspace.hashes.hash('id', id)))
  hashes.add(keyHash)
  const found: number[] = into === null ? [] : [into]
  const fresh: bigint[] = []
  for (const hash of hashes) {
    const known = tx.get<{ conversation_id: number }>('SELECT conversation_id FROM thread_ids WHERE hash = ?', hash)
    const survivor = known ? findSurvivor(tx, known.conversation_id) : null
    if (survivor === null) fresh.push(hash)
    else found.push(survivor)
  }
  const { survivor, merged } = joinConversations(found)
  const conversationId = survivor ?? Number(tx.run('INSERT INTO conversations(status) VALUES(?)', statusNumber('closed')).lastInsertRowid)
  for (const loser of merged) mergeInto(tx, conversationId, loser)
  for (const hash of fresh) expectId(tx, hash, conversationId)
  if (fresh.length > 0 || merged.length > 0) workspace.team.conversationGrew(tx, conversationId, fresh, merged)
  return { conversationId, created: survivor === null, merged }
}

/** Makes an id known before its message is there: our own, at Send. */
export function expectId(tx: Writer, keyHash: bigint, conversationId: number): void {
  tx.run('INSERT INTO thread_ids(hash, conversation_id) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET conversation_id = ?2', keyHash, conversationId)
}

/** The conversation that an id stands for today: merged ones point on. An id that was never there stands for itself. */
export function survivorOf(read: Reader, id: number): number {
  return findSurvivor(read, id) ?? id
}

/** null: it is gone, with its mailbox; its ids are free again. */
function findSurvivor(read: Reader, id: number): number | null {
  let current = id
  for (;;) {
    const row = read.get<{ merged_into: number | null }>('SELECT merged_into FROM conversations WHERE id = ?', current)
    if (!row) return null
    if (row.merged_into === null) return current
    current = row.merged_into
  }
}

interface Merging { status: number; status_by_person: number; mailbox_ids: string; version: number; last_at: number }

/** Everything of `loser` becomes `survivor`'s. The empty row stays and points on, for whoever still holds the old id. */
function mergeInto(tx: Writer, survivor: number, loser: number): void {
  const select = 'SELECT status, status_by_person, mailbox_ids, version, last_at FROM conversations WHERE id = ?'
  const from = tx.get<Merging>(select, loser)
  const to = tx.get<Merging>(select, survivor)
  if (!from || !to) return
  for (const table of ['messages', 'history', 'notes', 'drafts', 'outbox']) tx.run(`UPDATE ${table} SET conversation_id = ? WHERE conversation_id = ?`, survivor, loser)
  tx.run('DELETE FROM conversation_mailboxes WHERE conversation_id = ?', loser)
  tx.run(
    `UPDATE conversations SET merged_into = ?, hidden = 1, customer_id = NULL, message_count = 0, has_draft = 0, outbox_state = NULL, outbox_error = NULL WHERE id = ?`,
    survivor, loser)
  // What a person decided outweighs what was derived; of two decisions the one that asks for more work.
  const decided = [from, to].filter(({ status_by_person: byPerson }) => byPerson === 1)
  const status = decided.length === 0 ? to.status : Math.min(...decided.map((one) => one.status))
  tx.run('UPDATE conversations SET status = ?, status_by_person = ?, version = ?, last_at = ? WHERE id = ?',
    status, decided.length === 0 ? 0 : 1, Math.max(from.version, to.version) + 1, Math.max(from.last_at, to.last_at), survivor)
  for (const mailboxId of parseIds(from.mailbox_ids)) addToMailbox(tx, survivor, mailboxId)
  tx.run('UPDATE conversation_mailboxes SET status = ? WHERE conversation_id = ?', status, survivor)
  tx.run("DELETE FROM drafts WHERE state = 'discarded' AND conversation_id = ?", survivor)
  tx.changes.changed('conversations', loser)
}

/** One thin line between messages: what changed, when and by whom. */
export function note(tx: Writer, conversationId: number, kind: 'reopened' | 'closed' | 'pending' | 'opened' | 'spam' | 'merged', by: string, at: number): void {
  tx.run('INSERT INTO history(conversation_id, at, kind, by) VALUES(?, ?, ?, ?)', conversationId, at, kind, by)
}
