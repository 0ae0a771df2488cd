import type * as z from 'zod'
import type { StoreForMail } from '../../../src-preload/contract/internal'
import { unpackSource } from '../../shared/message-body'
import { normalId, writtenId } from '../../shared/threading'
import type { Writer } from '../file/database'
import { breathe, type Workspace } from '../workspace'
import { Batch } from './batch'
import { openFolder, placeKnown, Portion } from './messages'
import { settleFound } from '../outbox/outbox-found'

type Input = z.infer<StoreForMail['folder.reattach']['input']>
type Item = Input['items'][number]

/**
 * Messages which are known by their headers: the same Message-ID, the same size, and the very same bytes of the header as those of a
 * message that left from here, or that lay in this folder before it was numbered anew (R35). They take their place without being
 * fetched again.
 * @returns the UIDs of those; all others are to be fetched whole
 */
export async function reattach(
  workspace: Workspace,
  { folderId, uidValidity, items }: Input,
): Promise<{ uids: number[] }> {
  const uids: number[] = []
  let from = 0
  while (from < items.length) {
    const portion = new Portion(workspace, from, items.length)
    workspace.db.write((tx) => {
      const folder = openFolder(tx, folderId, uidValidity)
      const batch = new Batch()
      for (const at of portion) {
        const item = items[at]
        const known = item && sameAsBefore(tx, workspace, folderId, item)
        if (!item || !known) continue
        placeKnown(tx, workspace, folder, item, known, batch)
        if (known.outbox_id !== null)
          settleFound(tx, workspace, known.outbox_id, known.id, folder.role === 'sent' || folder.role === 'all')
        uids.push(item.uid)
      }
      batch.finish(tx, workspace)
      tx.changes.touched('sync')
    }, 'normal')
    from = portion.end
    await breathe()
  }
  return { uids }
}

interface Known {
  id: number
  conversation_id: number
  body: Buffer
  source: Buffer | null
  /** The item of the outbox that it left as. */ outbox_id: number | null
}

function sameAsBefore(tx: Writer, workspace: Workspace, folderId: number, item: Item): Known | undefined {
  if (tx.get('SELECT 1 FROM locations WHERE folder_id = ? AND uid = ?', folderId, item.uid)) return undefined
  const header = Buffer.from(item.header)
  const written = writtenId(header.toString('latin1'))
  const id = written === null ? null : normalId(written)
  if (id === null) return undefined
  return tx
    .all<Known>(
      `SELECT m.id, m.conversation_id, b.body, b.source, o.id AS outbox_id FROM messages m JOIN message_bodies b ON b.message_id = m.id
         LEFT JOIN outbox o ON o.key_hash = m.key_hash AND o.sent_message = m.id
       WHERE m.key_hash = ? AND m.raw_size = ? AND m.part = 0 AND m.conversation_id IS NOT NULL
         AND (o.id IS NOT NULL OR EXISTS(SELECT 1 FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = m.id AND f.former_of = ?))`,
      workspace.hashes.hash('id', id),
      item.size,
      folderId,
    )
    .find(({ body, source }) => header.equals(Buffer.from(unpackSource(body, source)).subarray(0, header.length)))
}
