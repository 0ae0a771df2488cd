import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { FolderState, ListedFolder } from './imap-session'
import { isTeamFolder } from '../team/team-message'

const bySpecialUse: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Drafts': 'drafts',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
  '\\Archive': 'archive',
  '\\All': 'all',
  '\\Flagged': 'flagged',
}

export interface FolderWithRole {
  readonly path: string
  readonly delimiter: string | null
  readonly role: FolderRole
  readonly state: FolderState | null
}

/** More than any mailbox has; a server that lists without end must not fill memory (R36). */
const mostFolders = 10_000
const longestPath = 1000
const unusableName = /[\u0000-\u001f\u007f]/

/**
 * The selectable folders with their roles: by the server's special-use marks (RFC 6154), else by well-known names in
 * many languages; both come from imapflow, which gives each role to one folder. The team's own folder holds no mail.
 */
export function folderRoles(listed: readonly ListedFolder[]): FolderWithRole[] {
  const usable = listed.filter(holdsMail).filter(({ path }) => path.length <= longestPath && !unusableName.test(path))
  return [...new Map(usable.map((folder) => [folder.path, folder])).values()].slice(0, mostFolders).map((folder) => ({
    path: folder.path,
    delimiter: folder.delimiter,
    state: folder.state,
    role: folder.path.toUpperCase() === 'INBOX' ? 'inbox' : (bySpecialUse[folder.specialUse ?? ''] ?? 'other'),
  }))
}

/** How many folders that may hold mail are not among those that are followed: they are too many, or their names cannot be kept. */
export function leftOut(listed: readonly ListedFolder[], followed: readonly FolderWithRole[]): number {
  return new Set(listed.filter(holdsMail).map(({ path }) => path)).size - followed.length
}

const holdsMail = ({ path, delimiter, selectable }: ListedFolder): boolean =>
  selectable && path !== '' && !isTeamFolder(path, delimiter)

const order: Readonly<Record<FolderRole, number>> = {
  inbox: 0,
  sent: 1,
  archive: 2,
  other: 3,
  drafts: 4,
  flagged: 5,
  all: 6,
  trash: 7,
  junk: 8,
}

/** The order in which folders are fetched: what is answered from first, what is thrown away last. */
export function inSyncOrder<T extends { readonly role: FolderRole; readonly path: string }>(
  folders: readonly T[],
): T[] {
  return folders.toSorted((a, b) => order[a.role] - order[b.role] || a.path.localeCompare(b.path))
}
