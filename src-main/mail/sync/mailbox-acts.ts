import type { StoreForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Rpc } from '../../shared/port-rpc'
import { logger } from '../../shared/log'
import { Backoff } from './backoff'
import { Rests } from './rests'
import { performActs, type FolderFinder } from './server-acts'
import type { SyncConnections } from './sync-connections'

const log = logger('acts')

/** The acts of one mailbox that wait for its server: carried out one round after the other, while there is a connection. */
export class MailboxActs {
  private underWay: Promise<void> = Promise.resolve()
  private readonly rests = new Rests()
  private readonly backoff = new Backoff(5_000)
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(
    private readonly mailboxId: number,
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private readonly connections: Pick<SyncConnections, 'up' | 'withActs'>,
    private readonly folders: FolderFinder,
  ) {}

  /** Acts may wait: carries them out when there is a connection, else they wait for it. */
  wake(): void {
    this.underWay = this.underWay
      .then(() => this.round())
      .catch((error: unknown) => {
        log.info('acts wait', { code: PosternError.from(error).code })
        // A first sync may last for hours, and nothing else would ask for them until then.
        this.wakeIn(this.backoff.next())
      })
  }

  /** A person asked: what rests is tried again too. */
  askedFor(): void {
    this.rests.end()
    this.wake()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private async round(): Promise<void> {
    const { mailboxId, rests } = this
    if (this.stopped || !this.connections.up) return
    const { count } = await this.store.call('ops.waiting', { mailboxId, except: rests.ids() })
    // A connection is opened for acts only, not to find that there are none.
    if (count > 0)
      await this.connections.withActs((session) => performActs(mailboxId, session, this.store, this.folders, rests))
    this.backoff.reset()
    const next = rests.nextMs()
    if (next !== null) this.wakeIn(next + 1)
  }

  private wakeIn(ms: number): void {
    clearTimeout(this.timer)
    if (!this.stopped) this.timer = setTimeout(() => this.wake(), ms).unref()
  }
}
