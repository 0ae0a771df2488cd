import type { FolderRole, Mailbox } from '../../../src-preload/contract/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { Backoff, Sleeper } from './backoff'
import { FolderList } from './folder-list'
import { yieldToWindow } from '../../shared/yield'
import type { FolderSync } from './folder-sync'
import { folderName } from './imap-notify'
import type { FolderState, ImapSession } from './imap-session'
import { MailboxActs } from './mailbox-acts'
import { Filling } from './filling'
import { Pace } from './pace'
import { isMicrosoft } from './server-rules'
import { SyncConnections } from './sync-connections'
import type { SyncPorts } from './sync-ports'
import { SyncProgress } from './sync-progress'
import {
  answersLieIn,
  pollMs,
  toldPollMs,
  largePutBytes,
  lastedMs,
  loginCodes,
  longAwayMs,
  probeMs,
  unsettledMs,
  unsettledTryMs,
  refusedTryMs,
  offlineCodes,
  otherFaceCodes,
} from './sync-timing'

const log = logger('mailbox')

/**
 * Keeps one mailbox equal to its server: the first sync newest first, then live. At rest its connection idles on the inbox
 * and looks at the other folders once a minute, or when the server tells of them (NOTIFY); while a first sync fills the rest a second one watches the inbox.
 */
export class MailboxSync {
  private readonly sleeper = new Sleeper()
  private readonly backoff: Backoff
  private running: Promise<void> | null = null
  private stopped = false
  private readonly connections: SyncConnections
  private readonly progress: SyncProgress
  private readonly acts: MailboxActs
  private readonly list: FolderList
  private readonly filling: Filling
  private touchedPaths = new Set<string>()
  private askedForAll = false
  private lookAround = false
  private refused = false
  private unreachable = false
  private moved = false
  /** By the clock, which goes on while the computer sleeps. */
  private awaySince = 0
  /** By the counter that nobody sets, as every wait here: a clock that is set back must not put a look off until its time comes again. */
  private networkChangedAt = -Infinity
  private connectedAt = Infinity

  /** `connected` is told each time the server was reached. */
  constructor(
    private readonly mailbox: Mailbox,
    private readonly ports: SyncPorts,
    private readonly connected: () => void = () => undefined,
    backoff?: Backoff,
  ) {
    // Microsoft answers quick tries with "authenticated but not connected".
    this.backoff = backoff ?? new Backoff(isMicrosoft(mailbox.imap.host) ? 5_000 : 1_000)
    this.connections = new SyncConnections(mailbox, ports.app)
    const pace = ports.pace ?? new Pace()
    this.acts = new MailboxActs(mailbox.id, ports.store, this.connections, this)
    this.progress = new SyncProgress(
      mailbox.id,
      ports.store,
      () => pace.slows(mailbox.depth.pace),
      () => this.list.leftOut,
    )
    this.list = new FolderList(mailbox.id, ports.store, ports.parser, this.progress, { depth: mailbox.depth, pace })
    this.filling = new Filling(
      this.list,
      this.connections,
      () => this.stopped,
      (folder, work) => this.attempt(folder, work),
    )
  }

  start(): void {
    this.running ??= this.loop()
  }

  /** Ends all work and connections of this mailbox. */
  async stop(): Promise<void> {
    this.stopped = true
    this.acts.stop()
    this.progress.stop()
    this.sleeper.wake()
    await this.connections.stop()
    await this.running
  }

  /** A person asked: try at once and look at everything. */
  wake(): void {
    this.backoff.reset()
    this.askedForAll = true
    this.connections.forgive()
    this.acts.askedFor()
    this.sleeper.wake()
  }

  /** Awake after sleep, or another network: connections may be dead without knowing, and what failed may work now. */
  networkChanged(): void {
    this.networkChangedAt = performance.now()
    this.connections.probe(probeMs)
    this.backoff.reset()
    if (this.refused) return
    this.lookAround = true
    this.sleeper.wake()
  }

  networkLost(): void {
    this.networkChangedAt = performance.now()
    this.connections.networkLost()
  }

  /** Queued acts wait: carries them out when there is a connection, else they wait for it. */
  actsWaiting(): void {
    this.acts.wake()
  }

  /** Runs `job` on the connection for acts. Throws what connecting or the job throws. */
  withActsSession<T>(job: (session: ImapSession) => Promise<T>): Promise<T> {
    return this.connections.withActs(job)
  }

  /** Runs a job that puts a message of `bytes` on the server, where acts and looks need not wait for it. Throws what connecting or the job throws. */
  withPutSession<T>(bytes: number, job: (session: ImapSession) => Promise<T>): Promise<T> {
    return bytes > largePutBytes ? this.connections.withLarge(job) : this.connections.withActs(job)
  }

  /**
   * Brings in what is new where mail and answers of colleagues lie: inbox, Sent, all mail. Throws when the server cannot be
   * reached.
   */
  async seeAnswers(): Promise<void> {
    const deadline = performance.now() + 10_000
    // Just connected: the list of folders is on its way.
    while (this.list.all.length === 0 && this.connections.up && !this.stopped && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 100))
    await this.withActsSession(async (session) => {
      const states = await this.list.refresh(session)
      for (const folder of this.list.all.filter(({ cursor }) => answersLieIn.has(cursor.role))) {
        const state = states.get(folder.cursor.folderId)
        if (state && folder.unchanged(state)) continue
        if (folder.cursor.highUid === 0 && !folder.cursor.complete)
          await folder.backfill(session, () => this.stopped, true)
        else await folder.catchUp(session)
      }
    })
  }

  has(path: string): boolean {
    return this.list.byPath(path) !== undefined
  }

  hasLabel(name: string): boolean {
    return this.list.hasLabel(name)
  }

  async isStill(session: ImapSession, path: string, folderId: number): Promise<boolean> {
    const folder = this.list.byPath(path)
    return folder === undefined || (folder.cursor.folderId === folderId && (await folder.isStill(session)))
  }

  relist(): void {
    this.list.relist()
    this.lookAround = true
    this.sleeper.wake()
  }

  isAll(path: string): boolean {
    return this.list.byPath(path)?.cursor.role === 'all'
  }

  pathOf(session: ImapSession, role: FolderRole): Promise<string | null> {
    return this.list.pathOf(session, role)
  }

  touched(path: string): void {
    this.touchedPaths.add(path)
    this.list.byPath(path)?.forget()
    this.sleeper.wake()
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      this.connectedAt = Infinity
      const failure = await this.session()
      if (this.stopped) return
      // What a server said before its connection ended calls for no hurry.
      this.sleeper.forget()
      // One that ends each connection soon, however well it began, is not come back to every second.
      if (performance.now() - this.connectedAt > lastedMs) this.backoff.reset()
      // A wrong password is not tried again until something changed, or a long time went by: servers lock accounts.
      this.refused = failure !== null && loginCodes.has(failure.code)
      this.unreachable = failure !== null && offlineCodes.has(failure.code)
      this.awaySince = Date.now()
      // Before the goodbyes, which take their time when nobody answers.
      if (failure) this.progress.report(this.refused ? 'auth-failed' : this.unreachable ? 'offline' : 'error', failure)
      await this.connections.close()
      this.list.forget()
      this.progress.lost()
      if (!failure) continue
      log.info('connection ended', { code: failure.code, mailbox: this.mailbox.id })
      const unsettled = this.unreachable && performance.now() - this.networkChangedAt < unsettledMs
      await this.sleeper.sleep(
        this.refused ? refusedTryMs : Math.min(this.backoff.next(), unsettled ? unsettledTryMs : Infinity),
      )
      this.refused = false
    }
  }

  /** From connecting to the end of the connection. Returns why it ended. */
  private async session(): Promise<PosternError | null> {
    try {
      // Offline stays offline until the server answers, or it would say "Connecting" at every try.
      if (!this.unreachable) this.progress.report('connecting')
      const fresh = await this.isNew()
      // Who has just added a mailbox waits for its first page; after that the window comes first.
      if (!fresh) yieldToWindow()
      const connecting = this.connectFirst()
      if (fresh) this.ports.parser.warm?.()
      const work = await connecting
      this.connectedAt = performance.now()
      this.connected()
      let states = await this.list.refresh(work, !fresh)
      this.progress.report('syncing')
      await this.filling.firstPages(work)
      yieldToWindow()
      this.actsWaiting()
      if (fresh) states = await this.list.refresh(work)
      await this.progress.count(states)
      await this.filling.rest(work)
      if (this.stopped) return null
      const thorough = this.awaySince > 0 && Date.now() - this.awaySince > longAwayMs
      for (const folder of this.list.all) await this.bring(work, folder, thorough)
      this.progress.synced()
      await this.filling.deepen(work)
      await this.live(work)
      return null
    } catch (error) {
      const failure = PosternError.from(error)
      if (failure.code === 'internal') log.error('sync failed', error)
      return failure
    }
  }

  /** The connection that everything hangs on. A server that was known and shows another face on a new network is not that server. */
  private async connectFirst(): Promise<ImapSession> {
    try {
      return await this.connections.openWork()
    } catch (error) {
      const failure = PosternError.from(error)
      if (!otherFaceCodes.has(failure.code) || performance.now() - this.networkChangedAt > unsettledMs) throw failure
      const { folders } = await this.ports.store.call('folders.all', { mailboxId: this.mailbox.id })
      throw folders.length > 0 ? new PosternError('network-intercepted', failure.code, failure.detail) : failure
    }
  }

  /** Nothing is here yet: the window waits for the first page, and a server may have to read every folder to tell its state. */
  private async isNew(): Promise<boolean> {
    const { folders } = await this.ports.store.call('folders.all', { mailboxId: this.mailbox.id })
    return folders.every(({ highUid }) => highUid === 0)
  }

  /** The server tells that a folder changed; of one that is not known the whole list may. */
  private heardOf(path: string | null): void {
    const folder = path === null ? undefined : (this.list.byPath(path) ?? this.list.byPath(folderName(path)))
    if (folder) this.touchedPaths.add(folder.path)
    else this.lookAround = true
    this.sleeper.wake()
  }

  /** At rest: IDLE on the inbox, a look at everything once a minute or as the server tells, and at once when asked. */
  private async live(session: ImapSession): Promise<void> {
    session.onChange(() => {
      this.moved = true
      this.sleeper.wake()
    })
    // A connection that ends while nothing is asked of it is noticed at once, not at the next look around.
    session.onClose(() => this.sleeper.wake())
    let lookedAt = performance.now()
    let tooMuch = false
    const told = await session.hearOfAll(
      (path) => this.heardOf(path),
      () => {
        tooMuch = this.lookAround = true
        this.sleeper.wake()
      },
    )
    // What came before it was asked to tell.
    if (told) this.lookAround = true
    let nextUid: number | null | undefined
    const again = new Backoff()
    this.connections.atRest(() => this.sleeper.wake())
    while (!this.stopped) {
      await this.connections.lend(session)
      const { inbox } = this.list
      const state = inbox ? await this.opened(session, inbox) : null
      // Its UIDs began anew, or mail came while another folder was open, of which nothing is told on coming back.
      if (state && (!inbox?.cursor.complete || state.uidNext !== nextUid)) this.moved = true
      nextUid = state?.uidNext ?? null
      const nothingToDo = !this.moved && !this.askedForAll && !this.lookAround && this.touchedPaths.size === 0
      // Nothing is heard of an inbox that could not be opened.
      const shut = inbox !== undefined && state === null
      if (shut) this.lookAround = true
      else again.reset()
      const restMs = told && !tooMuch ? toldPollMs : pollMs
      const rest = Math.max(0, lookedAt + restMs - performance.now())
      if (nothingToDo && !session.closed) await this.sleeper.sleep(shut ? Math.min(rest, again.next()) : rest)
      if (this.stopped) return
      if (session.closed)
        throw new PosternError('connection-lost', 'work connection', {
          host: this.mailbox.imap.host,
          port: this.mailbox.imap.port,
        })
      if (this.askedForAll || this.lookAround || performance.now() - lookedAt >= restMs) {
        lookedAt = performance.now()
        await this.lookAtEverything(session)
      } else await this.lookAtMoved(session)
      this.actsWaiting()
      this.progress.synced()
    }
  }

  /** The state of the inbox; null: the server does not open it, which holds up none of the other folders. */
  private async opened(session: ImapSession, inbox: FolderSync): Promise<FolderState | null> {
    const states: FolderState[] = []
    await this.attempt(inbox, async () => void states.push(await inbox.open(session)))
    return states[0] ?? null
  }

  private async lookAtMoved(session: ImapSession): Promise<void> {
    const touched = this.touchedPaths
    this.touchedPaths = new Set()
    // Several changes at once come as several lines.
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (this.moved) {
      this.moved = false
      await this.bring(session, this.list.inbox)
    }
    for (const path of touched) await this.bring(session, this.list.byPath(path))
  }

  private async lookAtEverything(session: ImapSession): Promise<void> {
    const all = this.askedForAll
    this.askedForAll = this.lookAround = this.moved = false
    this.touchedPaths = new Set()
    const states = await this.list.refresh(session)
    if (this.list.all.some(({ cursor }) => !cursor.complete && !this.progress.isRefused(cursor.folderId)))
      this.progress.lost()
    const differing = await this.progress.count(states)
    for (const folder of this.list.all) {
      if (this.stopped) return
      const { folderId } = folder.cursor
      const state = states.get(folderId)
      if (state) folder.notice(state)
      // One whose state the server does not tell may be closed to us: opening it shows that.
      const quiet =
        state !== undefined &&
        folder !== this.list.inbox &&
        !differing.has(folderId) &&
        !this.progress.isRefused(folderId) &&
        folder.unchanged(state)
      if (quiet && !all) continue
      if ((await this.bring(session, folder, all)) && state) folder.followed(state)
    }
  }

  /** Brings one folder to the server's state. false: it is not there any more. */
  private async bring(session: ImapSession, folder: FolderSync | undefined, thorough = false): Promise<boolean> {
    if (!folder) return false
    return await this.attempt(folder, async () => {
      if (folder.cursor.complete) await folder.catchUp(session, thorough)
      // New, or begun anew just now.
      if (folder.cursor.complete || this.stopped) return
      // Not in step any more: a look at everything counts what is to come, tells it, and fetches it.
      if (this.progress.isSynced && !this.progress.isRefused(folder.cursor.folderId)) {
        this.lookAround = true
        return
      }
      await folder.backfill(session, () => this.stopped)
      await folder.catchUp(session, thorough)
    })
  }

  /** One folder that is gone, or that the server will not open, holds up none of the others. false: it could not be done. */
  private async attempt(folder: FolderSync, work: () => Promise<unknown>): Promise<boolean> {
    const { folderId } = folder.cursor
    try {
      await work()
      this.progress.opened(folderId, true)
      return true
    } catch (error) {
      const { code } = PosternError.from(error)
      if (code === 'not-found') this.list.relist()
      else if (code === 'server-refused') {
        log.warn('the server refuses a folder', { folder: folderId })
        this.progress.opened(folderId, false)
      } else throw error
      return false
    }
  }
}
