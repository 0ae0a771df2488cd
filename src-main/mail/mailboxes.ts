import type { Mailbox } from '../../src-preload/contract/mailboxes'
import type { ParsedMessage, StoreForMail } from '../../src-preload/contract/internal'
import { PosternError } from '../../src-preload/contract/errors'
import type { Rpc } from '../shared/port-rpc'
import { logger } from '../shared/log'
import { Backoff } from './sync/backoff'
import type { SyncPorts } from './sync/sync-ports'
import { MailboxSync } from './sync/mailbox-sync'
import { OutboxSender } from './send/outbox-sender'
import { TeamLink } from './team/team-link'

const log = logger('mail')

interface Running {
  readonly sync: MailboxSync
  readonly sender: OutboxSender
}

/** All mailboxes at work: one sync and one sender each, on the store that is there now. */
export class Mailboxes {
  private readonly running = new Map<number, Running>()
  /** When a mailbox was last seen whole, for the look before an answer leaves. */
  private readonly looked = new Map<number, number>()
  private store: Rpc<StoreForMail> | null = null
  private started = false
  private link: TeamLink | null = null
  private turn: Promise<void> = Promise.resolve()

  constructor(private readonly ports: Omit<SyncPorts, 'store'>) {}

  /** A store was connected, perhaps in place of another one that ended: all work begins anew on it. */
  connectStore(store: Rpc<StoreForMail>): void {
    this.store = store
    this.queue(async () => {
      await this.endAll()
      await this.beginAll()
    })
  }

  start(): void {
    this.started = true
    this.queue(() => this.beginAll())
  }

  async stop(): Promise<void> {
    this.started = false
    this.queue(() => this.endAll())
    await this.turn
  }

  /** Settings or credentials changed, or it is new, was paused, or could not be removed after all. */
  changed(id: number): void {
    this.link?.stay(id)
    this.queue(async () => {
      await this.end(id)
      const mailbox = (await this.all()).find((one) => one.id === id)
      if (mailbox) this.begin(mailbox)
      this.link?.wake(true)
    })
  }

  removed(id: number): void {
    this.link?.leave(id)
    this.queue(() => this.end(id))
  }

  network(online: boolean): void {
    for (const one of [this.link, ...[...this.running.values()].flatMap(({ sync, sender }) => [sync, sender])]) {
      if (online) one?.networkChanged()
      else one?.networkLost()
    }
  }

  syncNow(id: number | null): void {
    this.link?.tryAgain()
    for (const [mailboxId, { sync, sender }] of this.running) {
      if (id !== null && id !== mailboxId) continue
      sync.wake()
      sender.wake()
    }
  }

  /** One whole message, now. @throws PosternError `offline` while the mailbox is not at work, `not-found` when its UID means nothing any more, or what the connection met */
  async fetchMessage(id: number, path: string, uidValidity: string, uid: number): Promise<ParsedMessage> {
    const one = this.running.get(id)
    if (!one) throw new PosternError('offline', 'the mailbox is not at work')
    return await one.sync.withActsSession(async (session) => {
      const state = await session.select(path)
      if (state.uidValidity === uidValidity) {
        for await (const row of session.fetchSources([uid])) {
          const [message] = await this.ports.parser.parse([row.source])
          if (message) return message
        }
      }
      throw new PosternError('not-found', 'the server has it no more')
    })
  }

  wakeOutbox(id: number): void {
    this.running.get(id)?.sender.wake()
  }
  wakeTeam(changed: boolean): void {
    this.link?.wake(changed)
  }
  wakeActs(id: number): void {
    this.running.get(id)?.sync.actsWaiting()
  }

  private begin(mailbox: Mailbox): void {
    if (!this.started || !this.store || this.running.has(mailbox.id)) return
    if (mailbox.local) return
    if (mailbox.paused) {
      void this.store
        .call('progress.set', {
          mailboxId: mailbox.id,
          state: 'paused',
          error: null,
          done: 0,
          total: 0,
          reached: null,
          syncedAt: null,
        })
        .catch(() => undefined)
      return
    }
    const ports: SyncPorts = {
      ...this.ports,
      store: this.store,
      claim: async (key) => this.link?.claim(mailbox.id, key) ?? null,
    }
    // What could not leave while the network was gone leaves when the mailbox is reached again.
    const sync = new MailboxSync(mailbox, ports, () => {
      const wake = () => this.running.get(mailbox.id)?.sender.wake()
      void ports.store.call('outbox.reached', { mailboxId: mailbox.id }).then(wake, wake)
    })
    const sender = new OutboxSender(mailbox, ports, sync, {
      syncOf: (id) => this.running.get(id)?.sync,
      looked: this.looked,
    })
    this.running.set(mailbox.id, { sync, sender })
    sync.start()
    sender.start()
  }

  private async beginAll(): Promise<void> {
    const backoff = new Backoff(200, 10_000)
    while (this.started && this.store) {
      const { store } = this
      try {
        for (const mailbox of await this.all()) this.begin(mailbox)
        this.link ??= new TeamLink({ ...this.ports, store })
        this.link.start()
        return
      } catch (error) {
        // The store is starting, or ended: then another port will come.
        if (this.store !== store || PosternError.from(error).code === 'service-stopped') return
        log.warn('mailboxes are not to be had', { code: PosternError.from(error).code })
        await new Promise((resolve) => setTimeout(resolve, backoff.next()))
      }
    }
  }

  private async all(): Promise<Mailbox[]> {
    return this.store ? (await this.store.call('mailboxes.all', {})).mailboxes : []
  }

  private async end(id: number): Promise<void> {
    const one = this.running.get(id)
    this.running.delete(id)
    await Promise.all([one?.sync.stop(), one?.sender.stop()])
  }

  private async endAll(): Promise<void> {
    const { link } = this
    this.link = null
    await Promise.all([link?.stop(), ...[...this.running.keys()].map((id) => this.end(id))])
  }

  private queue(work: () => Promise<void>): void {
    this.turn = this.turn.then(work).catch((error: unknown) => log.error('a change of the mailboxes failed', error))
  }
}
