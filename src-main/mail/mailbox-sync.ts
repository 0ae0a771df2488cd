import type { FolderRole, Mailbox, SyncState } from '../../src-preload/contract/mail'
import type { AppForMail, StoreForMail } from '../../src-preload/contract/internal'
import { PosternError } from '../../src-preload/contract/errors'
import type { Rpc } from '../shared/port-rpc'
import { logger } from '../shared/log'
import { onErrand } from '../shared/network-gate'
import { Backoff, Sleeper } from './backoff'
import { folderRoles, inSyncOrder } from './folder-roles'
import { FolderSync, type MessageParser } from './folder-sync'
import { ImapSession } from './imap-session'
import { Lock } from './lock'
import { performActs } from './server-acts'

const log = logger('mailbox')

const newFolderNames: Readonly<Partial<Record<FolderRole, string>>> = { sent: 'Sent', trash: 'Trash', junk: 'Junk', archive: 'Archive', drafts: 'Drafts' }
const pollMs = 60_000
const listFoldersMs = 600_000
const actsIdleMs = 60_000

export interface SyncPorts {
  readonly store: Pick<Rpc<StoreForMail>, 'call'>
  readonly app: Pick<Rpc<AppForMail>, 'call'>
  readonly parser: MessageParser
}

/**
 * Keeps one mailbox equal to its server: the first sync newest first, then live. At most three connections: one works
 * through the folders, one idles on the inbox, one carries acts and Sent copies out while the first is busy.
 */
export class MailboxSync {
  private readonly sleeper = new Sleeper()
  private readonly backoff = new Backoff()
  private running: Promise<void> | null = null
  private stopped = false
  private work: ImapSession | null = null
  private watch: ImapSession | null = null
  private acts: ImapSession | null = null
  private readonly actsLock = new Lock()
  private actsTimer: NodeJS.Timeout | undefined
  private actsUnderWay: Promise<void> = Promise.resolve()
  private folders: FolderSync[] = []
  private foldersListedAt = 0
  private touchedPaths = new Set<string>()
  private askedForAll = false
  private done = 0
  private total = 0
  private reached: number | null = null
  private syncedAt: number | null = null
  private reportedAt = 0
  private reportTimer: NodeJS.Timeout | undefined
  private unreachable = false

  /** `connected` is told each time the server was reached. */
  constructor(private readonly mailbox: Mailbox, private readonly ports: SyncPorts, private readonly connected: () => void = () => undefined) {}

  start(): void {
    this.running ??= this.loop()
  }

  /** Ends all work and connections of this mailbox. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.reportTimer)
    clearTimeout(this.actsTimer)
    this.sleeper.wake()
    await Promise.all(this.sessions().map((session) => session.close()))
    await this.running
  }

  /** A person asked, or the network came back: try at once and look at everything. */
  wake(): void {
    this.backoff.reset()
    this.askedForAll = true
    this.sleeper.wake()
  }

  /** The network is gone: connections that hang are of no use. */
  networkLost(): void {
    const lost = new PosternError('offline', 'network is gone', { host: this.mailbox.imap.host, port: this.mailbox.imap.port })
    for (const session of this.sessions()) session.drop(lost)
  }

  /** Queued acts wait: carries them out when there is a connection, else they wait for it. */
  actsWaiting(): void {
    this.actsUnderWay = this.actsUnderWay.then(async () => {
      if (this.stopped || !this.work || this.work.closed) return
      await this.withActsSession((session) => performActs(this.mailbox.id, session, this.ports.store, this))
    }).catch((error: unknown) => log.info('acts wait', { code: PosternError.from(error).code }))
  }

  /** Runs `job` on the connection for acts. Throws what connecting or the job throws. */
  async withActsSession<T>(job: (session: ImapSession) => Promise<T>): Promise<T> {
    return await this.actsLock.hold(async () => {
      clearTimeout(this.actsTimer)
      if (!this.acts || this.acts.closed) this.acts = await this.connect(false)
      const session = this.acts
      try {
        return await job(session)
      } finally {
        this.actsTimer = setTimeout(() => void this.actsLock.hold(() => session.close()), actsIdleMs)
        this.actsTimer.unref()
      }
    })
  }

  has(path: string): boolean {
    return this.folders.some((folder) => folder.path === path)
  }

  async pathOf(session: ImapSession, role: FolderRole): Promise<string | null> {
    const known = this.folders.find((folder) => folder.cursor.role === role)
    if (known) return known.path
    const listed = folderRoles(await session.listFolders())
    const found = listed.find((folder) => folder.role === role)
    if (found) return found.path
    const name = newFolderNames[role]
    if (name === undefined) return null
    const delimiter = listed.find((folder) => folder.path.toUpperCase().startsWith('INBOX') && folder.path.length > 5)?.delimiter ?? null
    const inInbox = delimiter !== null && listed.every((folder) => folder.path.toUpperCase().startsWith('INBOX'))
    const path = inInbox ? `INBOX${delimiter}${name}` : name
    await session.createFolder(path)
    this.foldersListedAt = 0
    return path
  }

  touched(path: string): void {
    this.touchedPaths.add(path)
    this.folders.find((folder) => folder.path === path)?.forget()
    this.sleeper.wake()
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const failure = await this.session()
      if (this.stopped) return
      this.unreachable = failure !== null && offlineCodes.has(failure.code)
      // Before the goodbyes, which take their time when nobody answers.
      if (failure) this.report(failure.code === 'auth-refused' ? 'auth-failed' : this.unreachable ? 'offline' : 'error', failure)
      await this.closeSessions()
      if (!failure) continue
      const refused = failure.code === 'auth-refused' || failure.code === 'plaintext-refused'
      log.info('connection ended', { code: failure.code, mailbox: this.mailbox.id })
      // A wrong password is not tried again until something changed: servers lock accounts.
      await this.sleeper.sleep(refused ? 2 ** 31 - 1 : this.backoff.next())
    }
  }

  /** From connecting to the end of the connection. Returns why it ended. */
  private async session(): Promise<PosternError | null> {
    try {
      // Offline stays offline until the server answers, or it would say "Connecting" at every try.
      if (!this.unreachable) this.report('connecting')
      const work = this.work = await this.connect(false)
      this.connected()
      await this.listFolders(work)
      this.report('syncing')
      await this.firstPages(work)
      this.actsWaiting()
      const watching = this.watchInbox()
      // A failure of the watch connection ends the session too; it is looked at below.
      watching.catch(() => work.drop(new PosternError('connection-lost', 'the idle connection ended')))
      await this.countEverything(work)
      for (const folder of this.folders) {
        await folder.backfill(work, () => this.stopped)
        if (this.stopped) return null
      }
      this.backoff.reset()
      for (const folder of this.folders) await folder.catchUp(work, true)
      this.synced()
      await this.live(work)
      return null
    } catch (error) {
      const failure = PosternError.from(error)
      if (failure.code === 'internal') log.error('sync failed', error)
      return failure
    }
  }

  /** Inbox first: its newest page is what the window waits for. */
  private async firstPages(session: ImapSession): Promise<void> {
    const inbox = this.folders.find((folder) => folder.cursor.role === 'inbox')
    if (!inbox) return
    if (inbox.cursor.highUid === 0) await inbox.backfill(session, () => this.stopped, true)
    else await inbox.catchUp(session)
  }

  private async live(session: ImapSession): Promise<void> {
    // A connection that ends while nothing is asked of it is noticed at once, not at the next look around.
    let resting = false
    session.onClose(() => {
      if (resting) this.sleeper.wake()
    })
    while (!this.stopped) {
      resting = !session.closed
      if (resting) await this.sleeper.sleep(pollMs)
      resting = false
      if (this.stopped) return
      if (session.closed) throw new PosternError('connection-lost', 'work connection')
      const all = this.askedForAll
      this.askedForAll = false
      if (all || Date.now() - this.foldersListedAt > listFoldersMs) await this.listFolders(session)
      const touched = this.touchedPaths
      this.touchedPaths = new Set()
      for (const folder of this.folders) {
        if (this.stopped) return
        const onlyTouched = touched.size > 0 && !all && !touched.has(folder.path)
        if (onlyTouched) continue
        const state = await session.status(folder.path)
        if (!state) {
          this.foldersListedAt = 0
          continue
        }
        if (folder.unchanged(state) && !all) continue
        if (!folder.cursor.complete) await folder.backfill(session, () => this.stopped)
        await folder.catchUp(session, all)
      }
      if (this.askedForAll || this.touchedPaths.size > 0) this.sleeper.wake()
      this.actsWaiting()
      this.synced()
    }
  }

  /** Second connection, idling on the inbox: new mail, flags and deletions are there within a moment. */
  private async watchInbox(): Promise<void> {
    const inbox = this.folders.find((folder) => folder.cursor.role === 'inbox')
    if (!inbox) return
    const session = this.watch = await this.connect(true)
    const signal = new Sleeper()
    session.onChange(() => signal.wake())
    session.onClose(() => signal.wake())
    while (!this.stopped) {
      if (session.closed) throw new PosternError('connection-lost', 'idle connection')
      await inbox.catchUp(session)
      await signal.sleep(10 * 60_000)
      // Several changes at once come as several lines.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  private async listFolders(session: ImapSession): Promise<void> {
    const listed = folderRoles(await session.listFolders())
    const { folders } = await this.ports.store.call('folders.sync', { mailboxId: this.mailbox.id, folders: listed })
    const known = new Map(this.folders.map((folder) => [folder.cursor.folderId, folder]))
    this.folders = inSyncOrder(folders).map((cursor) => {
      const folder = known.get(cursor.folderId)
      folder?.adopt(cursor)
      return folder ?? new FolderSync(this.ports.store, this.ports.parser, cursor, { stored: (stored, oldest) => this.stored(stored, oldest) })
    })
    this.foldersListedAt = Date.now()
  }

  private async countEverything(session: ImapSession): Promise<void> {
    let [done, total] = [0, 0]
    for (const folder of this.folders) {
      const state = await session.status(folder.path)
      if (!state) continue
      total += state.exists
      done += (await this.ports.store.call('folder.checked', { folderId: folder.cursor.folderId, serverCount: state.exists, at: Date.now() })).localCount
    }
    this.done = done
    this.total = total
    this.report('syncing')
  }

  private stored(count: number, oldest: number): void {
    this.done += count
    if (this.syncedAt !== null) return
    this.reached = this.reached === null ? oldest : Math.min(this.reached, oldest)
    if (this.reportTimer) return
    this.reportTimer = setTimeout(() => {
      this.reportTimer = undefined
      if (!this.stopped && this.syncedAt === null) this.report('syncing')
    }, Math.max(0, this.reportedAt + 400 - Date.now()))
  }

  private synced(): void {
    this.syncedAt = Date.now()
    this.report('idle')
  }

  private report(state: SyncState, failure: PosternError | null = null): void {
    this.reportedAt = Date.now()
    const total = Math.max(this.total, this.done)
    void this.ports.store.call('progress.set', {
      mailboxId: this.mailbox.id, state, error: failure ? { code: failure.code, detail: failure.detail } : null,
      done: this.done, total, reached: this.reached, syncedAt: this.syncedAt,
    }).catch(() => undefined)
  }

  private async connect(idle: boolean): Promise<ImapSession> {
    const server = this.mailbox.imap
    const auth = await this.ports.app.call('credentials.get', { mailboxId: this.mailbox.id, use: 'imap', server })
    if (this.stopped) throw new PosternError('cancelled')
    const session = await onErrand({ use: 'fetch-mail', host: server.host, mailboxId: this.mailbox.id }, () => ImapSession.open({ ...server, user: auth.user }, auth, idle))
    if (this.stopped) {
      await session.close()
      throw new PosternError('cancelled')
    }
    return session
  }

  private sessions(): ImapSession[] {
    return [this.work, this.watch, this.acts].filter((session) => session !== null)
  }

  private async closeSessions(): Promise<void> {
    const sessions = this.sessions()
    this.work = this.watch = this.acts = null
    await Promise.all(sessions.map((session) => session.close()))
    for (const folder of this.folders) folder.forget()
    this.folders = []
    this.syncedAt = null
  }
}

const offlineCodes: ReadonlySet<string> = new Set(['offline', 'host-not-found', 'connection-refused', 'connection-lost', 'timeout'])
