import type { FolderCursor, IngestItem, ParsedMessage, StoreForMail } from '../../src-preload/contract/internal'
import type { Rpc } from '../shared/port-rpc'
import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import type { FetchedMessage, FolderState, ImapSession } from './imap-session'
import { Lock } from './lock'

const log = logger('sync')

export interface MessageParser { parse(sources: readonly Uint8Array[]): Promise<ParsedMessage[]> }

/** The first page is small so that the list has something to show at once. */
const firstPage = 30
/** UIDs asked for in one FETCH of the first sync; its rows are stored in pages as they come. */
const window = 400
const pageMessages = 100
const pageBytes = 4 * 1024 * 1024
/** Fetched and not stored yet, at most; a single larger message goes alone. */
const inFlightBytes = 16 * 1024 * 1024
const inFlightPages = 2
const flagsWindow = 1_000
const allFlagsMs = 300_000

export interface FolderProgress {
  /** `stored` more messages are in the store; `oldest` is the date of the oldest of them. */
  stored(stored: number, oldest: number): void
}

/**
 * One folder: its cursor, and the ways to bring the store to the server's state. Everything goes by UID and can be
 * cut off at any point: what is stored twice changes nothing, and the cursor moves with the page that it counts.
 */
export class FolderSync {
  private readonly filling = new Lock()
  private readonly following = new Lock()
  private lastState: FolderState | null = null
  private flagsCheckedAt = 0

  constructor(
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private readonly parser: MessageParser,
    private current: FolderCursor,
    private readonly progress: FolderProgress,
  ) {}

  get cursor(): FolderCursor { return this.current }
  get path(): string { return this.current.path }

  /** New settings of the folder from `folders.sync`: a path or role may have changed, the cursor is ours. */
  adopt(cursor: FolderCursor): void {
    this.current = { ...this.current, path: cursor.path, role: cursor.role }
  }

  /**
   * Opens the folder and starts anew when its UIDs mean other messages now (R35). A folder that was never seen gets
   * its first page.
   */
  async open(session: ImapSession): Promise<FolderState> {
    const state = await session.select(this.path)
    if (this.current.uidValidity !== state.uidValidity) {
      if (this.current.uidValidity !== null) log.info('UIDVALIDITY changed', { folder: this.current.folderId })
      const fresh = await this.store.call('folder.reset', { folderId: this.current.folderId, uidValidity: state.uidValidity })
      this.current = { ...fresh, path: this.path, role: this.current.role }
    }
    // A look by NOOP says less than SELECT and STATUS do.
    if (state.uidNext !== null) this.lastState = state
    return state
  }

  /** true: STATUS shows nothing that was not seen before. */
  unchanged(state: FolderState): boolean {
    const last = this.lastState
    if (last === null || !this.current.complete || state.uidValidity !== last.uidValidity || state.uidNext !== last.uidNext || state.exists !== last.exists) return false
    return state.modSeq === null ? Date.now() - this.flagsCheckedAt < allFlagsMs : state.modSeq === last.modSeq
  }

  /** Fetches what is not stored yet, newest first, until the folder is complete or `stopped` says so. */
  async backfill(session: ImapSession, stopped: () => boolean, onlyFirstPage = false): Promise<void> {
    await this.filling.hold(async () => {
      const state = await this.open(session)
      if (this.current.complete) return
      const store = this.storeFor(true)
      const fresh = this.current.highUid === 0
      const uids = await session.searchUids(fresh ? {} : { uid: `1:${Math.max(1, this.current.lowUid - 1)}` })
      const below = fresh ? uids : uids.filter((uid) => uid < this.current.lowUid)
      if (below.length === 0) return await store([], { lowUid: 1, complete: true, ...(fresh ? { highUid: Math.max(0, (state.uidNext ?? 1) - 1), ...this.modSeqOf(state) } : {}) })
      const pages = new PagePipe(this.parser, store)
      let end = below.length
      let size = fresh ? firstPage : window
      while (end > 0 && !stopped()) {
        const start = Math.max(0, end - size)
        const wanted = below.slice(start, end)
        const known = fresh && end === below.length ? new Set<number>() : await this.knownAmong(wanted)
        const low = wanted[0] ?? 1
        const high = wanted.at(-1) ?? 1
        for await (const message of session.fetchSources(wanted.filter((uid) => !known.has(uid)))) await pages.add(message)
        const first = fresh && end === below.length
        await pages.endOfWindow({
          lowUid: start === 0 ? 1 : low, ...(start === 0 ? { complete: true } : {}),
          ...(first ? { highUid: high, ...this.modSeqOf(state) } : {}),
        })
        end = start
        size = window
        if (onlyFirstPage) break
      }
      await pages.drain()
    })
  }

  /** Brings new mail, flags and deletions of a folder whose newest part is stored. Returns how many messages came. */
  async catchUp(session: ImapSession, thorough = false): Promise<number> {
    return await this.following.hold(async () => {
      const state = await this.open(session)
      if (this.current.highUid === 0 && !this.current.complete) return 0
      await this.followFlags(session, state, thorough)
      const came = await this.fetchNew(session, state)
      await this.followDeletions(session, state)
      return came
    })
  }

  /** A message that was moved here by our own act, or anything else that makes the last look stale. */
  forget(): void { this.lastState = null }

  private async fetchNew(session: ImapSession, state: FolderState): Promise<number> {
    if (state.uidNext !== null && state.uidNext <= this.current.highUid + 1) return 0
    const uids = (await session.searchUids({ uid: `${this.current.highUid + 1}:*` })).filter((uid) => uid > this.current.highUid)
    if (uids.length === 0) return 0
    const pages = new PagePipe(this.parser, this.storeFor(!this.current.complete))
    for (let start = 0; start < uids.length; start += window) {
      const wanted = uids.slice(start, start + window)
      const known = await this.knownAmong(wanted)
      for await (const message of session.fetchSources(wanted.filter((uid) => !known.has(uid)))) await pages.add(message)
      await pages.endOfWindow({ highUid: wanted.at(-1) ?? this.current.highUid })
    }
    await pages.drain()
    return uids.length
  }

  private async followFlags(session: ImapSession, state: FolderState, thorough: boolean): Promise<void> {
    const since = this.current.modSeq
    if (session.condstore && since !== null) {
      if (state.modSeq !== null && state.modSeq === BigInt(since)) return
      const { changes, highest } = await session.fetchFlagChanges(BigInt(since))
      const vanished = session.takeVanished()
      if (vanished.length > 0) await this.vanish(vanished)
      const modSeq = state.modSeq !== null && state.modSeq > highest ? state.modSeq : highest
      await this.applyFlags(changes.filter((change) => change.uid <= this.current.highUid && (this.current.complete || change.uid >= this.current.lowUid)), modSeq.toString())
      return
    }
    // Without CONDSTORE: the newest window at every look, everything at connecting and every five minutes.
    const due = thorough || Date.now() - this.flagsCheckedAt > allFlagsMs
    const uids = (await session.searchUids()).filter((uid) => uid <= this.current.highUid)
    const wanted = due ? uids : uids.slice(-flagsWindow)
    for (let end = wanted.length; end > 0; end -= flagsWindow) {
      const changes: { uid: number; flags: string[] }[] = []
      for await (const row of session.fetchFlags(wanted.slice(Math.max(0, end - flagsWindow), end))) changes.push(row)
      await this.applyFlags(changes, session.condstore && state.modSeq !== null && end <= flagsWindow ? state.modSeq.toString() : null)
    }
    if (due) this.flagsCheckedAt = Date.now()
  }

  private async applyFlags(changes: readonly { uid: number; flags: string[] }[], modSeq: string | null): Promise<void> {
    for (let start = 0; start === 0 || start < changes.length; start += flagsWindow) {
      const last = start + flagsWindow >= changes.length
      await this.store.call('flags.apply', { folderId: this.current.folderId, uidValidity: this.uidValidity(), changes: changes.slice(start, start + flagsWindow), modSeq: last ? modSeq : null })
    }
    if (modSeq !== null) this.current = { ...this.current, modSeq }
  }

  /** Compares counts with the server; where they differ, UIDs one by one. */
  private async followDeletions(session: ImapSession, state: FolderState): Promise<void> {
    const vanished = session.takeVanished()
    if (vanished.length > 0) await this.vanish(vanished)
    const { localCount } = await this.store.call('folder.checked', { folderId: this.current.folderId, serverCount: state.exists, at: Date.now() })
    if (!this.current.complete || localCount === state.exists) return
    const onServer = new Set(await session.searchUids())
    const { uids: local } = await this.store.call('folder.known', { folderId: this.current.folderId, uidValidity: this.uidValidity(), fromUid: 1, toUid: Math.max(this.current.highUid, 1) })
    const gone = local.filter((uid) => !onServer.has(uid))
    if (gone.length > 0) await this.vanish(gone)
    const here = new Set(local)
    const missing = [...onServer].filter((uid) => uid <= this.current.highUid && !here.has(uid))
    if (missing.length > 0) {
      const pages = new PagePipe(this.parser, this.storeFor(true))
      for await (const message of session.fetchSources(missing)) await pages.add(message)
      await pages.endOfWindow({})
      await pages.drain()
    }
    await this.store.call('folder.checked', { folderId: this.current.folderId, serverCount: onServer.size, at: Date.now() })
  }

  private async vanish(uids: readonly number[]): Promise<void> {
    for (let start = 0; start < uids.length; start += 5_000) {
      await this.store.call('folder.vanished', { folderId: this.current.folderId, uidValidity: this.uidValidity(), uids: uids.slice(start, start + 5_000) })
    }
  }

  private async knownAmong(uids: readonly number[]): Promise<ReadonlySet<number>> {
    const [fromUid, toUid] = [uids[0] ?? 1, uids.at(-1) ?? 1]
    return new Set((await this.store.call('folder.known', { folderId: this.current.folderId, uidValidity: this.uidValidity(), fromUid, toUid })).uids)
  }

  /** Stores pages under the UIDVALIDITY of now: when another connection sees it change, the rest is worth nothing. */
  private storeFor(backfill: boolean): (items: IngestItem[], cursor: CursorMove) => Promise<void> {
    const uidValidity = this.uidValidity()
    return async (items, cursor) => {
      if (this.current.uidValidity !== uidValidity) throw new PosternError('connection-lost', 'UIDVALIDITY changed meanwhile')
      await this.store.call('ingest.page', { folderId: this.current.folderId, uidValidity, items, cursor, backfill })
      this.current = { ...this.current, ...cursor }
      if (items.length > 0) this.progress.stored(items.length, Math.min(...items.map((item) => item.message.date ?? item.internalDate)))
    }
  }

  private modSeqOf(state: FolderState): { modSeq?: string } {
    return state.modSeq === null ? {} : { modSeq: state.modSeq.toString() }
  }

  private uidValidity(): string {
    if (this.current.uidValidity === null) throw new PosternError('internal', 'folder is not open')
    return this.current.uidValidity
  }
}

type CursorMove = Partial<Pick<FolderCursor, 'highUid' | 'lowUid' | 'modSeq' | 'complete'>>

/**
 * Rows on their way into the store: gathered to pages, parsed while the next page is fetched, stored in order.
 * `add` waits when too much is under way, and with it the server.
 */
class PagePipe {
  private rows: FetchedMessage[] = []
  private bytes = 0
  private readonly pages = new Set<{ bytes: number }>()
  private underWay = 0
  private last: Promise<void> = Promise.resolve()
  private failure: Error | null = null
  private freed: (() => void) | null = null

  constructor(private readonly parser: MessageParser, private readonly store: (items: IngestItem[], cursor: CursorMove) => Promise<void>) {}

  async add(row: FetchedMessage): Promise<void> {
    this.rows.push(row)
    this.bytes += row.source.byteLength
    if (this.rows.length >= pageMessages || this.bytes >= pageBytes) await this.flush({})
  }

  /** All rows of a window are here: its last page carries the cursor. */
  async endOfWindow(cursor: CursorMove): Promise<void> {
    await this.flush(cursor)
  }

  async drain(): Promise<void> {
    await this.last
    if (this.failure !== null) throw this.failure
  }

  private async flush(cursor: CursorMove): Promise<void> {
    const { rows, bytes } = this
    this.rows = []
    this.bytes = 0
    if (rows.length === 0 && Object.keys(cursor).length === 0) return
    const page = { bytes }
    this.pages.add(page)
    this.underWay += bytes
    const parsed = this.parser.parse(rows.map((row) => row.source))
    this.last = Promise.all([this.last, parsed]).then(async ([, messages]) => {
      if (this.failure !== null) return
      const items = rows.flatMap((row, index) => {
        const message = messages[index]
        return message ? [{ uid: row.uid, flags: row.flags, internalDate: row.internalDate, message }] : []
      })
      await this.store(items, cursor)
    }).catch((error: unknown) => { this.failure ??= error instanceof Error ? error : new PosternError('internal') }).finally(() => {
      this.pages.delete(page)
      this.underWay -= bytes
      this.freed?.()
    })
    while (this.pages.size >= inFlightPages + 1 || (this.pages.size > 0 && this.underWay > inFlightBytes)) {
      await new Promise<void>((resolve) => { this.freed = resolve })
      this.freed = null
    }
    if (this.failure !== null) throw this.failure
  }
}
