import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { Writer } from '../file/database'
import { toldByServer } from './elsewhere'
import { learnLabels, withWaitingLabels } from './labels'
import { openFolder } from './messages'
import { replaceMessage, roleOfLabels } from './places'
import { summarize } from '../conversations/summary'
import { breathe, type Workspace } from '../workspace'

/** System flags of RFC 9051, 2.3.2, as kept with a location. */
const bits: Readonly<Record<string, number>> = {
  '\\seen': 1,
  '\\answered': 2,
  '\\flagged': 4,
  '\\deleted': 8,
  '\\draft': 16,
}
export const seenBit = 1
const answeredBit = 2

export function flagBits(flags: readonly string[]): number {
  return flags.reduce((sum, flag) => sum | (bits[flag.toLowerCase()] ?? 0), 0)
}

const chunk = 200

/** Cuts long work into transactions with room for other calls between them. */
async function inChunks<T>(
  workspace: Workspace,
  items: readonly T[],
  work: (tx: Writer, item: T, touched: Set<number>) => void,
  begin: (tx: Writer) => void,
  end: (tx: Writer) => void,
): Promise<void> {
  let from = 0
  do {
    const part = items.slice(from, from + chunk)
    from += chunk
    workspace.db.write((tx) => {
      begin(tx)
      const touched = new Set<number>()
      for (const item of part) work(tx, item, touched)
      for (const id of touched) summarize(tx, id, workspace.own)
      if (from >= items.length) end(tx)
    }, 'normal')
    if (from < items.length) await breathe()
  } while (from < items.length)
}

interface LocationRow {
  message_id: number
  flags: number
  shown_as: FolderRole | null
  labels: string | null
  conversation_id: number | null
}
const selectLocation =
  'SELECT l.message_id, l.flags, l.shown_as, l.labels, m.conversation_id FROM locations l JOIN messages m ON m.id = l.message_id WHERE l.folder_id = ? AND l.uid = ?'

export interface FlagChanges {
  readonly folderId: number
  readonly uidValidity: string
  readonly changes: readonly {
    readonly uid: number
    readonly flags: readonly string[]
    readonly labels?: readonly string[] | undefined
  }[]
  readonly modSeq: string | null
  readonly keywords: boolean
}

/** Flags as the server has them now; where an act of ours waits, ours stays until it is settled. */
export async function applyFlags(
  workspace: Workspace,
  { folderId, uidValidity, changes, modSeq, keywords }: FlagChanges,
): Promise<{ changed: number }> {
  let changed = 0
  await inChunks(
    workspace,
    changes,
    (tx, { uid, flags, labels }, touched) => {
      const row = tx.get<LocationRow>(selectLocation, folderId, uid)
      if (!row) return
      // Only a message that was filed by labels when it came is filed by them now.
      const shown = labels === undefined || row.shown_as === null ? row.shown_as : roleOfLabels(labels)
      const filed =
        labels === undefined || row.shown_as === null
          ? row.labels
          : JSON.stringify(withWaitingLabels(tx, folderId, uid, labels))
      if (filed !== row.labels) {
        tx.run(
          'UPDATE locations SET shown_as = ?, labels = ? WHERE folder_id = ? AND uid = ?',
          shown,
          filed,
          folderId,
          uid,
        )
        learnLabels(tx, openFolder(tx, folderId, uidValidity).mailbox_id, labels ?? [])
        if (row.conversation_id !== null) touched.add(row.conversation_id)
      }
      const next = withWaitingActs(tx, folderId, uid, flagBits(flags))
      if (shown !== row.shown_as) {
        changed++
        replaceMessage(tx, row.message_id)
        if (row.conversation_id !== null) touched.add(row.conversation_id)
      }
      if (next === row.flags) return
      tx.run('UPDATE locations SET flags = ? WHERE folder_id = ? AND uid = ?', next, folderId, uid)
      changed++
      const turnedOn = next & ~row.flags
      if ((turnedOn & (seenBit | answeredBit)) !== 0)
        toldByServer(
          tx,
          row.message_id,
          { seen: (turnedOn & seenBit) !== 0, answered: (turnedOn & answeredBit) !== 0 },
          flags,
          keywords,
        )
      if ((turnedOn & answeredBit) !== 0 && row.conversation_id !== null) touched.add(row.conversation_id)
      if (((next ^ row.flags) & seenBit) === 0) return
      replaceMessage(tx, row.message_id)
      if (row.conversation_id !== null) touched.add(row.conversation_id)
    },
    (tx) => void openFolder(tx, folderId, uidValidity),
    (tx) => {
      if (modSeq !== null) tx.run('UPDATE folders SET mod_seq = ? WHERE id = ?', modSeq, folderId)
    },
  )
  return { changed }
}

/** The server's flags of a message, with those acts of ours that wait. */
export function withWaitingActs(tx: Writer, folderId: number, uid: number, flags: number): number {
  const waiting = tx.all<{ kind: string; flag: string }>(
    `SELECT o.kind, o.flag FROM server_op_uids u JOIN server_ops o ON o.id = u.op_id WHERE u.folder_id = ? AND u.uid = ? AND o.kind IN ('add-flags', 'remove-flags') ORDER BY o.id`,
    folderId,
    uid,
  )
  return waiting.reduce(
    (now, { kind, flag }) => (kind === 'add-flags' ? now | flagBits([flag]) : now & ~flagBits([flag])),
    flags,
  )
}

/** UIDs that are no longer in a folder. The messages stay; where none of their places is left they count as deleted on the server. */
export async function vanish(
  workspace: Workspace,
  folderId: number,
  uidValidity: string,
  uids: readonly number[],
): Promise<{ removed: number }> {
  let removed = 0
  await inChunks(
    workspace,
    uids,
    (tx, uid, touched) => {
      const row = tx.get<LocationRow>(selectLocation, folderId, uid)
      if (!row) return
      removed++
      dropLocation(tx, folderId, uid)
      replaceMessage(tx, row.message_id)
      if (row.conversation_id !== null) touched.add(row.conversation_id)
    },
    (tx) => void openFolder(tx, folderId, uidValidity),
    (tx) => tx.changes.touched('sync'),
  )
  return { removed }
}

/** Forgets one place of a message, and the acts that waited for it. */
export function dropLocation(tx: Writer, folderId: number, uid: number): void {
  tx.run('DELETE FROM locations WHERE folder_id = ? AND uid = ?', folderId, uid)
  tx.run('DELETE FROM server_op_uids WHERE folder_id = ? AND uid = ?', folderId, uid)
}

/** Forgets all places in a folder, in pieces; for a new UIDVALIDITY and for folders that are gone. */
export async function emptyFolder(workspace: Workspace, folderId: number): Promise<void> {
  const uids = workspace.db.read.all<{ uid: number }>('SELECT uid FROM locations WHERE folder_id = ?', folderId)
  await inChunks(
    workspace,
    uids,
    (tx, { uid }, touched) => {
      const row = tx.get<LocationRow>(selectLocation, folderId, uid)
      if (!row) return
      dropLocation(tx, folderId, uid)
      replaceMessage(tx, row.message_id)
      if (row.conversation_id !== null) touched.add(row.conversation_id)
    },
    () => undefined,
    (tx) => {
      tx.run('DELETE FROM server_ops WHERE folder_id = ?', folderId)
      tx.changes.touched('sync')
    },
  )
}

/** After a folder's role changed: what its messages' places amount to now. */
export async function replaceFolder(workspace: Workspace, folderId: number): Promise<void> {
  const rows = workspace.db.read.all<{ message_id: number; conversation_id: number | null }>(
    'SELECT l.message_id, m.conversation_id FROM locations l JOIN messages m ON m.id = l.message_id WHERE l.folder_id = ?',
    folderId,
  )
  await inChunks(
    workspace,
    rows,
    (tx, row, touched) => {
      replaceMessage(tx, row.message_id)
      if (row.conversation_id !== null) touched.add(row.conversation_id)
    },
    () => undefined,
    () => undefined,
  )
}
