import type { Reader, Writer } from '../file/database'
import { parseIds } from '../rows'
import { addToMailbox, markWork } from '../conversations/summary'

/** Makes an id known before its message is there: our own, at Send. */
export function expectId(tx: Writer, keyHash: bigint, conversationId: number): void {
  tx.run(
    'INSERT INTO thread_ids(hash, conversation_id) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET conversation_id = ?2',
    keyHash,
    conversationId,
  )
}

/** The conversation that an id stands for today: merged ones point on. An id that was never there stands for itself. */
export function survivorOf(read: Reader, id: number): number {
  return findSurvivor(read, id) ?? id
}

/** null: it is gone, with its mailbox; its ids are free again. */
export function findSurvivor(read: Reader, id: number): number | null {
  let current = id
  for (;;) {
    const row = read.get<{ merged_into: number | null }>('SELECT merged_into FROM conversations WHERE id = ?', current)
    if (!row) return null
    if (row.merged_into === null) return current
    current = row.merged_into
  }
}

export function familyOf(read: Reader, id: number): number | null {
  return read.get<{ family: number | null }>('SELECT family FROM conversations WHERE id = ?', id)?.family ?? null
}

interface Merging {
  status: number
  status_by_person: number
  mailbox_ids: string
  version: number
  last_at: number
}

/** What goes with the loser, since it is about that conversation and no other. */
const peoplesOwn = ['conversation_fields', 'conversation_people'] as const
const anythingElse = `SELECT 1 WHERE ${['history', 'notes', 'drafts', 'outbox', 'note_drafts', ...peoplesOwn]
  .map((table) => `EXISTS(SELECT 1 FROM ${table} WHERE conversation_id = ?1)`)
  .join(' OR ')}`

/** Everything of `loser` becomes `survivor`'s. The empty row stays and points on, for whoever still holds the old id. */
export function mergeInto(tx: Writer, survivor: number, loser: number): void {
  const select = 'SELECT status, status_by_person, mailbox_ids, version, last_at FROM conversations WHERE id = ?'
  const from = tx.get<Merging>(select, loser)
  const to = tx.get<Merging>(select, survivor)
  if (!from || !to) return
  const follow = (table: string): boolean =>
    tx.run(`UPDATE ${table} SET conversation_id = ? WHERE conversation_id = ?`, survivor, loser).changes > 0
  follow('messages')
  tx.run('DELETE FROM conversation_mailboxes WHERE conversation_id = ?', loser)
  let hasWork = false
  // Nothing but its mail is known of most that merge, those of a first sync: one question instead of eight writes.
  if (tx.get(anythingElse, loser)) {
    for (const table of ['history', 'notes']) follow(table)
    hasWork = ['drafts', 'outbox'].map(follow).includes(true)
    // Words of a note that was not added yet stand in one place a conversation.
    tx.run(
      `INSERT INTO note_drafts(conversation_id, text, updated_at) SELECT ?1, text, updated_at FROM note_drafts WHERE conversation_id = ?2
       ON CONFLICT DO UPDATE SET text = note_drafts.text || char(10, 10) || excluded.text, updated_at = max(note_drafts.updated_at, excluded.updated_at)`,
      survivor,
      loser,
    )
    tx.run('DELETE FROM note_drafts WHERE conversation_id = ?', loser)
    for (const table of peoplesOwn) tx.run(`DELETE FROM ${table} WHERE conversation_id = ?`, loser)
  }
  tx.run(
    `UPDATE conversations SET merged_into = ?, hidden = 1, customer_id = NULL, message_count = 0, has_draft = 0, outbox_state = NULL, outbox_error = NULL WHERE id = ?`,
    survivor,
    loser,
  )
  // What a person decided outweighs what was derived; of two decisions the one that asks for more work.
  const decided = [from, to].filter(({ status_by_person: byPerson }) => byPerson === 1)
  const status = decided.length === 0 ? to.status : Math.min(...decided.map((one) => one.status))
  const lastAt = Math.max(from.last_at, to.last_at)
  if (status !== to.status || lastAt !== to.last_at)
    tx.run('UPDATE conversations SET status = ?, last_at = ? WHERE id = ?', status, lastAt, survivor)
  tx.run(
    'UPDATE conversations SET status_by_person = ?, version = ? WHERE id = ?',
    decided.length === 0 ? 0 : 1,
    Math.max(from.version, to.version) + 1,
    survivor,
  )
  for (const mailboxId of parseIds(from.mailbox_ids)) addToMailbox(tx, survivor, mailboxId)
  if (hasWork) markWork(tx, survivor)
  tx.changes.changed('conversations', loser)
}

export type HistoryKind =
  | 'reopened'
  | 'closed'
  | 'pending'
  | 'opened'
  | 'spam'
  | 'merged'
  | 'split-off'
  | 'split-from'
  | 'assigned'
  | 'unassigned'
  | 'tagged'
  | 'untagged'
  | 'snoozed'
  | 'unsnoozed'
  | 'woke'
  | 'field-set'
  | 'field-cleared'
  | 'moved'
  | 'answered-elsewhere'
  | 'read-elsewhere'
  | 'move-refused'
  | 'flag-refused'
  | 'label-refused'
  | 'copy-refused'
  | 'put-refused'

/**
 * One thin line between messages: what changed, when and by whom. `actId`: the thread act that it tells of; `detail`: to
 * whom, which tag, until when (ms as text). @returns its row
 */
export function note(
  tx: Writer,
  conversationId: number,
  kind: HistoryKind,
  by: string,
  at: number,
  actId: number | null = null,
  detail = '',
): number {
  return Number(
    tx.run(
      'INSERT INTO history(conversation_id, at, kind, by, act_id, detail) VALUES(?, ?, ?, ?, ?, ?)',
      conversationId,
      at,
      kind,
      by,
      actId,
      detail,
    ).lastInsertRowid,
  )
}

/** The line stays and says that it was taken back: colleagues have it too. */
export function takeBackLine(tx: Writer, line: number): void {
  tx.run('UPDATE history SET taken_back = 1 WHERE id = ?', line)
}
