import type { FolderCursor, IngestItem, StoreForMail } from '../../../src-preload/contract/internal'
import type { Rpc } from '../../shared/port-rpc'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import type { MailboxDepth } from '../../../src-preload/contract/depth'
import { sinceOf } from '../../shared/depth'
import { DepthFetch, isWhole } from './depth-fetch'
import { FetchAround } from './fetch-around'
import type { FolderFlags, FolderState, ImapSession } from './imap-session'
import { Lock } from '../lock'
import type { Pace } from './pace'
import { PagePipe, type CursorMove, type MessageParser } from './page-pipe'

const log = logger('sync')

/** The first page is small so that the list has something to show at once. */
const firstPage = 30
/** UIDs asked for in one FETCH of the first sync; its rows are stored in pages as they come. */
const window = 400
const flagsWindow = 1_000
/** Without CONDSTORE: how often the newest flags are looked at unasked, and how often all of them. */
const newestFlagsMs = 300_000
const allFlagsMs = 3_600_000
/** How often the UIDs of a folder are compared one by one although the counts agree. */
const everyUidMs = 3_600_000

/** How much is kept here, and how hard to work for it. */
export interface Budget {
  readonly depth: MailboxDepth
  readonly pace: Pick<Pace, 'rest'>
}
const unlimited: Budget = {
  depth: { bodies: 'all', months: 12, largest: null, pace: 'full' },
  pace: { rest: () => Promise.resolve() },
}
/** Messages in part that are completed at one look. */
const deepenPage = 50

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
  private readonly opening = new Lock()
  private lastState: FolderState | null = null
  private newestFlagsAt = 0
  private allFlagsAt = 0
  private everyUidAt = 0
  /** Grows when all UIDs known so far lose their meaning: pages that are under way then are worth nothing. */
  private generation = 0
  /** MODSEQ at which a backfill began: flags that changed while its pages were under way are looked at again. */
  private filledSince: string | null = null

  constructor(
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private readonly parser: MessageParser,
    private current: FolderCursor,
    private readonly progress: FolderProgress,
    private readonly around = new FetchAround(),
    private readonly budget: Budget = unlimited,
  ) {}

  get cursor(): FolderCursor {
    return this.current
  }
  get path(): string {
    return this.current.path
  }

  /** New settings of the folder from `folders.sync`: a path or role may have changed, the cursor is ours. */
  adopt(cursor: FolderCursor): void {
    this.current = { ...this.current, path: cursor.path, role: cursor.role }
  }

  /**
   * Opens the folder and starts anew when its UIDs mean other messages now (R35). A UIDNEXT below what was seen is the
   * same under a UIDVALIDITY that the server forgot to change (R36).
   */
  async open(session: ImapSession): Promise<FolderState> {
    return await this.opening.hold(async () => {
      const seenBefore = this.current.highUid
      const state = await session.select(this.path)
      const reused = state.uidNext !== null && state.uidNext <= seenBefore
      if (this.current.uidValidity !== state.uidValidity || reused) {
        if (this.current.uidValidity !== null) log.info('UIDs begin anew', { folder: this.current.folderId, reused })
        this.generation += 1
        this.filledSince = null
        this.around.reset()
        const fresh = await this.store.call('folder.reset', {
          folderId: this.current.folderId,
          uidValidity: state.uidValidity,
        })
        this.current = { ...fresh, path: this.path, role: this.current.role }
      }
      // A look by NOOP says less than SELECT and STATUS do.
      if (state.uidNext !== null) this.lastState = { ...state, unseen: this.lastState?.unseen ?? null }
      return state
    })
  }

  /** true: STATUS shows nothing that was not seen before, and nothing is due. */
  unchanged(state: FolderState): boolean {
    const last = this.lastState
    if (
      last === null ||
      !this.current.complete ||
      state.uidValidity !== last.uidValidity ||
      state.uidNext !== last.uidNext ||
      state.exists !== last.exists
    )
      return false
    const sinceAll = Date.now() - this.everyUidAt
    if (sinceAll > everyUidMs) return false
    if (state.modSeq !== null) return state.modSeq === last.modSeq
    // Read or unread elsewhere shows in a count, on a server that has nothing better.
    return (last.unseen === null || state.unseen === last.unseen) && Date.now() - this.newestFlagsAt < newestFlagsMs
  }

  /** What STATUS says before the folder is looked at: a MODSEQ that fell makes all that was counted by it void (R36). */
  notice(state: FolderState): void {
    if (state.modSeq === null || this.current.modSeq === null || state.modSeq >= BigInt(this.current.modSeq)) return
    log.info('MODSEQ went backwards', { folder: this.current.folderId })
    this.current = { ...this.current, modSeq: null }
    this.filledSince = null
    this.lastState = state
  }

  /** Flags and labels of all messages are read again at the next look. */
  rereadFlags(): void {
    this.current = { ...this.current, modSeq: null }
    this.lastState = null
  }

  /** What STATUS said, once it has been followed. */
  followed(state: FolderState): void {
    if (this.lastState !== null) this.lastState = { ...state, modSeq: this.lastState.modSeq ?? state.modSeq }
  }

  /** Fetches what is not stored yet, newest first, until the folder is complete or `stopped` says so. */
  async backfill(session: ImapSession, stopped: () => boolean, onlyFirstPage = false): Promise<void> {
    await this.filling.hold(async () => {
      const state = await this.open(session)
      if (this.current.complete) return
      const store = this.storeFor(true)
      const fresh = this.current.highUid === 0
      this.filledSince ??= this.current.modSeq ?? this.modSeqOf(state).modSeq ?? null
      const newest = fresh && onlyFirstPage ? await session.newestUids(firstPage) : []
      const below =
        newest.length > 0
          ? newest
          : fresh
            ? (await session.allUids()).uids
            : await session.uidsBelow(this.current.lowUid)
      // An empty answer about a folder that is not empty would end its first sync before it began.
      if (fresh && below.length === 0 && state.exists > 0)
        throw new PosternError('server-broken', 'a search that finds nothing of what is there')
      const older = newest.length > 0 && newest.length < state.exists
      if (below.length === 0)
        return await store([], {
          lowUid: 1,
          complete: true,
          ...(fresh
            ? { highUid: Math.max(0, (state.uidNext ?? this.lastState?.uidNext ?? 1) - 1), ...this.modSeqOf(state) }
            : {}),
        })
      const pages = new PagePipe(this.parser, store)
      let end = below.length
      let size = fresh ? firstPage : window
      while (end > 0 && !stopped()) {
        const start = Math.max(0, end - size)
        const wanted = below.slice(start, end)
        const known = fresh && end === below.length ? new Set<number>() : await this.knownAmong(wanted)
        if (this.current.renumbered === true)
          for (const uid of await this.knownAgain(
            session,
            wanted.filter((one) => !known.has(one)),
          ))
            known.add(uid)
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
      if (this.current.highUid === 0 && !this.current.complete) return 0
      await this.followFlags(session, state, thorough)
      const came = await this.fetchNew(session, state)
      await this.followDeletions(session, state, thorough)
      return came
    })
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
        folderId: this.current.folderId,
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
      const uidValidity = this.uidValidity()
      const uids = await this.partial(deepenPage)
      const wanted = new Set(uids)
      for await (const row of session.fetchSources(uids)) {
        const begun = performance.now()
        const [message] = await this.parser.parse([row.source])
        if (message)
          await this.store.call('parts.complete', {
            folderId: this.current.folderId,
            uidValidity,
            uid: row.uid,
            message,
          })
        wanted.delete(row.uid)
        if (stopped()) return
        await pace.rest(performance.now() - begun, depth.pace)
      }
      // What the server does not hand out would be asked for again and again.
      if (uids.length < deepenPage || wanted.size > 0) return
    }
  }

  /** A message that was moved here by our own act, or anything else that makes the last look stale. */
  forget(): void {
    this.lastState = null
  }

  private async fetchNew(session: ImapSession, state: FolderState): Promise<number> {
    if (state.uidNext !== null && state.uidNext <= this.current.highUid + 1) return 0
    const uids = (await session.searchUids({ uid: `${this.current.highUid + 1}:*` })).filter(
      (uid) => uid > this.current.highUid,
    )
    if (uids.length === 0) return 0
    const pages = new PagePipe(this.parser, this.storeFor(!this.current.complete))
    for (let start = 0; start < uids.length; start += window) {
      const wanted = uids.slice(start, start + window)
      const known = await this.knownAmong(wanted)
      for await (const message of this.around.fetch(
        this.shallow(session),
        wanted.filter((uid) => !known.has(uid)),
      ))
        await pages.add(message)
      await pages.endOfWindow({ highUid: wanted.at(-1) ?? this.current.highUid })
    }
    await pages.drain()
    return uids.length
  }

  private async followFlags(session: ImapSession, state: FolderState, thorough: boolean): Promise<void> {
    const known = this.current.modSeq === null ? null : BigInt(this.current.modSeq)
    const backwards = known !== null && state.modSeq !== null && state.modSeq < known
    if (session.condstore && known !== null && !backwards) {
      const refill = this.current.complete && this.filledSince !== null ? BigInt(this.filledSince) : known
      const since = refill < known ? refill : known
      if (state.modSeq !== null && state.modSeq === since) return
      const { changes, highest } = await session.fetchFlagChanges(since)
      const vanished = session.takeVanished()
      if (vanished.length > 0) await this.vanish(vanished)
      const modSeq = [known, highest, state.modSeq ?? 0n].reduce((most, one) => (one > most ? one : most))
      await this.applyFlags(
        session,
        changes.filter(
          (change) =>
            change.uid <= this.current.highUid && (this.current.complete || change.uid >= this.current.lowUid),
        ),
        modSeq.toString(),
      )
      if (this.current.complete) this.filledSince = null
      return
    }
    // Without CONDSTORE, or with one that went backwards: the newest window at every look, everything when it is due.
    const modSeq = session.condstore ? (this.modSeqOf(state).modSeq ?? null) : null
    const countsModSeq = modSeq !== null
    const all = thorough || countsModSeq || Date.now() - this.allFlagsAt > allFlagsMs
    const uids = (await session.searchUids()).filter(
      (uid) => uid <= this.current.highUid && (this.current.complete || uid >= this.current.lowUid),
    )
    const wanted = all ? uids : uids.slice(-flagsWindow)
    for (let end = wanted.length; end > 0; end -= flagsWindow) {
      const changes: FolderFlags[] = []
      for await (const row of session.fetchFlags(wanted.slice(Math.max(0, end - flagsWindow), end))) changes.push(row)
      await this.applyFlags(session, changes, end <= flagsWindow ? modSeq : null)
    }
    this.newestFlagsAt = Date.now()
    if (all) this.allFlagsAt = Date.now()
  }

  private async applyFlags(
    session: ImapSession,
    changes: readonly FolderFlags[],
    modSeq: string | null,
  ): Promise<void> {
    for (let start = 0; start === 0 || start < changes.length; start += flagsWindow) {
      const last = start + flagsWindow >= changes.length
      await this.store.call('flags.apply', {
        folderId: this.current.folderId,
        uidValidity: this.uidValidity(),
        changes: changes.slice(start, start + flagsWindow),
        modSeq: last ? modSeq : null,
        keywords: session.keepsKeywords,
      })
    }
    if (modSeq !== null) this.current = { ...this.current, modSeq }
  }

  /** Compares counts with the server; where they differ, and now and then anyway, UIDs one by one. Mends what differs. */
  private async followDeletions(session: ImapSession, state: FolderState, thorough: boolean): Promise<void> {
    const vanished = session.takeVanished()
    if (vanished.length > 0) await this.vanish(vanished)
    const { localCount } = await this.store.call('folder.checked', {
      folderId: this.current.folderId,
      serverCount: state.exists,
      at: Date.now(),
      missing: this.around.missing.size,
      verified: false,
    })
    if (!this.current.complete) return
    const due = thorough || Date.now() - this.everyUidAt > everyUidMs
    if (localCount === state.exists && !due) return
    const generation = this.generation
    const { uids, whole } = await session.allUids()
    const onServer = new Set(uids)
    const local = await this.localUids()
    if (generation !== this.generation) return
    const gone = local.filter((uid) => !onServer.has(uid))
    // A search that does not fit the server's own count takes nothing away here; the next look asks again.
    if (gone.length > 0 && whole) await this.vanish(gone)
    const here = new Set(local)
    const missing = [...onServer].filter(
      (uid) => uid <= this.current.highUid && !here.has(uid) && (thorough || this.around.due(uid)),
    )
    if (missing.length > 0) {
      log.info('messages that were missing are fetched', { folder: this.current.folderId, count: missing.length })
      const pages = new PagePipe(this.parser, this.storeFor(true))
      for (let start = 0; start < missing.length; start += window) {
        for await (const message of this.around.fetch(this.shallow(session), missing.slice(start, start + window)))
          await pages.add(message)
      }
      await pages.endOfWindow({})
      await pages.drain()
    }
    this.around.confirm(onServer, missing.length > 0 ? new Set(await this.localUids()) : here)
    if (!whole) return
    this.everyUidAt = Date.now()
    const unread = [...onServer].filter((uid) => uid > this.current.highUid).length
    await this.store.call('folder.checked', {
      folderId: this.current.folderId,
      serverCount: onServer.size - unread,
      at: Date.now(),
      missing: this.around.missing.size,
      verified: true,
    })
  }

  private async localUids(): Promise<number[]> {
    return (
      await this.store.call('folder.known', {
        folderId: this.current.folderId,
        uidValidity: this.uidValidity(),
        fromUid: 1,
        toUid: Math.max(this.current.highUid, 1),
      })
    ).uids
  }

  private async vanish(uids: readonly number[]): Promise<void> {
    for (let start = 0; start < uids.length; start += 5_000) {
      await this.store.call('folder.vanished', {
        folderId: this.current.folderId,
        uidValidity: this.uidValidity(),
        uids: uids.slice(start, start + 5_000),
      })
    }
  }

  /** After a new numbering: messages that their headers show to be here already take their places, without their bodies. */
  private async knownAgain(session: ImapSession, uids: readonly number[]): Promise<readonly number[]> {
    const [uidValidity, { generation }] = [this.uidValidity(), this]
    const items: {
      uid: number
      flags: string[]
      labels?: string[]
      thread?: string
      size: number
      header: Uint8Array
    }[] = []
    let oldest = Infinity
    for await (const { source, internalDate, ...mark } of session.fetchMarks(uids)) {
      oldest = Math.min(oldest, internalDate)
      items.push({ ...mark, header: source })
    }
    if (items.length === 0 || this.generation !== generation) return []
    const found = await this.store.call('folder.reattach', { folderId: this.current.folderId, uidValidity, items })
    if (found.uids.length > 0) this.progress.stored(found.uids.length, oldest)
    return found.uids
  }
  private async knownAmong(uids: readonly number[]): Promise<Set<number>> {
    const [fromUid, toUid] = [uids[0] ?? 1, uids.at(-1) ?? 1]
    return new Set(
      (
        await this.store.call('folder.known', {
          folderId: this.current.folderId,
          uidValidity: this.uidValidity(),
          fromUid,
          toUid,
        })
      ).uids,
    )
  }

  /** Stores pages under the UIDVALIDITY of now: when another connection sees it change, the rest is worth nothing. */
  private storeFor(backfill: boolean): (items: IngestItem[], cursor: CursorMove) => Promise<void> {
    const uidValidity = this.uidValidity()
    const { generation } = this
    return async (items, cursor) => {
      if (this.generation !== generation) throw new PosternError('connection-lost', 'UIDVALIDITY changed meanwhile')
      const begun = performance.now()
      await this.store.call('ingest.page', { folderId: this.current.folderId, uidValidity, items, cursor, backfill })
      this.current = { ...this.current, ...cursor }
      if (items.length > 0)
        this.progress.stored(items.length, Math.min(...items.map((item) => item.message.date ?? item.internalDate)))
      if (backfill && items.length > 0) await this.budget.pace.rest(performance.now() - begun, this.budget.depth.pace)
    }
  }

  private modSeqOf(state: FolderState): { modSeq?: string } {
    // A look by NOOP has none; that of the SELECT before it is older, which loses nothing.
    const modSeq = state.modSeq ?? this.lastState?.modSeq ?? null
    return modSeq === null ? {} : { modSeq: modSeq.toString() }
  }

  private uidValidity(): string {
    if (this.current.uidValidity === null) throw new PosternError('internal', 'folder is not open')
    return this.current.uidValidity
  }
}
