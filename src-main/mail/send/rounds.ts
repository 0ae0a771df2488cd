import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { Backoff, Sleeper } from '../sync/backoff'

const log = logger('outbox')

/** How long a round with nothing to do waits for the next, unless woken, ms. */
export const idleMs = 10 * 60_000
/** What is just leaving, or just being put there, is waited for so long at the end, ms. */
const lastMs = 4_000

/** Does what is due, round after round, until it is stopped. What a round throws is logged and tried again later. */
export class Rounds {
  private readonly sleeper = new Sleeper()
  private readonly backoff = new Backoff(2_000, 300_000)
  private running: Promise<void> | null = null
  private over = false

  /** @param round resolves with how long to wait for the next, ms @param failed what the log says of one that throws */
  constructor(
    private readonly round: () => Promise<number>,
    private readonly failed: string,
  ) {}

  get stopped(): boolean {
    return this.over
  }

  start(): void {
    this.running ??= this.loop()
  }

  async stop(): Promise<void> {
    this.over = true
    this.sleeper.wake()
    await Promise.race([this.running, new Promise((resolve) => setTimeout(resolve, lastMs))])
  }

  /** Something is due, or what failed may work now. */
  wake(): void {
    this.backoff.reset()
    this.sleeper.wake()
  }

  /** How long to wait after something failed, ms; longer each time. */
  later(): number {
    return this.backoff.next()
  }

  /** Something worked. */
  worked(): void {
    this.backoff.reset()
  }

  private async loop(): Promise<void> {
    while (!this.over) {
      let wait: number
      try {
        wait = await this.round()
      } catch (error) {
        const { code } = PosternError.from(error)
        if (code === 'service-stopped' || code === 'service-restarting') return
        log.error(this.failed, error)
        wait = this.later()
      }
      if (!this.over) await this.sleeper.sleep(wait)
    }
  }
}
