import type { FolderCursor, IngestItem, StoreForMail } from '../../../src-preload/contract/internal'
import type { Rpc } from '../../shared/port-rpc'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { sinceOf } from '../../shared/depth'
import { unlimited, type Budget, type FolderProgress } from './budget'
import { DepthFetch, isWhole } from './depth-fetch'
import { FetchAround } from './fetch-around'
import { FolderLooks } from './folder-looks'
import type { FolderFlags, FolderState, ImapSession } from './imap-session'
import { Lock } from '../../shared/lock'
import { packPage } from '../../shared/page-bytes'
import { PagePipe, type CursorMove, type MessageParser } from './page-pipe'
import { flagsWindow, StoredFolder } from './stored-folder'

const log = logger('sync')

/** The first page is small so that the list has something to show at once. */
const firstPage = 20
/** UIDs asked for in one FETCH of the first sync; its rows are stored in pages as they come. */
const window = 400

/** Messages in part that are completed at one look. */
const deepenPage = 50

/**
 * One folder: its cursor, and the ways to bring the store to the server's state. Everything goes by UID and can be
 * cut off at any point: what is stored twice changes nothing, and the cursor moves with the page that it counts.
 */
export class FolderSync {
  private readonly stored: StoredFolder
  private readonly filling = new Lock()
  private readonly following = new Lock()
  private readonly opening = new Lock()
  private readonly looks = new FolderLooks()
  /** MODSEQ at which a backfill began: flags that changed while its pages were under way are looked at again. The store has no later one until then. */
  private filledSince: string | null
  /** What does not come when more of it is to be kept. */
  private readonly deepening = new FetchAround()
  /** The UIDVALIDITY under which UIDNEXT fell. */
  private reused: string | null = null
  /** Somebody asks the store on and on. */
  private gently = false

  constructor(
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private readonly parser: MessageParser,
    cursor: FolderCursor,
    private readonly progress: FolderProgress,
    private readonly around = new FetchAround(),
    private readonly budget: Budget = unlimited,
  ) {
    this.stored = new StoredFolder(store, cursor)
    this.filledSince = cursor.complete ? null : cursor.modSeq
  }

  get cursor(): FolderCursor {
    return this.stored.cursor
  }
  get path(): string {
    return this.cursor.path
  }

  /** New settings of the folder from `folders.sync`: a path or role may have changed, the cursor is ours. */
  adopt(cursor: FolderCursor): void {
    this.stored.move({ path: cursor.path, role: cursor.role })
  }

  /**
   * Opens the folder and starts anew when its UIDs mean other messages now (R35). A UIDNEXT below what was seen is the
   * same under a UIDVALIDITY that the server forgot to change (R36); where the very same messages lie there the second time, the server
   * only does not know its UIDNEXT, and the folder would begin anew for ever.
   */
  async open(session: ImapSession): Promise<FolderState> {
    return await this.opening.hold(async () => {
      const seenBefore = this.cursor.highUid
      const state = await session.select(this.path)
      const { uidValidity } = state
      const reused = state.uidNext !== null && state.uidNext <= seenBefore
      const lies = reused && this.reused === uidValidity && (await this.stored.isStill(session, 1))
      if (reused) this.reused = uidValidity
      if (this.cursor.uidValidity !== uidValidity || (reused && !lies)) await this.beginAnew(uidValidity)
      this.looks.opened(state)
      return lies ? { ...state, uidNext: null } : state
    })
  }

  private async beginAnew(uidValidity: string): Promise<0> {
    if (this.cursor.uidValidity !== null) log.info('UIDs begin anew', { folder: this.cursor.folderId })
    this.filledSince = null
    this.around.reset()
    this.deepening.reset()
    await this.stored.reset(uidValidity)
    return 0
  }

  /** true: STATUS shows nothing that is not here already, and nothing is due. What is still being fetched is not here. */
  unchanged(state: FolderState): boolean {
    return this.cursor.complete && this.looks.unchanged(state)
  }

  /** What STATUS says before the folder is looked at: a MODSEQ that fell makes all that was counted by it void (R36). */
  notice(state: FolderState): void {
    if (state.modSeq === null || this.cursor.modSeq === null || state.modSeq >= BigInt(this.cursor.modSeq)) return
    log.info('MODSEQ went backwards', { folder: this.cursor.folderId })
    this.stored.move({ modSeq: null })
    this.filledSince = null
    this.looks.notice(state)
  }

  /** Flags and labels of all messages are read again at the next look. */
  rereadFlags(): void {
    this.stored.move({ modSeq: null })
    this.forget()
  }

  /** What STATUS said, once it has been followed. */
  followed(state: FolderState): void {
    this.looks.followed(state)
  }

  /** Fetches what is not stored yet, newest first, until the folder is complete or `stopped` says so. */
  async backfill(session: ImapSession, stopped: () => boolean, onlyFirstPage = false): Promise<void> {
    await this.filling.hold(async () => {
      const state = await this.open(session)
      if (this.cursor.complete) return
      const store = this.storeFor(true)
      const fresh = this.cursor.highUid === 0
      this.filledSince ??= this.cursor.modSeq ?? this.modSeqOf(state).modSeq ?? null
      const newest = fresh && onlyFirstPage ? await session.newestUids(firstPage) : []
      const below =
        newest.length > 0
          ? newest
          : fresh
            ? (await session.allUids()).uids
            : await session.uidsBelow(this.cursor.lowUid)
      // An empty answer about a folder that is not empty would end its first sync before it began.
      if (fresh && below.length === 0 && state.exists > 0)
        throw new PosternError('server-broken', 'a search that finds nothing of what is there')
      const older = newest.length > 0 && newest.length < state.exists
      if (below.length === 0)
        return await store([], {
          lowUid: 1,
          complete: true,
          ...(fresh
            ? { highUid: Math.max(0, (state.uidNext ?? this.looks.said?.uidNext ?? 1) - 1), ...this.modSeqOf(state) }
            : {}),
        })
      const pages = new PagePipe(this.parser, store)
      let end = below.length
      let size = fresh ? firstPage : window
      while (end > 0 && !stopped()) {
        const start = Math.max(0, end - size)
        const wanted = below.slice(start, end)
        const known = fresh && end === below.length ? new Set<number>() : await this.stored.known(wanted)
        if (this.cursor.renumbered === true) {
          const { uids, oldest } = await this.stored.knownAgain(
            session.fetchMarks(wanted.filter((one) => !known.has(one))),
          )
          for (const uid of uids) known.add(uid)
          if (uids.length > 0) this.progress.stored(uids.length, oldest)
        }
        const low = wanted[0] ?? 1
        const high = wanted.at(-1) ?? 1
        for await (const message of this.around.fetch(
          this.shallow(session),
          wanted.filter((uid) => !known.has(uid)),
        ))
          await pages.add(message)
        const first = fresh && end === below.length
        const last = start === 0 && !older
        await pages.endOfWindow({
          lowUid: last ? 1 : low,
          ...(last ? { complete: true } : {}),
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
      if (this.cursor.highUid === 0 && !this.cursor.complete) return 0
      if (this.cursor.complete && !(await this.isStill(session, thorough)))
        return await this.beginAnew(state.uidValidity)
      const told = this.looks.said
      await this.followFlags(session, state, thorough)
      const came = await this.fetchNew(session, state)
      await this.followDeletions(session, state, thorough)
      this.looks.caughtUp(told)
      return came
    })
  }

  /** false: other messages lie under the UIDs that are stored of the selected folder. Asked until its UIDs were compared, and once an hour. */
  async isStill(session: ImapSession, thorough = false): Promise<boolean> {
    return (!thorough && !this.looks.everyUidDue) || (await this.stored.isStill(session))
  }

  private shallow(session: ImapSession): Pick<ImapSession, 'fetchSources'> {
    return isWhole(this.budget.depth) ? session : new DepthFetch(session, this.budget.depth)
  }

  /** UIDs of messages that are here in part and belong here whole, newest first. */
  async partial(limit: number): Promise<number[]> {
    const { depth } = this.budget
    const since = Math.max(sinceOf(depth, Date.now()), 0)
    if (!Number.isFinite(since)) return []
    return (
      await this.store.call('parts.next', {
        folderId: this.cursor.folderId,
        since: Math.floor(since),
        largest: depth.largest ?? Number.MAX_SAFE_INTEGER,
        limit,
      })
    ).uids
  }

  /** Completes what is here in part since a smaller depth and belongs here whole now, newest first. */
  async deepen(session: ImapSession, stopped: () => boolean): Promise<void> {
    const { depth, pace } = this.budget
    await this.open(session)
    while (!stopped()) {
      const uidValidity = this.stored.uidValidity
      // What the server does not hand out waits its time, and holds up none of the others.
      const uids = (await this.partial(deepenPage + this.deepening.missing.size)).filter((uid) =>
        this.deepening.due(uid),
      )
      if (uids.length === 0) return
      for await (const row of this.deepening.fetch(
        session,
        uids.toSorted((a, b) => a - b),
      )) {
        const begun = performance.now()
        const [message] = await this.parser.parse([row.source])
        if (message)
          await this.store.call('parts.complete', {
            folderId: this.cursor.folderId,
            uidValidity,
            uid: row.uid,
            message,
          })
        if (stopped()) return
        await pace.rest(performance.now() - begun, depth.pace)
      }
    }
  }

  /** A message that was moved here by our own act, or anything else that makes the last look stale. */
  forget(): void {
    this.looks.forget()
  }

  private async fetchNew(session: ImapSession, state: FolderState): Promise<number> {
    if (state.uidNext !== null && state.uidNext <= this.cursor.highUid + 1) return 0
    const uids = (await session.searchUids({ uid: `${this.cursor.highUid + 1}:*` })).filter(
      (uid) => uid > this.cursor.highUid,
    )
    if (uids.length === 0) return 0
    const pages = new PagePipe(this.parser, this.storeFor(!this.cursor.complete))
    for (let start = 0; start < uids.length; start += window) {
      const wanted = uids.slice(start, start + window)
      const known = await this.stored.known(wanted)
      // Copies of what left from here need not come back over the network.
      if (this.cursor.role === 'sent') {
        const marks = session.fetchMarks(wanted.filter((uid) => !known.has(uid)))
        for (const uid of (await this.stored.knownAgain(marks)).uids) known.add(uid)
      }
      for await (const message of this.around.fetch(
        this.shallow(session),
        wanted.filter((uid) => !known.has(uid)),
      ))
        await pages.add(message)
      await pages.endOfWindow({ highUid: wanted.at(-1) ?? this.cursor.highUid })
    }
    await pages.drain()
    return uids.length
  }

  private async followFlags(session: ImapSession, state: FolderState, thorough: boolean): Promise<void> {
    const { highUid, complete } = this.cursor
    const known = this.cursor.modSeq === null ? null : BigInt(this.cursor.modSeq)
    const backwards = known !== null && state.modSeq !== null && state.modSeq < known
    if (session.condstore && known !== null && !backwards) {
      const refill = complete && this.filledSince !== null ? BigInt(this.filledSince) : known
      const since = refill < known ? refill : known
      if (state.modSeq !== null && state.modSeq === since) return
      const { changes, highest } = await session.fetchFlagChanges(since)
      const vanished = session.takeVanished()
      if (vanished.length > 0) await this.stored.vanish(vanished)
      const modSeq = [known, highest, state.modSeq ?? 0n].reduce((most, one) => (one > most ? one : most)).toString()
      // Here ahead of the cursor: of a window that was cut short, or moved here by our own act.
      const later = changes.flatMap(({ uid }) => (uid > highUid ? uid : [])).toSorted((a, b) => a - b)
      const ahead = later.length > 0 ? await this.stored.known(later) : new Set<number>()
      await this.stored.applyFlags(
        changes.filter(({ uid }) => ahead.has(uid) || (uid <= highUid && (complete || uid >= this.cursor.lowUid))),
        complete ? modSeq : null,
        session.keepsKeywords,
      )
      this.stored.move({ modSeq })
      if (complete) this.filledSince = null
      return
    }
    // Without CONDSTORE, or with one that went backwards: the newest window at every look, everything when it is due.
    const modSeq = session.condstore ? (this.modSeqOf(state).modSeq ?? null) : null
    const countsModSeq = modSeq !== null
    const all = thorough || countsModSeq || this.looks.allFlagsDue
    const uids = (await session.searchUids()).filter((uid) => uid <= highUid && (complete || uid >= this.cursor.lowUid))
    const wanted = all ? uids : uids.slice(-flagsWindow)
    for (let end = wanted.length; end > 0; end -= flagsWindow) {
      const changes: FolderFlags[] = []
      for await (const row of session.fetchFlags(wanted.slice(Math.max(0, end - flagsWindow), end))) changes.push(row)
      await this.stored.applyFlags(changes, end <= flagsWindow ? modSeq : null, session.keepsKeywords)
    }
    this.looks.readFlags(all)
  }

  /** Compares counts with the server; where they differ, and now and then anyway, UIDs one by one. Mends what differs. */
  private async followDeletions(session: ImapSession, state: FolderState, thorough: boolean): Promise<void> {
    const vanished = session.takeVanished()
    if (vanished.length > 0) await this.stored.vanish(vanished)
    const { localCount } = await this.store.call('folder.checked', {
      folderId: this.cursor.folderId,
      serverCount: state.exists,
      at: Date.now(),
      missing: this.around.missing.size,
      verified: false,
    })
    if (!this.cursor.complete) return
    const due = thorough || this.looks.everyUidDue
    // What was withheld may be gone from the server too.
    if (localCount === state.exists && this.around.missing.size === 0 && !due) return
    const generation = this.stored.generation
    const { uids, whole } = await session.allUids()
    const onServer = new Set(uids)
    const local = await this.stored.uids()
    if (generation !== this.stored.generation) return
    const gone = local.filter((uid) => !onServer.has(uid))
    // A search that does not fit the server's own count takes nothing away here; the next look asks again.
    if (gone.length > 0 && whole) await this.stored.vanish(gone)
    const here = new Set(local)
    const missing = [...onServer].filter(
      (uid) => uid <= this.cursor.highUid && !here.has(uid) && (thorough || this.around.due(uid)),
    )
    if (missing.length > 0) {
      log.info('messages that were missing are fetched', { folder: this.cursor.folderId, count: missing.length })
      const pages = new PagePipe(this.parser, this.storeFor(true))
      for (let start = 0; start < missing.length; start += window) {
        for await (const message of this.around.fetch(this.shallow(session), missing.slice(start, start + window)))
          await pages.add(message)
      }
      await pages.endOfWindow({})
      await pages.drain()
    }
    this.around.confirm(onServer, missing.length > 0 ? new Set(await this.stored.uids()) : here)
    if (!whole) return
    this.looks.comparedUids()
    const unread = [...onServer].filter((uid) => uid > this.cursor.highUid).length
    await this.store.call('folder.checked', {
      folderId: this.cursor.folderId,
      serverCount: onServer.size - unread,
      at: Date.now(),
      missing: this.around.missing.size,
      verified: true,
    })
  }

  /** Stores pages under the UIDVALIDITY of now: when another connection sees it change, the rest is worth nothing. */
  private storeFor(backfill: boolean): (items: IngestItem[], cursor: CursorMove) => Promise<void> {
    const { uidValidity, generation } = this.stored
    return async (items, cursor) => {
      if (this.stored.generation !== generation)
        throw new PosternError('connection-lost', 'UIDVALIDITY changed meanwhile')
      const begun = performance.now()
      const page = { folderId: this.cursor.folderId, uidValidity, ...packPage(items), cursor, backfill }
      this.gently = (await this.store.call('ingest.page', page, this.gently)).asked
      this.stored.move(cursor)
      if (items.length > 0)
        this.progress.stored(items.length, Math.min(...items.map((item) => item.message.date ?? item.internalDate)))
      if (backfill && items.length > 0) await this.budget.pace.rest(performance.now() - begun, this.budget.depth.pace)
    }
  }

  private modSeqOf(state: FolderState): { modSeq?: string } {
    // A look by NOOP has none; that of the SELECT before it is older, which loses nothing.
    const modSeq = state.modSeq ?? this.looks.said?.modSeq ?? null
    return modSeq === null ? {} : { modSeq: modSeq.toString() }
  }
}
