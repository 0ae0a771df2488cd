import { isStale, lacksMail } from '../../../src-preload/contract/completeness'
import type { FolderRole, FolderStatus, MailboxSync, SyncStatus } from '../../../src-preload/contract/mailboxes'
import type { MailboxProgress } from '../../../src-preload/contract/internal'
import type * as z from 'zod'
import { Changes } from '../changes'
import type { Reader } from '../file/database'
import { waitingOps } from './server-ops'
import type { Workspace } from '../workspace'

type Progress = z.infer<typeof MailboxProgress>

/** What mail last said about each mailbox. Kept in memory: a fresh start is told afresh; only `syncedAt` outlives it. */
export class SyncBoard {
  private readonly progress = new Map<number, Progress & { errorAt: number | null }>()

  constructor(
    private readonly workspace: Workspace,
    private readonly publish: (changes: Changes) => void,
  ) {}

  set(progress: Progress): void {
    const before = this.progress.get(progress.mailboxId)
    const sameError = before?.error?.code === progress.error?.code
    this.progress.set(progress.mailboxId, {
      ...progress,
      errorAt: progress.error === null ? null : sameError ? (before?.errorAt ?? Date.now()) : Date.now(),
    })
    if (progress.syncedAt !== null && progress.syncedAt !== before?.syncedAt) {
      const { mailboxId, syncedAt } = progress
      this.workspace.db.write(
        (tx) => tx.run('UPDATE mailboxes SET synced_at = ? WHERE id = ?', syncedAt, mailboxId),
        'normal',
      )
    }
    const changes = new Changes()
    changes.touched('sync')
    this.publish(changes)
  }

  forget(mailboxId: number): void {
    this.progress.delete(mailboxId)
  }

  /** As at a start: mail has said nothing yet. */
  forgetAll(): void {
    this.progress.clear()
  }

  status(read: Reader): SyncStatus {
    const folders = Map.groupBy(
      read.all<FolderRow>(
        'SELECT id, mailbox_id, path, role, server_count, local_count, complete, checked_at, verified_at, missing, (SELECT coalesce(sum(o.local_count), 0) FROM folders o WHERE o.former_of = f.id) AS checking FROM folders f WHERE local = 0 ORDER BY id',
      ),
      (row) => row.mailbox_id,
    )
    const mailboxes = read
      .all<{ id: number; paused: number; synced_at: number | null }>(
        'SELECT id, paused, synced_at FROM mailboxes WHERE removing = 0 AND local = 0 ORDER BY id',
      )
      .map(({ id, paused, synced_at: syncedAt }) => this.mailbox(id, paused === 1, syncedAt, folders.get(id) ?? []))
    const waitingMail =
      read.get<{ n: number }>(
        "SELECT count(*) AS n FROM outbox WHERE state = 'sending' OR (state = 'queued' AND (scheduled = 0 OR due_at <= ?))",
        Date.now(),
      )?.n ?? 0
    const synced = mailboxes.flatMap(({ syncedAt }) => syncedAt ?? [])
    return {
      overall: overall(mailboxes, Date.now()),
      syncedAt: synced.length === 0 ? null : Math.min(...synced),
      waiting: waitingMail + waitingOps(read),
      mailboxes,
    }
  }

  private mailbox(id: number, paused: boolean, syncedAt: number | null, folders: readonly FolderRow[]): MailboxSync {
    const told = this.progress.get(id)
    return {
      mailboxId: id,
      state: paused ? 'paused' : (told?.state ?? 'waiting'),
      error: told?.error ?? null,
      errorAt: told?.errorAt ?? null,
      done: told?.done ?? 0,
      total: told?.total ?? 0,
      reached: told?.reached ?? null,
      syncedAt: told?.syncedAt ?? syncedAt,
      slowed: told?.slowed ?? false,
      folders: folders.map((row) => folderOf(row, told?.refused.includes(row.id) === true)),
      ...(told && told.leftOut > 0 ? { leftOut: told.leftOut } : {}),
    }
  }
}

interface FolderRow {
  id: number
  mailbox_id: number
  path: string
  role: FolderRole
  server_count: number
  local_count: number
  complete: number
  checked_at: number | null
  verified_at: number | null
  missing: number
  checking: number
}

function folderOf(row: FolderRow, refused: boolean): FolderStatus {
  return {
    id: row.id,
    path: row.path,
    role: row.role,
    serverCount: row.server_count,
    localCount: row.local_count,
    complete: row.complete === 1,
    checkedAt: row.checked_at,
    verifiedAt: row.verified_at,
    missing: row.missing,
    checking: row.checking,
    refused,
  }
}

/** The worst that a person must know of; a paused mailbox is as it should be. */
export function overall(mailboxes: readonly MailboxSync[], now: number): SyncStatus['overall'] {
  const active = mailboxes.filter(({ state }) => state !== 'paused')
  const states = new Set(active.map(({ state }) => state))
  if (states.size === 0) return 'nothing'
  if (states.has('auth-failed') || states.has('error')) return 'error'
  if (states.has('syncing') || states.has('connecting') || states.has('waiting')) return 'syncing'
  if (states.has('offline')) return 'offline'
  if (active.some((mailbox) => isStale(mailbox, now))) return 'stale'
  return active.some((mailbox) => lacksMail(mailbox, now)) ? 'differs' : 'up-to-date'
}
