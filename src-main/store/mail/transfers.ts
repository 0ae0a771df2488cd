import { existsSync } from 'node:fs'
import { rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PosternError } from '../../../src-preload/contract/errors'
import type { ImportTarget, Transfer } from '../../../src-preload/contract/transfers'
import type { Reader, Writer } from '../file/database'
import { keepOutOfArchive } from '../conversations/move-mailbox'
import { removeParts } from '../file/whole-file'
import { createLocalMailbox } from './mailboxes'
import { parseTexts } from '../rows'
import type { Workspace } from '../workspace'

const kept = 20

interface Row {
  id: number
  kind: Transfer['kind']
  state: Transfer['state']
  name: string
  mailbox_id: number | null
  done: number
  total: number
  messages: number
  duplicates: number
  unreadable: number
  left: number
  waiting: number
  error: string | null
  files: number
  started_at: number
  ended_at: number | null
}

/** Imports and exports, newest first. */
export function listTransfers(read: Reader): Transfer[] {
  return read
    .all<Row>(
      `SELECT id, kind, state, name, mailbox_id, done, total, messages, duplicates, unreadable, left, error, started_at, ended_at, kind = 'export' AND paths <> '[]' AS files,
         iif(to_server = 1, (SELECT count(*) FROM mailbox_moves v WHERE v.mailbox_id = transfers.mailbox_id AND v.role = 'archive' AND v.appended = 0), 0) AS waiting
       FROM transfers ORDER BY id DESC LIMIT ${kept}`,
    )
    .map(({ mailbox_id: mailboxId, started_at: startedAt, ended_at: endedAt, files, ...row }) => ({
      ...row,
      files: files === 1,
      mailboxId,
      startedAt,
      endedAt,
    }))
}

/** Queues an import: mail reads the files. @throws PosternError `not-found`, `conflict` (another mailbox has the address) */
export function beginImport(
  workspace: Workspace,
  paths: readonly string[],
  name: string,
  target: ImportTarget,
): { id: number } {
  const mailboxId =
    target.kind === 'new' ? createLocalMailbox(workspace, target.name, target.address) : target.mailboxId
  const id = workspace.db.write((tx) => {
    if (
      !tx.get(
        'SELECT 1 FROM mailboxes WHERE id = ? AND removing = 0 AND (local = 0 OR ?)',
        mailboxId,
        Number(target.kind !== 'server'),
      )
    )
      throw new PosternError('not-found', 'no such mailbox')
    const transfer = begin(tx, 'import', name, mailboxId, paths)
    if (target.kind === 'server') tx.run('UPDATE transfers SET to_server = 1 WHERE id = ?', transfer)
    return transfer
  })
  workspace
    .mail()
    ?.call('imports.wake', {})
    .catch(() => undefined)
  return { id }
}

/** @returns the id of a transfer that runs from now on */
export function begin(
  tx: Writer,
  kind: Transfer['kind'],
  name: string,
  mailboxId: number | null,
  paths: readonly string[],
): number {
  tx.changes.touched('transfers')
  return Number(
    tx.run(
      "INSERT INTO transfers(kind, state, name, mailbox_id, paths, started_at) VALUES(?, 'running', ?, ?, ?, ?)",
      kind,
      name,
      mailboxId,
      JSON.stringify(paths),
      Date.now(),
    ).lastInsertRowid,
  )
}

/** The oldest import that is not over, from where it was left. */
export function nextImport(read: Reader): {
  job: { id: number; paths: string[]; position: string | null; done: number } | null
} {
  const row = read.get<{ id: number; paths: string; position: string | null; done: number }>(
    "SELECT id, paths, position, done FROM transfers WHERE kind = 'import' AND state = 'running' ORDER BY id LIMIT 1",
  )
  return { job: row ? { ...row, paths: parseTexts(row.paths) } : null }
}

/** One that is over already stays as it ended. */
export function endTransfer(
  tx: Writer,
  id: number,
  state: Exclude<Transfer['state'], 'running'>,
  error: string | null = null,
): void {
  tx.run(
    "UPDATE transfers SET state = ?, error = ?, ended_at = ? WHERE id = ? AND state = 'running'",
    state,
    error,
    Date.now(),
    id,
  )
  tx.changes.touched('transfers')
}

/** Ends one; what came in stays, what is not on the server yet does not go there any more. */
export function cancelTransfer(tx: Writer, id: number): void {
  const target = tx.get<{ mailbox_id: number }>('SELECT mailbox_id FROM transfers WHERE id = ? AND to_server = 1', id)
  if (target) keepOutOfArchive(tx, target.mailbox_id)
  endTransfer(tx, id, 'cancelled')
}

export function forgetTransfer(tx: Writer, id: number): void {
  tx.run("DELETE FROM transfers WHERE id = ? AND state <> 'running'", id)
  tx.changes.touched('transfers')
}

export const isRunning = (read: Reader, id: number): boolean =>
  read.get("SELECT 1 FROM transfers WHERE id = ? AND state = 'running'", id) !== undefined

/** Where an export went. */
export function pathOf(read: Reader, id: number): { path: string } {
  const path = parseTexts(
    read.get<{ paths: string }>("SELECT paths FROM transfers WHERE id = ? AND kind = 'export'", id)?.paths ?? '[]',
  )[0]
  if (path === undefined) throw new PosternError('not-found', 'no such export')
  return { path }
}

/** Takes an export's folder away when nothing is in it. @returns whether it stayed */
export async function dropIfEmpty(workspace: Workspace, id: number, folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
  } catch {
    // One that is away with its drive may hold something.
    if (existsSync(folder) || !existsSync(dirname(folder))) return true
  }
  workspace.db.write((tx) => {
    tx.run("UPDATE transfers SET paths = '[]' WHERE id = ?", id)
    tx.changes.touched('transfers')
  })
  return false
}

/** Exports do not outlive the program: what was written whole stays, and is said to be a part. @returns once what was not whole is gone */
export async function recoverTransfers(workspace: Workspace): Promise<void> {
  const running = "kind = 'export' AND state = 'running'"
  const broken = workspace.db.read.all<{ id: number; paths: string }>(
    `SELECT id, paths FROM transfers WHERE ${running}`,
  )
  if (broken.length > 0)
    workspace.db.write((tx) =>
      tx.run(
        `UPDATE transfers SET state = 'failed', error = 'service-stopped', ended_at = ? WHERE ${running}`,
        Date.now(),
      ),
    )
  await removeParts(workspace)
  for (const { id, paths } of broken) for (const folder of parseTexts(paths)) await dropIfEmpty(workspace, id, folder)
}
