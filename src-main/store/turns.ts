import { setTimeout as setTimeoutPromise } from 'node:timers/promises'

/** How long a piece of long work keeps the store's thread, ms: short while a window asks, since its answer waits for it. */
const whileAsked = 4
/** While nobody asks: each transaction has its price, and a first question must not wait long either. */
const otherwise = 14
/**
 * A window that asked so long ago asks again soon: somebody scrolls, types or walks through conversations, ms. Less than the time
 * between two events, after which a window asks of itself.
 */
const recently = 90
/** A person who opened something or typed so long ago is likely to go on, ms ... */
const handMs = 250
/** ... and a page of old mail rests at most this long for it. */
const longestRestMs = 1_000

/** Shares the store's one thread between long work and the questions of windows, which come first. */
export class Turns {
  private askedAt = -Infinity
  private handAt = -Infinity

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly sleep: (ms: number) => Promise<unknown> = setTimeoutPromise,
  ) {}

  /** A window asks something. */
  asked(): void {
    this.askedAt = this.now()
  }

  /** A person opens something or types: the window needs the processor. */
  hand(): void {
    this.handAt = this.now()
  }

  /**
   * Between two pages of old mail: while a person walks through conversations they come at a walking pace, and mail, which waits
   * for the answer, works no further ahead either. No system lets a program lower its priority and raise it again.
   */
  async giveWay(): Promise<void> {
    const end = this.now() + longestRestMs
    for (;;) {
      const now = this.now()
      const rest = Math.min(this.handAt + handMs, end) - now
      if (rest <= 0) return
      await this.sleep(rest)
    }
  }

  /** Begins a piece of long work. @returns whether it has to end now */
  begin(): () => boolean {
    const begun = this.now()
    const most = begun - this.askedAt < recently ? whileAsked : otherwise
    return () => this.now() - begun >= most
  }
}
