import type { Writer } from '../file/database'
import { queueForIndex } from '../search/index-text'

/** Takes a message out of every table and out of the search index. Its conversation's row is the caller's to renew. */
export function dropMessage(tx: Writer, id: number): void {
  queueForIndex(tx, id)
  // Its words lie in the index until the segments that hold them are merged (R48): store/search/search-index does it, also after a crash.
  tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES('purge', '1')")
  tx.run('DELETE FROM attachments WHERE message_id = ?', id)
  tx.run('DELETE FROM message_bodies WHERE message_id = ?', id)
  tx.run('DELETE FROM locations WHERE message_id = ?', id)
  tx.run('DELETE FROM mailbox_moves WHERE message_id = ?', id)
  tx.run('DELETE FROM delivery_reports WHERE report_message = ?', id)
  tx.run('UPDATE outbox SET sent_message = NULL WHERE sent_message = ?', id)
  tx.run('UPDATE drafts SET message_id = NULL WHERE message_id = ?', id)
  tx.run('DELETE FROM messages WHERE id = ?', id)
}
