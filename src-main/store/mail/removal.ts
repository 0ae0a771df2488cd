import { PosternError } from '../../../src-preload/contract/errors'
import { dropMessage } from './erase'
import { forgetParts } from './files'
import { fitMailboxes } from '../threads/families'
import { mailboxIdsOf, summarize } from '../conversations/summary'
import { replaceMessage } from './places'
import { breathe, type Workspace } from '../workspace'

const chunk = 50

/** SQL: a message `m` is still to be put into a mailbox that stays; what is here is then all that will be left of it. */
const isOnItsWay =
  'EXISTS(SELECT 1 FROM mailbox_moves v JOIN mailboxes b ON b.id = v.mailbox_id WHERE v.message_id = m.id AND b.removing = 0)'

/**
 * Removes a mailbox and its local copy: it leaves the lists at once, its mail piece by piece. Messages that another
 * mailbox has too stay. Nothing is deleted on the server.
 */
export function hideMailbox(workspace: Workspace, id: number): void {
  workspace.db.write((tx) => {
    if (tx.run('UPDATE mailboxes SET removing = 1 WHERE id = ?', id).changes === 0)
      throw new PosternError('not-found', 'no such mailbox')
    for (const topic of ['mailboxes', 'counts', 'sync'] as const) tx.changes.touched(topic)
    tx.changes.changed('conversations')
  })
  workspace.mailboxesChanged()
  forgetParts()
}

/** Finishes removals, also those that an earlier run began. */
export async function finishRemovals(workspace: Workspace): Promise<void> {
  const removing = workspace.db.read.all<{ id: number }>('SELECT id FROM mailboxes WHERE removing = 1')
  for (const { id } of removing) {
    while (removeSome(workspace, id)) await breathe()
    await removeCustomers(workspace)
    workspace.db.write((tx) => {
      tx.run('DELETE FROM folders WHERE mailbox_id = ?', id)
      tx.run('DELETE FROM view_counts WHERE mailbox_id = ?', id)
      tx.run('DELETE FROM mailboxes WHERE id = ?', id)
      tx.changes.touched('counts')
      tx.changes.changed('conversations')
      tx.changes.changed('customers')
    })
  }
}

function removeSome(workspace: Workspace, mailboxId: number): boolean {
  return workspace.db.write((tx) => {
    tx.run('DELETE FROM server_ops WHERE mailbox_id = ?', mailboxId)
    // Also those that were moved elsewhere since they were answered from here.
    const conversations = new Set(
      tx
        .all<{ conversation_id: number }>(
          `SELECT conversation_id FROM conversation_mailboxes WHERE mailbox_id = ?1 UNION ALL SELECT conversation_id FROM outbox WHERE mailbox_id = ?1
           UNION ALL SELECT conversation_id FROM drafts WHERE mailbox_id = ?1 AND conversation_id IS NOT NULL LIMIT ?2`,
          mailboxId,
          chunk,
        )
        .map((row) => row.conversation_id),
    )
    for (const id of conversations) removeFrom(id)
    if (conversations.size > 0) return true
    // Drafts on the server, which are of no conversation, and mail of conversations that were moved elsewhere.
    const rest = tx.all<{ folder_id: number; uid: number; message_id: number; conversation_id: number | null }>(
      'SELECT l.folder_id, l.uid, l.message_id, m.conversation_id FROM locations l JOIN folders f ON f.id = l.folder_id JOIN messages m ON m.id = l.message_id WHERE f.mailbox_id = ? LIMIT ?',
      mailboxId,
      chunk * 4,
    )
    for (const { folder_id: folderId, uid, message_id: messageId } of rest) {
      tx.run('DELETE FROM locations WHERE folder_id = ? AND uid = ?', folderId, uid)
      if (tx.get('SELECT 1 FROM locations WHERE message_id = ?', messageId)) replaceMessage(tx, messageId)
      else if (!tx.get(`SELECT 1 FROM messages m WHERE id = ? AND ${isOnItsWay}`, messageId)) dropMessage(tx, messageId)
    }
    for (const id of new Set(rest.map((row) => row.conversation_id))) if (id !== null) summarize(tx, id, workspace.own)
    const drafts = tx.run(
      'DELETE FROM drafts WHERE mailbox_id = ? AND NOT EXISTS(SELECT 1 FROM outbox WHERE draft_id = drafts.id)',
      mailboxId,
    ).changes
    return rest.length > 0 || drafts > 0

    function removeFrom(conversationId: number): void {
      // What lies in this mailbox or left by way of it. Mail in no folder that was not sent from it may be another's, deleted on
      // that one's server: what is here is then all that is left of it.
      const its = tx.all<{ id: number }>(
        `SELECT id FROM messages m WHERE conversation_id = ?1 AND (EXISTS(SELECT 1 FROM outbox WHERE sent_message = m.id AND mailbox_id = ?2)
           OR EXISTS(SELECT 1 FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = m.id AND f.mailbox_id = ?2))`,
        conversationId,
        mailboxId,
      )
      tx.run('DELETE FROM outbox WHERE conversation_id = ? AND mailbox_id = ?', conversationId, mailboxId)
      tx.run('DELETE FROM drafts WHERE conversation_id = ? AND mailbox_id = ?', conversationId, mailboxId)
      tx.run(
        `DELETE FROM locations WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ?1)
        AND folder_id IN (SELECT id FROM folders WHERE mailbox_id = ?2)`,
        conversationId,
        mailboxId,
      )
      tx.run(
        'DELETE FROM conversation_mailboxes WHERE conversation_id = ? AND mailbox_id = ?',
        conversationId,
        mailboxId,
      )
      // Moved here, but its mail still lies where it came from: it is there again.
      if (
        tx.run('UPDATE conversations SET moved_to = NULL WHERE id = ? AND moved_to = ?', conversationId, mailboxId)
          .changes > 0
      )
        fitMailboxes(tx, conversationId)
      const others = mailboxIdsOf(tx, conversationId).filter((id) => id !== mailboxId)
      const homeless =
        others.length === 0
          ? tx.all<{ id: number }>('SELECT id FROM messages WHERE conversation_id = ?', conversationId)
          : its.filter(
              ({ id }) =>
                !tx.get(
                  `SELECT 1 FROM messages m WHERE id = ? AND (${isOnItsWay} OR EXISTS(SELECT 1 FROM locations WHERE message_id = m.id)
                     OR EXISTS(SELECT 1 FROM outbox WHERE sent_message = m.id))`,
                  id,
                ),
            )
      for (const { id } of homeless) dropMessage(tx, id)
      if (others.length > 0) {
        tx.run('UPDATE conversations SET mailbox_ids = ? WHERE id = ?', JSON.stringify(others), conversationId)
        summarize(tx, conversationId, workspace.own)
        return
      }
      tx.run('DELETE FROM history WHERE conversation_id = ?', conversationId)
      for (const table of ['conversation_tags', 'conversation_fields', 'conversation_people', 'note_drafts'])
        tx.run(`DELETE FROM ${table} WHERE conversation_id = ?`, conversationId)
      tx.run('DELETE FROM thread_pins WHERE conversation_id = ?', conversationId)
      tx.run('DELETE FROM notes WHERE conversation_id = ?', conversationId)
      tx.run('UPDATE drafts SET conversation_id = NULL WHERE conversation_id = ?', conversationId)
      tx.run('DELETE FROM conversations WHERE id = ?', conversationId)
    }
  })
}

/** Customers of whom no conversation is left and nobody wrote anything down. So many are looked at that it goes in steps between which others are served. */
export async function removeCustomers(workspace: Workspace): Promise<void> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: { id: number; idle: number }[] = workspace.db.read.all<{ id: number; idle: number }>(
      `SELECT id, note = '' AND named_by_person = 0 AND NOT EXISTS(SELECT 1 FROM conversations WHERE customer_id = c.id) AS idle
       FROM customers c WHERE id > ? ORDER BY id LIMIT ?`,
      after,
      chunk * 10,
    )
    const idle = rows.filter((row) => row.idle === 1)
    if (idle.length > 0)
      workspace.db.write((tx) => {
        for (const { id } of idle) {
          tx.run('DELETE FROM customer_addresses WHERE customer_id = ?', id)
          tx.run('DELETE FROM customers WHERE id = ?', id)
        }
      })
    after = rows.at(-1)?.id
    await breathe()
  }
}
