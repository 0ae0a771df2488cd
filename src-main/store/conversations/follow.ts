import type { Acts } from './acts'
import type { Reader, Writer } from '../file/database'
import { selfOf } from './people'
import type { Workspace } from '../workspace'

/** Following a conversation: its follower is told of what comes in, whoever looks after it. */
export function follow(
  acts: Acts,
  workspace: Workspace,
  ids: readonly number[],
  on: boolean,
): Promise<{ undo: string }> {
  const member = selfOf(workspace.db.read, workspace.device.id).id
  return acts.act(ids, (tx, id) => {
    if (follows(tx, id, member) === on) return []
    const put = (way: Writer, at: number, now: boolean): void =>
      void workspace.team.recordOn(way, at, 'follow', { member, on: now })
    put(tx, id, on)
    return [(undo, at) => put(undo, at, !on)]
  })
}

export function follows(read: Reader, id: number, member: string): boolean {
  return (
    read.get(
      'SELECT 1 FROM conversation_people WHERE conversation_id = ? AND member = ? AND follows = 1',
      id,
      member,
    ) !== undefined
  )
}

/** The person has looked at the conversation that mentions them. */
export function mentionSeen(tx: Writer, workspace: Workspace, id: number): void {
  const { changes } = tx.run(
    'UPDATE conversation_people SET seen_at = mentioned_at WHERE conversation_id = ? AND member IN (?, (SELECT member FROM team_devices WHERE device = ?)) AND seen_at < mentioned_at',
    id,
    workspace.device.id,
    workspace.device.id,
  )
  if (changes === 0) return
  tx.changes.touched('counts')
  tx.changes.changed('conversations', id)
}
