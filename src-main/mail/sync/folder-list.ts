import type { FolderCursor, StoreForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { Rpc } from '../../shared/port-rpc'
import { logger } from '../../shared/log'
import { FetchAround } from './fetch-around'
import { folderRoles, inSyncOrder, leftOut, type FolderWithRole } from './folder-roles'
import type { Budget, FolderProgress } from './budget'
import { FolderSync } from './folder-sync'
import { type MessageParser } from './page-pipe'
import type { FolderState, Fingerprint, ImapSession } from './imap-session'

const log = logger('folders')
/** Messages compared to know a folder again under another name. */
const sampleSize = 40

/**
 * Gmail shows each label as a folder of its own, with the same message in several of them. All Mail has each once, with its
 * labels; only what lies in Spam and Trash is not in it. Where All Mail is hidden from IMAP, its folders are taken as they are.
 */
function withoutLabels(rows: readonly FolderWithRole[]): readonly FolderWithRole[] {
  return rows.some(({ role }) => role === 'all')
    ? rows.filter(({ role }) => role === 'all' || role === 'junk' || role === 'trash')
    : rows
}

const newFolderNames: Readonly<Partial<Record<FolderRole, string>>> = {
  sent: 'Sent',
  trash: 'Trash',
  junk: 'Junk',
  archive: 'Archive',
  drafts: 'Drafts',
}

/** The server's folder under this name has another numbering. */
const isAnother = ({ uidValidity }: FolderCursor, state: FolderState | null | undefined): boolean =>
  uidValidity !== null && state != null && state.uidValidity !== uidValidity

/** Where new mail comes in: with Gmail, All Mail. */
const inboxOf = <T>(folders: readonly T[], role: (one: T) => FolderRole): T | undefined =>
  folders.find((one) => role(one) === 'inbox') ?? folders.find((one) => role(one) === 'all')

/** The folders of one mailbox, kept equal to the server's list. Outlives connections. */
export class FolderList {
  private folders: FolderSync[] = []
  private readonly around = new Map<number, FetchAround>()
  private listed = ''
  private labels: readonly string[] = []
  /** Folders of the server that are not followed. */
  leftOut = 0

  constructor(
    private readonly mailboxId: number,
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private readonly parser: MessageParser,
    private readonly progress: FolderProgress,
    private readonly budget?: Budget,
  ) {}

  get all(): readonly FolderSync[] {
    return this.folders
  }
  get inbox(): FolderSync | undefined {
    return inboxOf(this.folders, ({ cursor }) => cursor.role)
  }
  byRole(role: FolderRole): FolderSync | undefined {
    return this.folders.find((folder) => folder.cursor.role === role)
  }
  hasLabel(name: string): boolean {
    return this.labels.includes(name)
  }
  /** The path of the folder for `role`; one that a mailbox may lack is made. null: there is none, and none is made. Throws what the server's answer throws. */
  async pathOf(session: ImapSession, role: FolderRole): Promise<string | null> {
    const known = this.byRole(role)
    if (known) return known.path
    const listed = folderRoles(await session.listFolders())
    const found = listed.find((folder) => folder.role === role)
    if (found) {
      // Gmail's labels are listed and not followed.
      if (!session.gmail) await this.take(session)
      return found.path
    }
    const name = newFolderNames[role]
    if (name === undefined) return null
    const delimiter =
      listed.find((folder) => folder.path.toUpperCase().startsWith('INBOX') && folder.path.length > 5)?.delimiter ??
      null
    const inInbox = delimiter !== null && listed.every((folder) => folder.path.toUpperCase().startsWith('INBOX'))
    const path = inInbox ? `INBOX${delimiter}${name}` : name
    await session.createFolder(path)
    await this.take(session)
    return path
  }

  /** One that is there since a moment ago: what is moved into it is known there at once, and an undo finds it. */
  private async take(session: ImapSession): Promise<void> {
    this.relist()
    await this.refresh(session)
  }

  byPath(path: string): FolderSync | undefined {
    return this.folders.find((folder) => folder.path === path)
  }

  /** A new connection, or an act of ours: what was seen last says nothing about now. */
  forget(): void {
    for (const folder of this.folders) folder.forget()
  }

  /**
   * Asks for the server's list and makes ours equal to it: new, renamed and deleted folders. Gives each folder's state.
   * `withStates` false: without states and therefore blind to renames, for a mailbox of which nothing is here; its inbox is opened ahead.
   */
  async refresh(session: ImapSession, withStates = true): Promise<ReadonlyMap<number, FolderState>> {
    const said = await session.listFolders(withStates)
    const everything = folderRoles(said)
    // INBOX is always there (RFC 9051, 5.1): an answer without it must not take the mail out of every folder.
    if (!everything.some(({ role }) => role === 'inbox'))
      throw new PosternError('server-broken', 'a list without INBOX')
    const rows = session.gmail ? withoutLabels(everything) : everything
    // With labels all mail lies in one folder.
    this.leftOut = rows === everything ? leftOut(said, everything) : 0
    const inbox = inboxOf(rows, ({ role }) => role)
    // Large folders take the server a while; the store takes in the list meanwhile.
    if (inbox && !withStates) session.selectAhead(inbox.path)
    const labels =
      rows === everything
        ? []
        : everything
            .filter((row) => row.role === 'other' && !rows.includes(row) && !row.path.startsWith('[Gmail]'))
            .map(({ path }) => path)
    const listed = JSON.stringify([rows.map(({ path, role }) => [path, role]), labels])
    const byPath = new Map(rows.map((row) => [row.path, row.state]))
    // Under a name that is still there may lie another folder by now.
    const exchanged = this.folders.some(({ cursor }) => isAnother(cursor, byPath.get(cursor.path)))
    if (listed !== this.listed || exchanged) {
      await this.followRenames(session, rows)
      const { folders } = await this.store.call('folders.sync', {
        mailboxId: this.mailboxId,
        folders: rows.map(({ path, delimiter, role }) => ({ path, delimiter, role })),
        keep: await this.unlisted(session, new Set(said.map(({ path }) => path))),
        labels,
      })
      const known = new Map(this.folders.map((folder) => [folder.cursor.folderId, folder]))
      this.folders = inSyncOrder(folders).map((cursor) => {
        const folder = known.get(cursor.folderId)
        folder?.adopt(cursor)
        return (
          folder ??
          new FolderSync(this.store, this.parser, cursor, this.progress, this.aroundOf(cursor.folderId), this.budget)
        )
      })
      // A label that is gone, or has another name now, is so on every message that bears it.
      if (this.labels.some((label) => !labels.includes(label))) this.byRole('all')?.rereadFlags()
      this.labels = labels
      this.listed = listed
    }
    return new Map(
      this.folders.flatMap((folder) => {
        const state = byPath.get(folder.path)
        return state ? [[folder.cursor.folderId, state] as const] : []
      }),
    )
  }

  /** The list that was seen last may be wrong: our own act made a folder, or one was not there. */
  relist(): void {
    this.listed = ''
  }

  /**
   * Folders of ours that the list lacks although they are there: one that was cut short must not take the mail out of them, nor drop what
   * waits to be done there. Whether a folder is gone, the server says when it is asked for it.
   */
  private async unlisted(session: ImapSession, listed: ReadonlySet<string>): Promise<string[]> {
    const { folders } = await this.store.call('folders.all', { mailboxId: this.mailboxId })
    const kept: string[] = []
    for (const { path } of folders.filter((folder) => !listed.has(folder.path))) {
      try {
        await session.status(path)
        kept.push(path)
      } catch (error) {
        if (PosternError.from(error).code !== 'not-found') throw error
      }
    }
    if (kept.length > 0) log.warn('the list of folders lacks some that are there', { count: kept.length })
    return kept
  }

  /**
   * A folder that is gone and a new one with the same UIDs and messages are one folder, renamed: nothing is fetched again. Gone is also
   * one under whose name another lies now, as when two swap their names.
   */
  private async followRenames(session: ImapSession, rows: readonly FolderWithRole[]): Promise<void> {
    const { folders: known } = await this.store.call('folders.all', { mailboxId: this.mailboxId })
    const onServer = new Map(rows.map(({ path, state }) => [path, state]))
    const gone = known.filter(
      (folder) =>
        (!onServer.has(folder.path) || isAnother(folder, onServer.get(folder.path))) &&
        folder.uidValidity !== null &&
        folder.highUid > 0,
    )
    const stay = new Set(known.filter((folder) => !gone.includes(folder)).map(({ path }) => path))
    const fresh = rows.filter((row) => !stay.has(row.path))
    const paths = new Map(known.map(({ folderId, path }) => [path, folderId]))
    const rename = async (folderId: number, path: string, delimiter: string | null): Promise<void> => {
      await this.store.call('folder.renamed', { folderId, path, delimiter })
      for (const [before, id] of paths) if (id === folderId) paths.delete(before)
      paths.set(path, folderId)
    }
    for (const folder of gone) {
      for (const row of fresh) {
        if (row.state === null || !(await this.isSame(session, folder, row.path, row.state))) continue
        log.info('a folder was renamed', { folder: folder.folderId })
        // Who has the name here is elsewhere too, or not there any more.
        const other = paths.get(row.path)
        if (other !== undefined) await rename(other, `${other} was ${row.path}`, row.delimiter)
        await rename(folder.folderId, row.path, row.delimiter)
        fresh.splice(fresh.indexOf(row), 1)
        break
      }
    }
  }

  /** UIDVALIDITY alone is no proof: some servers give every folder the same. Messages are compared too (R35). */
  private async isSame(session: ImapSession, folder: FolderCursor, path: string, state: FolderState): Promise<boolean> {
    if (state.uidValidity !== folder.uidValidity || (state.uidNext ?? 0) <= folder.highUid) return false
    const { messages: ours } = await this.store.call('folder.sample', { folderId: folder.folderId, limit: sampleSize })
    if (ours.length === 0) return false
    await session.select(path)
    const theirs = new Map((await session.fingerprints(ours.map(({ uid }) => uid))).map((one) => [one.uid, one]))
    const both = ours.flatMap((mine): [Fingerprint, Fingerprint][] => {
      const other = theirs.get(mine.uid)
      return other ? [[mine, other]] : []
    })
    return both.length * 2 >= ours.length && both.every(([a, b]) => a.messageId === b.messageId && a.size === b.size)
  }

  private aroundOf(folderId: number): FetchAround {
    const known = this.around.get(folderId) ?? new FetchAround()
    this.around.set(folderId, known)
    return known
  }
}
