import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { filesSentItself } from '../../shared/provider-limits'
import { putMoved } from '../sync/mailbox-moves'
import type { SyncPorts } from '../sync/sync-ports'
import type { MailboxSync } from '../sync/mailbox-sync'
import { Refusals } from '../sync/refusals'
import { idleMs, Rounds } from './rounds'

const log = logger('outbox')

/**
 * Puts messages on the server of one mailbox: copies of what was sent, and what was moved here. Beside the sender, since nothing that
 * leaves may wait until a large copy is there.
 */
export class Putter {
  private readonly rounds = new Rounds(() => this.round(), 'putting messages on the server failed')

  private readonly copies = new Refusals()
  private readonly moves = new Refusals()

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
    return Math.min(
      await this.fileCopies(),
      await putMoved(this.mailbox.id, this.store, this.sync, this.rounds, this.moves),
    )
  }

  /**
   * Files copies of what was sent, where the server makes none itself. The store keeps them until they lie in Sent; one
   * that was filed before a crash is found there and not filed again.
   */
  private async fileCopies(): Promise<number> {
    while (!this.rounds.stopped) {
      const { copy } = await this.store.call('copies.next', {
        mailboxId: this.mailbox.id,
        except: this.copies.resting(),
      })
      if (!copy) return idleMs
      try {
        if (copy.throughId !== null || !filesSentItself(this.mailbox)) await this.fileCopy(copy)
        await this.store.call('copies.settle', { id: copy.id, done: true })
        this.copies.taken(copy.id)
      } catch (error) {
        const { code } = PosternError.from(error)
        if (code === 'service-stopped' || code === 'service-restarting') throw error
        const rests = this.copies.failed(copy.id, code)
        log.warn(rests ? 'the Sent copy rests for a day' : 'the Sent copy waits', { code, tries: copy.tries })
        await this.store.call('copies.settle', { id: copy.id, done: false, rests })
        return this.rounds.later()
      }
    }
    return idleMs
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
