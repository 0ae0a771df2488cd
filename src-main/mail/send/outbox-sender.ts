import { createHash } from 'node:crypto'
import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import type { OutboxJob, OutboxOutcome, StoreForMail, TableOutput } from '../../../src-preload/contract/internal'
import { PosternError, type Failure } from '../../../src-preload/contract/errors'
import { unreachableCodes } from '../../../src-preload/contract/unreachable'
import { logger } from '../../shared/log'
import { onErrand } from '../../shared/network-gate'
import { compose } from './compose'
import { withCredentials } from '../accounts/credentials'
import type { ImapSession } from '../sync/imap-session'
import type { SyncPorts } from '../sync/sync-ports'
import type { MailboxSync } from '../sync/mailbox-sync'
import { Openings } from '../sync/openings'
import { probeMs } from '../sync/sync-timing'
import { Putter } from './putter'
import { idleMs, Rounds } from './rounds'
import { SmtpSession } from './smtp-session'
import type { SendResult } from './smtp-transaction'

const log = logger('outbox')

/** How long and how often the server is asked for a message whose fate is unknown. */
const lookForMs = 180_000
const lookEveryMs = 20_000
/** How long a server that says it was too much is left alone. */
const rateLimitMs = 300_000

/** What sending needs of the sync of a mailbox. */
export type Synced = Pick<MailboxSync, 'withActsSession' | 'withPutSession' | 'pathOf' | 'touched' | 'seeAnswers'>

/** The other mailboxes at work: a conversation may live in several, and one may send through the account of another. */
export interface OtherMailboxes {
  readonly syncOf: (mailboxId: number) => Synced | undefined
  /** When everything that is in a mailbox was last seen, for all senders. */
  readonly looked: Map<number, number>
}

/**
 * Sends what the outbox of one mailbox holds, one message after another. What has left in doubt is never sent again by
 * itself: it is looked for on the server, and else a person decides (R40).
 */
export class OutboxSender {
  private readonly rounds = new Rounds(() => this.round(), 'outbox turn failed')
  private readonly lookedSince = new Map<number, number>()
  private readonly putter: Putter
  private readonly openings: Openings
  /** What became of a try, which the store did not take: its disk was full. */
  private unsettled: OutboxOutcome | null = null

  constructor(
    private readonly mailbox: Mailbox,
    private readonly ports: SyncPorts,
    private readonly sync: Synced,
    private readonly others: OtherMailboxes = { syncOf: () => undefined, looked: new Map() },
  ) {
    this.putter = new Putter(mailbox, ports.store, sync)
    this.openings = new Openings(mailbox.smtp)
  }

  start(): void {
    this.rounds.start()
    this.putter.start()
  }

  /** Waits for a message that is just leaving, at most a few seconds. */
  async stop(): Promise<void> {
    await Promise.all([this.putter.stop(), this.rounds.stop()])
  }

  /** Awake after sleep, or another network: what was being opened may lead nowhere, and what failed may work now. */
  networkChanged(): void {
    this.openings.networkChanged(probeMs)
    this.wake()
  }

  networkLost(): void {
    this.openings.networkLost()
  }

  /** Something new is due. */
  wake(): void {
    this.rounds.wake()
    this.putter.wake()
  }

  private async round(): Promise<number> {
    return Math.min(idleMs, await this.sendDue(), await this.lookForUncertain())
  }

  /** Sends until nothing is due; returns how long to wait. */
  private async sendDue(): Promise<number> {
    if (this.unsettled) await this.settle(this.unsettled)
    let lookedFor: number | null = null
    while (!this.rounds.stopped) {
      const { job, nextDueAt, look }: TableOutput<StoreForMail, 'outbox.claim'> = await this.ports.store.call(
        'outbox.claim',
        {
          mailboxId: this.mailbox.id,
          looked: [...this.others.looked].map(([mailboxId, at]) => ({ mailboxId, at })),
          lookedFor,
        },
      )
      if (look !== null) {
        if (!(await this.look(look))) return this.rounds.later()
        lookedFor = look.id
        continue
      }
      if (!job) return nextDueAt === null ? idleMs : Math.max(50, nextDueAt - Date.now())
      const stopped = await this.whyNot(job)
      const outcome = stopped ? stoppedBy(job, stopped) : await this.sendOne(job)
      await this.settle(outcome)
      log.info('message settled', { id: job.id, state: outcome.state, code: outcome.error?.code })
      if (outcome.state === 'queued') return this.rounds.later()
      this.rounds.worked()
      this.putter.wake()
    }
    return idleMs
  }

  /** Told again with the next round where the store cannot take it: an item that nothing is heard of is on its way for ever. */
  private async settle(outcome: OutboxOutcome): Promise<void> {
    this.unsettled = null
    try {
      await this.ports.store.call('outbox.settle', outcome)
    } catch (error) {
      if (PosternError.from(error).code !== 'not-found') this.unsettled = outcome
      throw error
    }
  }

  /** Before an answer leaves, what came in meanwhile must be here: a colleague may have answered. */
  private async look({ id, mailboxIds }: { id: number; mailboxIds: readonly number[] }): Promise<boolean> {
    for (const mailboxId of mailboxIds) {
      const began = Date.now()
      try {
        const sync = this.syncOf(mailboxId)
        if (!sync) throw new PosternError('offline', 'the mailbox is not at work')
        await sync.seeAnswers()
        this.others.looked.set(mailboxId, began)
      } catch (error) {
        const failure = PosternError.from(error)
        if (failure.code === 'service-stopped' || failure.code === 'service-restarting') throw failure
        log.info('an answer waits for a look at a mailbox', { id, mailboxId, code: failure.code })
        await this.ports.store.call('outbox.settle', {
          id,
          state: 'queued',
          error: { code: failure.code, detail: { ...failure.detail, lookAt: mailboxId } },
          serverLine: null,
          refused: [],
          later: [],
          retryAt: Date.now(),
        })
        return false
      }
    }
    return true
  }

  private syncOf(mailboxId: number): Synced | undefined {
    return mailboxId === this.mailbox.id ? this.sync : this.others.syncOf(mailboxId)
  }

  /**
   * Why an answer may not leave now: another console is sending one to the same message (the team's server settles who came first), or
   * what colleagues did is still coming in. Where nobody can be asked, the look at the mailbox must do.
   */
  private async whyNot(job: OutboxJob): Promise<PosternError | null> {
    if (job.inReplyTo === null || !this.ports.claim) return null
    try {
      const claim = await this.ports.claim(createHash('sha256').update(job.inReplyTo).digest('base64url'))
      return claim === null || claim.won ? null : new PosternError('claimed', 'a colleague is sending an answer')
    } catch (error) {
      const failure = PosternError.from(error)
      log.info('the team could not be asked', { id: job.id, code: failure.code })
      return failure.code === 'catching-up' ? failure : null
    }
  }

  private async sendOne(job: OutboxJob): Promise<OutboxOutcome> {
    const settled = (
      state: OutboxOutcome['state'],
      error: PosternError | null,
      serverLine: string | null = null,
      refused: string[] = [],
      later: string[] = [],
    ): OutboxOutcome => ({ id: job.id, state, error: error ? failureOf(error) : null, serverLine, refused, later })
    let session: SmtpSession | null = null
    try {
      if (job.envelope.length === 0) return settled('failed', new PosternError('no-recipient'))
      const raw = await this.composed(job)
      const account = await this.accountOf(job)
      const server = account.smtp
      session = await withCredentials(this.ports.app, account, 'smtp', async (auth) => {
        const opened = await onErrand({ use: 'send-mail', host: server.host, mailboxId: account.id }, () =>
          SmtpSession.connect({ ...server, user: auth.user }, this.openings.signal),
        )
        try {
          await opened.login(auth)
          return opened
        } catch (error) {
          opened.quit()
          throw error
        }
      })
      const result = await session.send({ from: job.from.address, to: job.envelope }, raw, () =>
        this.ports.store.call('outbox.ending', { id: job.id, attempt: job.attempt }),
      )
      return outcomeOf(result, settled)
    } catch (error) {
      const failure = PosternError.from(error)
      if (failure.code === 'internal') log.error('sending failed', error)
      // Nothing has left yet. What another try cannot change is told at once.
      const final = ['invalid-input', 'plaintext-refused', 'auth-refused', 'sign-in-needed', 'internal'].includes(
        failure.code,
      )
      const line = failure.detail['serverLine']
      const outcome = settled(final ? 'failed' : 'queued', failure, typeof line === 'string' ? line : null)
      // The message is as good as before: it is due again as soon as there is a connection.
      return unreachableCodes.has(failure.code) ? { ...outcome, retryAt: Date.now() } : outcome
    } finally {
      session?.quit()
    }
  }

  /** Whose outgoing server carries it: the mailbox itself, or the account that it sends through. */
  private async accountOf({ throughId }: Pick<OutboxJob, 'throughId'>): Promise<Mailbox> {
    if (throughId === null || throughId === this.mailbox.id) return this.mailbox
    const { mailboxes } = await this.ports.store.call('mailboxes.all', {})
    const account = mailboxes.find(({ id }) => id === throughId)
    if (!account)
      throw new PosternError('sender-refused', 'the account that it leaves through is gone', { account: true })
    return account
  }

  /** The bytes that leave: made once, kept before the first of them leaves, the same at every try. */
  private async composed(job: OutboxJob): Promise<Uint8Array> {
    if (job.raw) return job.raw
    const raw = await compose(job)
    const [message] = await this.ports.parser.parse([raw])
    if (!message) throw new PosternError('internal', 'the parser gave nothing')
    await this.ports.store.call('outbox.composed', { id: job.id, raw, message })
    return raw
  }

  /** Asks the server whether doubtful messages arrived: their copy in Sent or in all mail proves it. */
  private async lookForUncertain(): Promise<number> {
    const { jobs } = await this.ports.store.call('outbox.uncertain', { mailboxId: this.mailbox.id })
    const open: OutboxJob[] = []
    for (const job of jobs) {
      const since = this.lookedSince.get(job.id) ?? performance.now()
      this.lookedSince.set(job.id, since)
      if (performance.now() - since < lookForMs) open.push(job)
      else await this.ports.store.call('outbox.lookedInVain', { id: job.id })
    }
    if (open.length === 0) return idleMs
    try {
      await this.sync.withActsSession(async (session) => {
        for (const job of open) {
          if (!(await this.isOnServer(this.sync, session, job)) && !(await this.isOnOtherServer(job))) continue
          await this.ports.store.call('outbox.settle', {
            id: job.id,
            state: 'sent',
            error: null,
            serverLine: null,
            refused: [],
            later: [],
          })
          this.lookedSince.delete(job.id)
          this.putter.wake()
        }
      })
    } catch (error) {
      const failure = PosternError.from(error)
      if (failure.code === 'service-stopped') throw failure
      // Time without a look is no time of looking.
      for (const job of open) this.lookedSince.delete(job.id)
    }
    return lookEveryMs
  }

  /** The provider of the account that carried it files its own copies there. */
  private async isOnOtherServer(job: OutboxJob): Promise<boolean> {
    const other =
      job.throughId === null || job.throughId === this.mailbox.id ? undefined : this.others.syncOf(job.throughId)
    return other !== undefined && (await other.withActsSession((session) => this.isOnServer(other, session, job)))
  }

  private async isOnServer(
    sync: Synced,
    session: ImapSession,
    job: Pick<OutboxJob, 'messageId' | 'posternId'>,
  ): Promise<boolean> {
    for (const role of ['sent', 'all'] as const) {
      const path = await this.existing(sync, session, role)
      if (path === null) continue
      await session.select(path)
      if ((await session.searchUids({ messageId: job.messageId })).length > 0) return true
      if ((await session.searchUids({ posternId: job.posternId })).length > 0) return true
    }
    return false
  }

  private async existing(sync: Synced, session: ImapSession, role: 'sent' | 'all'): Promise<string | null> {
    try {
      return await sync.pathOf(session, role)
    } catch (error) {
      if (PosternError.from(error).code === 'server-refused') return null
      throw error
    }
  }
}

type Settled = (
  state: OutboxOutcome['state'],
  error: PosternError | null,
  serverLine?: string | null,
  refused?: string[],
  later?: string[],
) => OutboxOutcome

function outcomeOf(result: SendResult, settled: Settled): OutboxOutcome {
  // 4xx: put off (greylisting, too many at once), to be tried again for these alone.
  const putOff = (one: { line: string }): boolean => one.line.startsWith('4')
  const later = result.refused.filter(putOff).map(({ address }) => address)
  const refused = result.refused.filter((one) => !putOff(one)).map(({ address }) => address)
  if (result.state === 'unknown')
    return settled('uncertain', result.error, result.refused[0]?.line ?? null, refused, later)
  const line = result.refused[0]?.line ?? result.line
  if (result.state === 'accepted') return settled('sent', null, line === '' ? null : line, refused, later)
  const outcome = settled(
    result.final ? 'failed' : 'queued',
    result.error,
    line === '' ? null : line,
    result.refused.map((one) => one.address),
  )
  if (result.final) return outcome
  if (result.error.code === 'rate-limited') return { ...outcome, retryAt: Date.now() + rateLimitMs }
  return unreachableCodes.has(result.error.code) ? { ...outcome, retryAt: Date.now() } : outcome
}

function failureOf(error: PosternError): Failure {
  return { code: error.code, detail: error.detail }
}

const stoppedBy = (job: OutboxJob, why: PosternError): OutboxOutcome => ({
  id: job.id,
  state: why.code === 'claimed' ? 'failed' : 'queued',
  error: failureOf(why),
  serverLine: null,
  refused: [],
  later: [],
})
