import type { Writer } from '../file/database'
import { putMovedTo } from '../conversations/move-mailbox'
import { putAssignee, putSnooze, putTags } from '../conversations/work'

/** Takes what the team's events amounted to off a conversation, so that it can be made anew from those that are left to it. */
export function forgetProjected(tx: Writer, conversationId: number): void {
  putAssignee(tx, conversationId, null)
  putTags(tx, conversationId, [])
  if (tx.get('SELECT 1 FROM conversations WHERE id = ? AND moved_to IS NOT NULL', conversationId))
    putMovedTo(tx, conversationId, null)
  putSnooze(tx, conversationId, null, 0, true)
  tx.run('DELETE FROM conversation_fields WHERE conversation_id = ?', conversationId)
  tx.run('UPDATE conversation_people SET follows = 0, mentioned_at = 0 WHERE conversation_id = ?', conversationId)
}
