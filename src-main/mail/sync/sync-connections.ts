import type { AppForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { onErrand } from '../../shared/network-gate'
import type { Rpc } from '../../shared/port-rpc'
import { withCredentials } from '../accounts/credentials'
import { ImapSession } from './imap-session'
import { Lock } from '../../shared/lock'
import { Backoff } from './backoff'
import { Openings } from './openings'
import { actsIdleMs, anotherLoginMs, loginCodes, refusedTryMs } from './sync-timing'

/**
 * The connections of one mailbox. One at rest (`work`), a second that watches the inbox while a first sync fills the rest,
 * one that carries acts and small copies out and goes when it has nothing to do, and one for as long as a large message is put there:
 * servers allow few (Dovecot 10 for all colleagues behind one address, Gmail 15, Microsoft 20). Where none but the first is let in, that one
 * is lent out.
 */
export class SyncConnections {
  private work: ImapSession | null = null
  private watch: ImapSession | null = null
  private acts: ImapSession | null = null
  private large: ImapSession | null = null
  private readonly actsLock = new Lock()
  private readonly largeLock = new Lock()
  private actsTimer: NodeJS.Timeout | undefined
  private rests: (() => void) | null = null
  private readonly borrowers: { work: (session: ImapSession) => Promise<void>; fail: (error: unknown) => void }[] = []
  private readonly openings: Openings
  private stopped = false
  /** A refused login, which is not tried again before its time: servers lock accounts. */
  private refused: { readonly error: PosternError; readonly until: number } | null = null
  private readonly refusals = new Backoff(anotherLoginMs, refusedTryMs)

  constructor(
    private readonly mailbox: Mailbox,
    private readonly app: Pick<Rpc<AppForMail>, 'call'>,
  ) {
    this.openings = new Openings(mailbox.imap)
  }

  /** The one that everything hangs on is there and open. */
  get up(): boolean {
    return this.work !== null && !this.work.closed
  }

  async openWork(): Promise<ImapSession> {
    try {
      return (this.work = await this.connect(true))
    } catch (error) {
      const failure = PosternError.from(error)
      if (loginCodes.has(failure.code)) this.refused = { error: failure, until: performance.now() + refusedTryMs }
      throw failure
    }
  }

  async openWatch(): Promise<ImapSession> {
    return (this.watch = await this.connectAnother(true))
  }

  /** A person asked: a login that was refused may be tried again. */
  forgive(): void {
    this.refused = null
  }

  /**
   * Runs `job` on the connection for acts; on the one at rest where the server lets no other in, since what waits for a second one
   * may wait for ever. Throws what connecting or the job throws.
   */
  async withActs<T>(job: (session: ImapSession) => Promise<T>): Promise<T> {
    return await this.actsLock.hold(async () => {
      clearTimeout(this.actsTimer)
      try {
        if (!this.acts || this.acts.closed) this.acts = await this.connectAnother(false)
      } catch (error) {
        if (PosternError.from(error).code !== 'server-busy' || !this.rests) throw error
        return await this.borrow(job)
      }
      const session = this.acts
      try {
        return await job(session)
      } finally {
        this.actsTimer = setTimeout(() => void this.actsLock.hold(() => session.close()), actsIdleMs)
        this.actsTimer.unref()
      }
    })
  }

  private borrow<T>(job: (session: ImapSession) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.borrowers.push({ work: async (session) => resolve(await job(session)), fail: reject })
      this.rests?.()
    })
  }

  /** The connection is at rest: `wake` is told when somebody wants it for a while, and `lend` gives it. */
  atRest(wake: () => void): void {
    this.rests = wake
  }

  /** Gives the connection at rest to those that wait for it, one after the other. Another folder may be open afterwards. */
  async lend(session: ImapSession): Promise<void> {
    for (let one = this.borrowers.shift(); one; one = this.borrowers.shift()) await one.work(session).catch(one.fail)
  }

  /** Nothing is lent any more. */
  private takeBack(): void {
    this.rests = null
    for (const { fail } of this.borrowers.splice(0)) fail(new PosternError('connection-lost', 'the connection at rest'))
  }

  /**
   * Runs a long job on a connection of its own, so that acts and looks do not wait for it; on that for acts where the server allows no
   * more connections. Throws what connecting or the job throws.
   */
  async withLarge<T>(job: (session: ImapSession) => Promise<T>): Promise<T> {
    return await this.largeLock.hold(async () => {
      let session: ImapSession
      try {
        session = this.large = await this.connectAnother(false)
      } catch (error) {
        if (PosternError.from(error).code !== 'server-busy') throw error
        return await this.withActs(job)
      }
      try {
        return await job(session)
      } finally {
        this.large = null
        await session.close()
      }
    })
  }

  /** After sleep or a change of network: what does not answer within `ms` ends, and so does what was being opened and is not by then. */
  probe(ms: number): void {
    for (const session of this.all()) void session.probe(ms)
    this.openings.networkChanged(ms)
  }

  /** Connections that hang are of no use. */
  networkLost(): void {
    const error = this.openings.networkLost()
    for (const session of this.all()) session.drop(error)
  }

  async close(): Promise<void> {
    this.takeBack()
    const sessions = this.all()
    this.work = this.watch = this.acts = this.large = null
    await Promise.all(sessions.map((session) => session.close()))
  }

  /** Ends all, and opens no other. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.actsTimer)
    this.takeBack()
    // A server that does not answer would hold up whoever waits for the end.
    this.openings.giveUp(new PosternError('cancelled', 'stopped'))
    await Promise.all(this.all().map((session) => session.close()))
  }

  private all(): ImapSession[] {
    return [this.work, this.watch, this.acts, this.large].filter((session) => session !== null)
  }

  /**
   * A connection beside the first. Where its login is refused, the first one ends too: coming again it shows whether the password is
   * wrong by now, which it would not notice while it stands.
   */
  private async connectAnother(idle: boolean): Promise<ImapSession> {
    if (this.refused && performance.now() < this.refused.until) throw this.refused.error
    try {
      const session = await this.connect(idle)
      this.refusals.reset()
      return session
    } catch (error) {
      const failure = PosternError.from(error)
      if (loginCodes.has(failure.code)) {
        this.refused = { error: failure, until: performance.now() + this.refusals.next() }
        this.work?.drop(new PosternError('connection-lost', 'another login was refused'))
      }
      throw failure
    }
  }

  private async connect(idle: boolean): Promise<ImapSession> {
    const server = this.mailbox.imap
    const session = await withCredentials(this.app, this.mailbox, 'imap', async (auth) => {
      if (this.stopped) throw new PosternError('cancelled')
      return onErrand({ use: 'fetch-mail', host: server.host, mailboxId: this.mailbox.id }, () =>
        ImapSession.open({ ...server, user: auth.user }, auth, idle, this.openings.signal),
      )
    })
    if (this.stopped) {
      await session.close()
      throw new PosternError('cancelled')
    }
    return session
  }
}
