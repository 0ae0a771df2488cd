import type { Writer } from '../file/database'
import { putAssignee, putSnooze, putTags } from '../conversations/work'

/** Takes what the team's events amounted to off a conversation, so that it can be made anew from those that are left to it. */
export function forgetProjected(tx: Writer, conversationId: number): void {
  putAssignee(tx, conversationId, null)
  putTags(tx, conversationId, [])
  putSnooze(tx, conversationId, null, 0, true)
  tx.run('DELETE FROM conversation_fields WHERE conversation_id = ?', conversationId)
  tx.run('UPDATE conversation_people SET follows = 0, mentioned_at = 0 WHERE conversation_id = ?', conversationId)
}
