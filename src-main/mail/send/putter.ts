import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { PosternError, type ErrorCode } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { filesSentItself } from '../../shared/provider-limits'
import { putMoved } from '../sync/mailbox-moves'
import type { MailboxSync, SyncPorts } from '../sync/mailbox-sync'
import { idleMs, Rounds } from './rounds'

const log = logger('outbox')

/** Copies that the server refused so often, for an hour or two, are hardly taken by the next try: each uploads it whole. */
const mostRefusals = 20
/** What such a copy rests before it is tried once more, ms. */
const restMs = 24 * 3_600_000
/** What a server says to the copy itself; everything else may be over at any moment. */
const refusals: ReadonlySet<string> = new Set<ErrorCode>(['server-refused', 'server-broken', 'too-large'])

/**
 * Puts messages on the server of one mailbox: copies of what was sent, and what was moved here. Beside the sender, since nothing that
 * leaves may wait until a large copy is there.
 */
export class Putter {
  private readonly rounds = new Rounds(() => this.round(), 'putting messages on the server failed')

  /** How often the server refused a copy, and from when on it may be tried again, by the clock of `performance`. */
  private readonly refused = new Map<number, { times: number; until: number }>()

  constructor(
    private readonly mailbox: Mailbox,
    private readonly store: SyncPorts['store'],
    private readonly sync: Pick<MailboxSync, 'withPutSession' | 'pathOf' | 'touched'>,
  ) {}

  start(): void {
    this.rounds.start()
  }

  async stop(): Promise<void> {
    await this.rounds.stop()
  }

  /** Something has left or was moved, or the network is back. */
  wake(): void {
    this.rounds.wake()
  }

  private async round(): Promise<number> {
    const { rounds } = this
    return Math.min(
      await this.fileCopies(),
      await putMoved(this.mailbox.id, this.store, this.sync, () => rounds.stopped),
    )
  }

  /**
   * Files copies of what was sent, where the server makes none itself. The store keeps them until they lie in Sent; one
   * that was filed before a crash is found there and not filed again.
   */
  private async fileCopies(): Promise<number> {
    while (!this.rounds.stopped) {
      const { copy } = await this.store.call('copies.next', { mailboxId: this.mailbox.id, except: this.resting() })
      if (!copy) return idleMs
      try {
        if (copy.throughId !== null || !filesSentItself(this.mailbox)) await this.fileCopy(copy)
        await this.store.call('copies.settle', { id: copy.id, done: true })
        this.refused.delete(copy.id)
      } catch (error) {
        const { code } = PosternError.from(error)
        if (code === 'service-stopped' || code === 'service-restarting') throw error
        const rests = refusals.has(code) && this.wasRefused(copy.id)
        log.warn(rests ? 'the Sent copy rests for a day' : 'the Sent copy waits', { code, tries: copy.tries })
        await this.store.call('copies.settle', { id: copy.id, done: false })
        return this.rounds.later()
      }
    }
    return idleMs
  }

  /** @returns whether it has been refused so often that it rests now; a new start of the program or of its mailbox tries it anew */
  private wasRefused(id: number): boolean {
    const times = (this.refused.get(id)?.times ?? 0) + 1
    const rests = times >= mostRefusals
    this.refused.set(id, { times, until: rests ? performance.now() + restMs : 0 })
    return rests
  }

  private resting(): number[] {
    const now = performance.now()
    return [...this.refused].filter(([, { until }]) => until > now).map(([id]) => id)
  }

  private async fileCopy(copy: { messageId: string; date: number; raw: Uint8Array }): Promise<void> {
    await this.sync.withPutSession(copy.raw.byteLength, async (session) => {
      const path = await this.sync.pathOf(session, 'sent')
      if (path === null) throw new PosternError('not-found', 'no folder for sent mail')
      await session.select(path)
      if ((await session.searchUids({ messageId: copy.messageId })).length === 0)
        await session.append(path, copy.raw, ['\\Seen'], new Date(copy.date))
      this.sync.touched(path)
    })
  }
}
