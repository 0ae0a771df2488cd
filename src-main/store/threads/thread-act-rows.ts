import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { markWork, summarize } from '../conversations/summary'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { fitMailboxes } from './families'
import { findSurvivor, survivorOf } from './threads'

/** What a person's act on a thread writes down: itself, how things stood before it, and where it puts messages. */

export const Before = z.object({
  status: z.int(),
  byPerson: z.int(),
  otherStatus: z.int(),
  otherByPerson: z.int(),
  /** Rows that came along from the other conversation. */
  history: z.array(z.int()),
  notes: z.array(z.int()),
  drafts: z.array(z.int()),
  outbox: z.array(z.int()),
  /** Names under which the team's events speak of the other conversation. */
  anchors: z.array(z.string()),
  /** How the team's events name the act: what was merged away or taken out, and from where. */
  named: z.object({ entity: z.string(), from: z.string().nullable() }).nullable().default(null),
})
export type Before = z.infer<typeof Before>

interface State {
  id: number
  status: number
  status_by_person: number
}
export interface Member {
  id: number
  key: bigint
  pin_conversation: number | null
  pin_act: number | null
  pin_chosen: number | null
}

/** What lists, customers and the team say of these conversations follows from where their messages lie now. */
export function renew(tx: Writer, workspace: Workspace, ids: readonly number[]): void {
  for (const id of new Set(ids)) {
    if (findSurvivor(tx, id) !== id) continue
    fitMailboxes(tx, id)
    markWork(tx, id)
    summarize(tx, id, workspace.own)
    tx.run('UPDATE conversations SET version = version + 1 WHERE id = ?', id)
  }
  tx.changes.touched('counts')
  tx.changes.changed('customers')
  workspace.team.doLater(tx)
}

/** @throws PosternError `not-found` */
export function stateOf(tx: Writer, id: number): State {
  const row = tx.get<State>('SELECT id, status, status_by_person FROM conversations WHERE id = ?', survivorOf(tx, id))
  if (!row) throw new PosternError('not-found', 'no such conversation')
  return row
}

/** Messages in order of time, each with where a person has put it already. */
export function membersOf(tx: Writer, conversationId: number): Member[] {
  return tx
    .all<Omit<Member, 'key'> & { key: string }>(
      `SELECT m.id, CAST(m.key_hash AS TEXT) AS key, p.conversation_id AS pin_conversation, p.act_id AS pin_act, p.chosen AS pin_chosen
     FROM messages m LEFT JOIN thread_pins p ON p.key_hash = m.key_hash WHERE m.conversation_id = ? ORDER BY m.date, m.id`,
      conversationId,
    )
    .map((row) => ({ ...row, key: BigInt(row.key) }))
}

/** How both conversations stand before an act. @param from whose rows come along; null: none do */
export function before(tx: Writer, here: State, other: State, from: number | null): Before {
  const ids = (table: string): number[] =>
    from === null
      ? []
      : tx.all<{ id: number }>(`SELECT id FROM ${table} WHERE conversation_id = ?`, from).map(({ id }) => id)
  return {
    status: here.status,
    byPerson: here.status_by_person,
    otherStatus: other.status,
    otherByPerson: other.status_by_person,
    history: ids('history'),
    notes: ids('notes'),
    drafts: ids('drafts'),
    outbox: ids('outbox'),
    named: null,
    anchors:
      from === null
        ? []
        : tx
            .all<{ entity: string }>('SELECT entity FROM team_anchors WHERE conversation_id = ?', from)
            .map(({ entity }) => entity),
  }
}

/** Writes an act down. @returns its id */
export function act(
  tx: Writer,
  kind: 'split' | 'merge' | 'keep',
  by: string,
  at: number,
  conversationId: number,
  otherId: number,
  state: Before,
): number {
  return Number(
    tx.run(
      'INSERT INTO thread_acts(kind, at, by, conversation_id, other_id, before) VALUES(?, ?, ?, ?, ?, ?)',
      kind,
      at,
      by,
      conversationId,
      otherId,
      JSON.stringify(state),
    ).lastInsertRowid,
  )
}

/**
 * Puts a message into a conversation by an act, which keeps where it was put before.
 * @param home where it goes back to when the act is taken back and nobody had put it anywhere before
 */
export function pin(
  tx: Writer,
  actId: number,
  member: Member,
  conversationId: number,
  chosen: boolean,
  home: number,
): void {
  tx.run(
    'INSERT OR IGNORE INTO thread_act_pins(act_id, key_hash, before_conversation, before_act, before_chosen) VALUES(?, ?, ?, ?, ?)',
    actId,
    member.key,
    member.pin_conversation ?? home,
    member.pin_act,
    member.pin_chosen,
  )
  tx.run(
    'INSERT INTO thread_pins(key_hash, conversation_id, act_id, chosen) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET conversation_id = ?2, act_id = ?3, chosen = ?4',
    member.key,
    conversationId,
    actId,
    Number(chosen),
  )
}
