import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { IngestItem } from '../../../src-preload/contract/internal'
import { summarize } from '../conversations/summary'
import { insertRows, type Value, type Writer } from '../file/database'
import { indexLater } from '../search/index-text'
import type { Words } from '../search/search-text'
import type { Workspace } from '../workspace'
import { flagBits } from './flags'
import { learnLabels } from './labels'

/** One message's place in a folder. */
export interface Placing extends Pick<IngestItem, 'uid' | 'flags' | 'labels' | 'thread'> {
  readonly messageId: number
  /** The role that labels give it; null: that of its folder. */
  readonly shown: FolderRole | null
}

/**
 * What is done once for all messages of a portion of one folder. Rows that nothing of the portion looks at are written together
 * at its end: one by one, triggers and the way back of each statement took longer than the rows.
 */
export class Batch {
  /** Conversations whose rows are to be brought in line. */
  readonly touched = new Set<number>()
  private readonly uids = new Set<number>()
  private places: Value[][] = []
  private begun: number[] = []
  private indexed: number[] = []

  /** Whether a message with this UID is about to be placed. */
  has(uid: number): boolean {
    return this.uids.has(uid)
  }

  place(tx: Writer, folder: { readonly id: number; readonly mailbox_id: number }, placing: Placing): void {
    const { uid, flags, thread, shown } = placing
    const labels = shown === null ? undefined : placing.labels
    this.uids.add(uid)
    this.places.push([
      folder.id,
      uid,
      placing.messageId,
      flagBits(flags),
      shown,
      labels === undefined ? null : JSON.stringify(labels),
      thread ?? null,
    ])
    if (labels !== undefined) learnLabels(tx, folder.mailbox_id, labels)
  }

  /** A conversation was begun: its rows in the lists of its mailboxes are still to be written. */
  begin(conversationId: number): void {
    this.begun.push(conversationId)
  }

  /** @param words those of the message as it is stored, when they are at hand */
  index(tx: Writer, messageId: number, words: Words | null = null): void {
    this.indexed.push(messageId)
    tx.changes.reindex(messageId, words)
  }

  /** Writes what waits; before anybody asks where messages and conversations lie. */
  write(tx: Writer): void {
    insertRows(tx, 'INSERT INTO locations(folder_id, uid, message_id, flags, shown_as, labels, thread)', this.places)
    this.places = []
    // One that went into another meanwhile is in no list.
    if (this.begun.length > 0)
      tx.run(
        `INSERT OR IGNORE INTO conversation_mailboxes(mailbox_id, conversation_id, hidden, status, unread, last_at)
         SELECT m.value, c.id, c.hidden, c.status, c.unread, c.last_at
         FROM json_each(?) b CROSS JOIN conversations c ON c.id = b.value, json_each(c.mailbox_ids) m WHERE c.merged_into IS NULL`,
        JSON.stringify(this.begun),
      )
    this.begun = []
    indexLater(tx, this.indexed)
    this.indexed = []
  }

  /** Writes what waits and brings the rows of the lists in line. */
  finish(tx: Writer, workspace: Workspace): void {
    this.write(tx)
    for (const id of this.touched) summarize(tx, id, workspace.own)
  }
}
