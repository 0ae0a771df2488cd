import { setImmediate, setTimeout as setTimeoutPromise } from 'node:timers/promises'

/** How long a piece of long work keeps the store's thread, ms: short while a window asks, since its answer waits for it. */
const whileAsked = 3
/** While nobody asks: each transaction has its price, and a first question must not wait long either. */
const otherwise = 14
/**
 * A window that asked so long ago asks again soon: somebody scrolls, types or walks through conversations, ms. Less than the time
 * between two events, after which a window asks of itself.
 */
const recently = 90
/** So many questions within so long, ms, are a person's who scrolls, types or walks: a window that looks anew by itself asks less. */
const manyAsked = 4
const withinMs = 300
/** A rest is so many times as long as the piece of work before it, ... */
const restPart = 1.5
/** ... and at most so long, ms: what another program drew out is no measure. */
const longestPauseMs = 20
/** A person who opened something or typed so long ago is likely to go on, ms ... */
const handMs = 250
/** ... and a page of old mail rests at most this long for it. */
const longestRestMs = 1_000

/** Shares the store's one thread between long work and the questions of windows, which come first. */
export class Turns {
  /** When the last questions came, the newest first. */
  private readonly asks: number[] = Array.from({ length: manyAsked }, () => -Infinity)
  private begun = -Infinity
  private handAt = -Infinity

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly sleep: (ms: number) => Promise<unknown> = setTimeoutPromise,
  ) {}

  /** A window asks something. */
  asked(): void {
    this.asks.pop()
    this.asks.unshift(this.now())
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

  /**
   * Between two pieces of long work. While somebody asks on and on, more than half of the time is theirs, and the processor's too: all
   * that feeds the work waits with it. Otherwise who asked has their turn and it goes on.
   */
  async between(): Promise<void> {
    if (!this.areAsked) return await setImmediate()
    await this.sleep(Math.min(restPart * (this.now() - this.begun), longestPauseMs))
  }

  /** Somebody asks on and on. */
  get areAsked(): boolean {
    const now = this.now()
    return now - this.askedAt < recently && now - (this.asks.at(-1) ?? now) < withinMs
  }

  private get askedAt(): number {
    return this.asks[0] ?? -Infinity
  }

  /** Begins a piece of long work. @returns whether it has to end now */
  begin(): () => boolean {
    const begun = (this.begun = this.now())
    const most = begun - this.askedAt < recently ? whileAsked : otherwise
    return () => this.now() - begun >= most
  }
}
