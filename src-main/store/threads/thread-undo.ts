import { PosternError } from '../../../src-preload/contract/errors'
import { addToMailbox, mailboxIdsOf } from '../conversations/summary'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { sortFamily, unite } from './families'
import { Before, renew } from './thread-act-rows'
import { survivorOf } from './threads'

interface ActRow {
  id: number
  kind: string
  conversation_id: number
  other_id: number
  undone: number
  before: string
}

/** Takes an act back, also long after: what came since goes where the messages go that it answers. @throws PosternError `not-found`, `conflict` when it was taken back already */
export function undoThreadAct(tx: Writer, workspace: Workspace, actId: number): void {
  const row = tx.get<ActRow>(
    'SELECT id, kind, conversation_id, other_id, undone, before FROM thread_acts WHERE id = ?',
    actId,
  )
  if (!row) throw new PosternError('not-found', 'no such act')
  if (row.undone === 1) throw new PosternError('conflict', 'taken back already', { what: 'undo' })
  tx.run('UPDATE thread_acts SET undone = 1 WHERE id = ?', actId)
  const state = Before.parse(JSON.parse(row.before))
  const here = survivorOf(tx, row.conversation_id)
  if (row.kind === 'merge') revive(tx, workspace, row, here, state)
  for (const one of tx.all<{
    key: string
    before_conversation: number | null
    before_act: number | null
    before_chosen: number | null
  }>(
    'SELECT CAST(key_hash AS TEXT) AS key, before_conversation, before_act, before_chosen FROM thread_act_pins WHERE act_id = ?',
    actId,
  )) {
    const key = BigInt(one.key)
    // A later act on the message stands.
    if (one.before_act === null)
      tx.run(
        'UPDATE thread_pins SET conversation_id = ?, chosen = 0 WHERE key_hash = ? AND act_id = ?',
        one.before_conversation,
        key,
        actId,
      )
    else
      tx.run(
        'UPDATE thread_pins SET conversation_id = ?, act_id = ?, chosen = ? WHERE key_hash = ? AND act_id = ?',
        one.before_conversation,
        one.before_act,
        one.before_chosen,
        key,
        actId,
      )
  }
  const affected = [here, survivorOf(tx, row.other_id)]
  const root = unite(tx, affected)
  affected.push(...sortFamily(tx, workspace, root))
  tx.run('DELETE FROM history WHERE act_id = ?', actId)
  renew(tx, workspace, affected)
}

/** The conversation that was merged away is there again, with what came along from it. */
function revive(tx: Writer, workspace: Workspace, row: ActRow, here: number, state: Before): void {
  const gone = tx.get<{ merged_into: number | null }>(
    'SELECT merged_into FROM conversations WHERE id = ?',
    row.other_id,
  )
  if (!gone || gone.merged_into === null) return
  tx.run(
    'UPDATE conversations SET merged_into = NULL, status = ?, status_by_person = ?, version = version + 1 WHERE id = ?',
    state.otherStatus,
    state.otherByPerson,
    row.other_id,
  )
  tx.run('UPDATE conversations SET status = ?, status_by_person = ? WHERE id = ?', state.status, state.byPerson, here)
  backInMailboxes(tx, row.other_id)
  for (const table of ['history', 'notes', 'drafts', 'outbox'] as const) {
    for (const id of state[table])
      tx.run(`UPDATE ${table} SET conversation_id = ? WHERE id = ? AND conversation_id = ?`, row.other_id, id, here)
  }
  for (const entity of state.anchors)
    tx.run(
      'UPDATE team_anchors SET conversation_id = ? WHERE entity = ? AND conversation_id = ?',
      row.other_id,
      entity,
      here,
    )
  workspace.team.conversationShrank(tx, here)
  workspace.team.conversationShrank(tx, row.other_id)
}

/** The merge took it out of the lists of its mailboxes, but its row still names them; one may have been removed since. */
function backInMailboxes(tx: Writer, id: number): void {
  const named = mailboxIdsOf(tx, id)
  tx.run("UPDATE conversations SET mailbox_ids = '[]' WHERE id = ?", id)
  for (const mailboxId of named)
    if (tx.get('SELECT 1 FROM mailboxes WHERE id = ?', mailboxId)) addToMailbox(tx, id, mailboxId)
}
