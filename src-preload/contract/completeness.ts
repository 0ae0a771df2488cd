import type { FolderStatus, MailboxSync } from './mailboxes'

/** What makes a mailbox less than green, decided once for the store and the window. */

const hour = 3_600_000
/** A count that differs for so long was not mended by the look that found it. */
const mendedWithin = 90_000

/** true: not in step for an hour, whatever its connection looks like. */
export function isStale({ syncedAt }: Pick<MailboxSync, 'syncedAt'>, now: number): boolean {
  return syncedAt !== null && now - syncedAt > hour
}

/**
 * true: the folder holds other mail here than on the server, and mending it did not help, or the server withholds some. One of no
 * particular use that was never open is somebody else's, as shared folders are: it is named and worries nobody.
 */
export function folderDiffers(
  { role, complete, serverCount, localCount, checkedAt, missing, refused }: FolderStatus,
  now: number,
): boolean {
  if (refused) return role !== 'other' || localCount > 0
  return missing > 0 || (complete && checkedAt !== null && serverCount !== localCount && now - checkedAt > mendedWithin)
}

/** true: a folder differs, or some are not followed at all. */
export function lacksMail({ folders, leftOut }: Pick<MailboxSync, 'folders' | 'leftOut'>, now: number): boolean {
  return leftOut !== undefined || folders.some((folder) => folderDiffers(folder, now))
}
