/** How long a piece of long work keeps the store's thread, ms: short while a window asks, since its answer waits for it. */
const whileAsked = 4
/** While nobody asks: each transaction has its price, and a first question must not wait long either. */
const otherwise = 14
/** A window that asked so long ago asks again soon: somebody scrolls, types or walks through conversations, ms. */
const recently = 400

/** Shares the store's one thread between long work and the questions of windows, which come first. */
export class Turns {
  private askedAt = -Infinity

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A window asks something. */
  asked(): void {
    this.askedAt = this.now()
  }

  /** Begins a piece of long work. @returns whether it has to end now */
  begin(): () => boolean {
    const begun = this.now()
    const most = begun - this.askedAt < recently ? whileAsked : otherwise
    return () => this.now() - begun >= most
  }
}
