import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import { writtenId } from '../../shared/threading'
import type { Credentials } from './imap-client'
import { commandMs, ImapConnection } from './imap-connection'
import {
  arrivalIn,
  arrivalOf,
  fetchedOf,
  keptFlags,
  labelsOf,
  searchOf,
  stateOf,
  stateOfStatus,
  statusQuery,
  uidSet,
  uidsOf,
  type FetchedMessage,
  type Fingerprint,
  type FolderFlags,
  type FolderState,
  type ListedFolder,
  type MessageFacts,
  type SearchQuery,
} from './imap-rows'
import { fetchRows } from './imap-fetch'
import type { FetchRow, RowQuery } from './imap-fetch-row'
import { askToHearOfAll } from './imap-notify'

export { largestMessage, type Credentials } from './imap-client'
export {
  uidSet,
  type FetchedMessage,
  type Fingerprint,
  type FolderFlags,
  type FolderState,
  type ListedFolder,
  type MessageFacts,
} from './imap-rows'

const mostVanished = 100_000

/** The commands of one IMAP connection, one after another. */
export class ImapSession extends ImapConnection {
  private selected: string | null = null
  private ahead: { readonly path: string; readonly state: Promise<FolderState> } | null = null
  private vanishedUids: number[] = []

  private constructor(server: ServerSettings, auth: Credentials, idle: boolean) {
    super(server, auth, idle)
    this.client.on('expunge', (event) => {
      // A few bytes can name millions of UIDs (R36); beyond this the comparison of counts finds what is gone.
      if (this.vanishedUids.length >= mostVanished) return
      if (event.uid !== undefined) this.vanishedUids.push(event.uid)
      // What vanished EARLIER is an answer to our own question: taken for news it would be asked for again at once, and again.
      if (event.earlier !== true) this.changed()
    })
  }

  /**
   * Connects and logs in. `idle`: the session goes into IDLE by itself when nothing else is to be done.
   * Throws `auth-refused` for a wrong password, else the code of what failed, with host, port and the server's line.
   */
  static async open(
    server: ServerSettings,
    auth: Credentials,
    idle = false,
    givenUp?: AbortSignal,
  ): Promise<ImapSession> {
    const session = new ImapSession(server, auth, idle)
    await session.connect(givenUp)
    return session
  }

  /**
   * Told when any other folder changed, too (NOTIFY): its name as the server writes it, null for the list of folders.
   * false: the server does not tell. `tooMuch`: from now on it does not.
   */
  async hearOfAll(listener: (path: string | null) => void, tooMuch: () => void): Promise<boolean> {
    if (!this.capabilities.has('NOTIFY')) return false
    // Ends an IDLE; it begins again by itself.
    await this.run('NOOP', () => this.client.noop())
    return await this.run('NOTIFY', () => askToHearOfAll(this.client, listener, tooMuch))
  }

  /** All folders; with their states in the same answer where the server can (LIST-STATUS, RFC 5819), else one by one. */
  async listFolders(withStates = false): Promise<ListedFolder[]> {
    const rows = await this.run(
      'LIST',
      () => this.client.list(withStates ? { statusQuery } : {}),
      withStates ? 300_000 : commandMs,
    )
    return rows
      .filter((row) => row.listed)
      .map((row) => ({
        path: row.path,
        delimiter: row.delimiter || null,
        specialUse: row.specialUse ?? null,
        selectable: !row.flags.has('\\Noselect') && !row.flags.has('\\NonExistent'),
        state: row.status && row.status.uidValidity !== undefined ? stateOfStatus(row.status) : null,
      }))
  }

  /** Opens a folder, or returns its fresh state when it is open already. Throws `not-found` when the server has no such folder. */
  async select(path: string): Promise<FolderState> {
    const { ahead } = this
    this.ahead = null
    if (ahead?.path === path) return await ahead.state
    await ahead?.state.catch(() => undefined)
    if (this.selected === path && this.client.mailbox) {
      await this.run('NOOP', () => this.client.noop())
      // NOOP tells of new mail and deletions, but not how far UIDs and MODSEQ went.
      if (this.client.mailbox) return { ...stateOf(this.client.mailbox), uidNext: null, modSeq: null }
      throw this.broken(new PosternError('connection-lost', 'the folder was closed', this.facts()))
    }
    return await this.openFolder(path)
  }

  /** Opens a folder while others still work on an answer that came before: the next `select` takes what this brings, or why it failed. */
  selectAhead(path: string): void {
    const state = this.openFolder(path)
    state.catch(() => undefined)
    this.ahead = { path, state }
  }

  private async openFolder(path: string): Promise<FolderState> {
    this.selected = null
    this.vanishedUids = []
    const mailbox = await this.run('SELECT', () => this.client.mailboxOpen(path))
    this.selected = path
    // What vanished while the command ran was in the folder that was open before.
    this.vanishedUids = []
    return stateOf(mailbox)
  }

  /** The selected folder keeps any keyword (RFC 9051, 7.1: PERMANENTFLAGS with \\*). */
  get keepsKeywords(): boolean {
    return this.client.mailbox !== false && this.client.mailbox.permanentFlags?.has('\\*') === true
  }

  /** State of a folder without opening it; null when the server does not tell it. Throws `not-found` when there is no such folder. */
  async status(path: string): Promise<FolderState | null> {
    const status = await this.run('STATUS', () => this.client.status(path, statusQuery))
    return status ? stateOfStatus(status) : null
  }

  /** UIDs of the selected folder, ascending, that fit. */
  async searchUids(query: SearchQuery = {}): Promise<number[]> {
    const found = await this.run('SEARCH', () => this.client.search(searchOf(query), { uid: true }))
    // A refused search is no empty folder.
    if (!Array.isArray(found)) throw this.refusal('search')
    return found.toSorted((a, b) => a - b)
  }

  /** As ranges where the server has ESEARCH (RFC 4731): 200,000 numbers one by one are a megabyte to read. */
  private async uidsIn(set = '1:*'): Promise<number[]> {
    const plain = (): Promise<number[]> => this.searchUids(set === '1:*' ? {} : { uid: set })
    if (!this.capabilities.has('ESEARCH')) return plain()
    const query = set === '1:*' ? { all: true } : { uid: set }
    const found = await this.run('SEARCH', () => this.client.search(query, { uid: true, returnOptions: ['ALL'] }))
    if (typeof found !== 'object' || found instanceof Array) return plain()
    // Nothing at all is the answer about an empty folder, and that of servers which only claim to know the form.
    return found.all === undefined ? plain() : uidsOf(found.all)
  }

  /**
   * UIDs of the newest `count` messages of the selected folder, ascending, and of those that came just now. Asked for by
   * place (sequence numbers), so that neither the question nor the answer grows with the folder.
   */
  async newestUids(count: number): Promise<number[]> {
    const exists = this.client.mailbox === false ? 0 : this.client.mailbox.exists
    return exists === 0 ? [] : this.searchUids({ seq: `${Math.max(1, exists - count + 1)}:*` })
  }

  /** UIDs of the selected folder below this one, ascending. */
  async uidsBelow(uid: number): Promise<number[]> {
    const uids = uid > 1 ? await this.uidsIn(`1:${uid - 1}`) : []
    return uids.filter((one) => one < uid)
  }

  /** All UIDs of the selected folder. `whole`: as many as the server counts; else they prove nothing about what is gone. */
  async allUids(): Promise<{ uids: number[]; whole: boolean }> {
    const uids = await this.uidsIn()
    return { uids, whole: this.client.mailbox !== false && this.client.mailbox.exists === uids.length }
  }

  /** Whole messages, or the first `most` bytes of each, unread flag untouched; rows come as the server sends them, and the server waits while a row is worked on. */
  async *fetchSources(uids: readonly number[], most?: number): AsyncGenerator<FetchedMessage> {
    const bytes = { of: '', ...(most === undefined ? {} : { most }) } as const
    for await (const row of this.rows(uids, { ...this.about(), bytes })) if (row.bytes) yield fetchedOf(row, row.bytes)
  }

  /** Headers only, as the source of a message that has nothing else. */
  async *fetchHeaders(uids: readonly number[]): AsyncGenerator<FetchedMessage> {
    for await (const row of this.rows(uids, { ...this.about(), bytes: { of: 'HEADER' } }))
      if (row.bytes) yield fetchedOf(row, row.bytes)
  }

  /** Headers as bytes, with flags and the size of the whole: enough to know a message again. */
  async *fetchMarks(uids: readonly number[]): AsyncGenerator<Omit<FetchedMessage, 'part'> & { size: number }> {
    for await (const row of this.rows(uids, { ...this.about(), size: true, bytes: { of: 'HEADER' } }))
      if (row.bytes && row.size !== undefined) yield { ...fetchedOf(row, row.bytes), size: row.size }
  }

  /** Size and arrival of messages, without their bytes. */
  async fetchFacts(uids: readonly number[]): Promise<MessageFacts[]> {
    const facts: MessageFacts[] = []
    for await (const row of this.rows(uids, { internalDate: true, size: true }))
      facts.push({ uid: row.uid, size: row.size ?? 0, internalDate: arrivalOf(row) })
    return facts
  }

  async *fetchFlags(uids: readonly number[]): AsyncGenerator<FolderFlags> {
    for await (const row of this.rows(uids, { flags: true, gmail: this.gmail }))
      yield { uid: row.uid, flags: keptFlags(row.flags), ...labelsOf(row) }
  }

  /** Message-ID and size of some messages of the selected folder. */
  async fingerprints(uids: readonly number[]): Promise<Fingerprint[]> {
    const found: Fingerprint[] = []
    for await (const row of this.rows(uids, { size: true, bytes: { of: 'MESSAGE-ID' } }))
      found.push({ uid: row.uid, messageId: writtenId(row.bytes?.toString('utf8') ?? ''), size: row.size ?? 0 })
    return found
  }

  /** Flag changes since a MODSEQ (RFC 7162). With QRESYNC the UIDs that vanished come by `takeVanished`. */
  async fetchFlagChanges(since: bigint): Promise<{ changes: FolderFlags[]; highest: bigint }> {
    const rows = await this.run(
      'FETCH',
      () =>
        this.client.fetchAll('1:*', { uid: true, flags: true, labels: this.gmail }, { uid: true, changedSince: since }),
      300_000,
    )
    const highest = rows.reduce(
      (most, row) => (row.modseq !== undefined && row.modseq > most ? row.modseq : most),
      since,
    )
    return {
      changes: rows
        .filter((row) => row.flags !== undefined)
        .map((row) => ({ uid: row.uid, flags: keptFlags(row.flags), ...labelsOf(row) })),
      highest,
    }
  }

  /** UIDs that the server said are gone since this was asked last. */
  takeVanished(): number[] {
    const uids = this.vanishedUids
    this.vanishedUids = []
    return uids
  }

  async addFlags(uids: readonly number[], flags: string[]): Promise<void> {
    const done = await this.run('STORE', () => this.client.messageFlagsAdd(uidSet(uids), flags, { uid: true }))
    if (!done) throw this.refusal('store')
  }

  async removeFlags(uids: readonly number[], flags: string[]): Promise<void> {
    const done = await this.run('STORE', () => this.client.messageFlagsRemove(uidSet(uids), flags, { uid: true }))
    if (!done) throw this.refusal('store')
  }

  /** Gmail: sets and takes labels of messages in the selected folder. */
  async changeLabels(uids: readonly number[], { add, remove }: { add: string[]; remove: string[] }): Promise<void> {
    const options = { uid: true, useLabels: true }
    const added =
      add.length === 0 || (await this.run('STORE', () => this.client.messageFlagsAdd(uidSet(uids), add, options)))
    const removed =
      remove.length === 0 ||
      (await this.run('STORE', () => this.client.messageFlagsRemove(uidSet(uids), remove, options)))
    if (!added || !removed) throw this.refusal('labels')
  }

  /**
   * MOVE, or COPY and EXPUNGE of just these UIDs where the server has no MOVE. Old to new UID where the server says so.
   * A refusal with the detail `copied` came after the copy: they lie in both folders.
   */
  async move(uids: readonly number[], target: string): Promise<ReadonlyMap<number, number>> {
    const moves = this.capabilities.has('MOVE')
    const result = await (moves
      ? this.run('MOVE', () => this.client.messageMove(uidSet(uids), target, { uid: true }))
      : this.run('COPY', () => this.client.messageCopy(uidSet(uids), target, { uid: true })))
    if (!result) throw this.refusal(moves ? 'move' : 'copy')
    if (!moves)
      await this.takeOut(uids).catch((error: unknown) => {
        const { code, message, detail } = PosternError.from(error)
        throw new PosternError(code, message, { ...detail, copied: true })
      })
    return result.uidMap ?? new Map<number, number>()
  }

  /** Takes just these messages out of the selected folder, which lie elsewhere by now: what is left to do of a move. */
  async takeOut(uids: readonly number[]): Promise<void> {
    const done = await this.sparing(uids, () =>
      this.run('EXPUNGE', () => this.client.messageDelete(uidSet(uids), { uid: true })),
    )
    if (!done) throw this.refusal('expunge')
  }

  /** Where there is only the plain EXPUNGE, for all that is marked: what others have marked is not, meanwhile. */
  private async sparing<T>(uids: readonly number[], work: () => Promise<T>): Promise<T> {
    if (this.capabilities.has('MOVE') || this.capabilities.has('UIDPLUS')) return await work()
    const its = new Set(uids)
    const marked = (await this.searchUids({ deleted: true })).filter((uid) => !its.has(uid))
    if (marked.length === 0) return await work()
    await this.removeFlags(marked, ['\\Deleted'])
    try {
      return await work()
    } finally {
      if (!this.closed) await this.addFlags(marked, ['\\Deleted'])
    }
  }

  async createFolder(path: string, subscribed = true): Promise<void> {
    await this.run('CREATE', () => this.client.mailboxCreate(path))
    // The library subscribes by itself.
    if (!subscribed) await this.run('UNSUBSCRIBE', () => this.client.mailboxUnsubscribe(path))
  }

  /** Removes just these messages for good. Without UIDPLUS they are only marked: a plain EXPUNGE would take others' along. */
  async expunge(uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return
    if (!this.capabilities.has('UIDPLUS')) return this.addFlags(uids, ['\\Deleted'])
    const done = await this.run('EXPUNGE', () => this.client.messageDelete(uidSet(uids), { uid: true }))
    if (!done) throw this.refusal('expunge')
  }

  /** The second part of each message as it is encoded there, up to `most` bytes; null where there is none. */
  async *fetchSecondParts(uids: readonly number[], most: number): AsyncGenerator<{ uid: number; part: Buffer | null }> {
    for await (const row of this.rows(uids, { bytes: { of: '2', most } }))
      yield { uid: row.uid, part: row.bytes && row.bytes.byteLength > 0 ? row.bytes : null }
  }

  async fetchSizes(uids: readonly number[]): Promise<Map<number, number>> {
    const sizes = new Map<number, number>()
    for await (const row of this.rows(uids, { size: true })) if (row.size !== undefined) sizes.set(row.uid, row.size)
    return sizes
  }

  /** When the server says that a message arrived, ms; null when it does not. */
  async internalDate(uid: number): Promise<number | null> {
    for await (const row of this.rows([uid], { internalDate: true })) return arrivalIn(row)
    return null
  }

  /** @param at the date that the server keeps for it; null: its own. @returns the UID where the server tells it (UIDPLUS) */
  async append(path: string, raw: Uint8Array, flags: string[], at: Date | null): Promise<number | null> {
    const done = await this.run(
      'APPEND',
      () => this.client.append(path, Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength), flags, at ?? undefined),
      commandMs + Math.ceil(raw.byteLength / 20),
    )
    if (!done) throw this.refusal('append')
    return done.uid ?? null
  }

  /** What `fetchedOf` reads, beside the bytes. */
  private about() {
    return { flags: true, internalDate: true, gmail: this.gmail }
  }

  private async *rows(uids: readonly number[], query: RowQuery): AsyncGenerator<FetchRow> {
    if (uids.length === 0) return
    if (this.client.mailbox === false)
      throw this.broken(new PosternError('connection-lost', 'the folder was closed', this.facts()))
    const rows = fetchRows(this.client, uids, query)
    try {
      for (;;) {
        // The clock runs while the server has the turn, not while our side works on a row.
        const next = await this.coming(rows.next())
        if (next.done) return
        yield next.value
      }
    } catch (error) {
      throw this.broken(error)
    } finally {
      if (!this.closed) await rows.return(undefined).catch(() => undefined)
    }
  }
}
