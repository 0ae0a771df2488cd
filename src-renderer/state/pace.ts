import { lastAct } from '../client'

const shortestMs = 250
const longestMs = 1000
const actMs = 400

/**
 * How soon something on screen may be asked for again. The gap grows while changes do not cease: a running sync is followed
 * once a second and leaves the processor to itself. What a person's own act changed is asked for at once.
 */
export class Pace {
  private startedAt = -Infinity
  private gap = shortestMs

  constructor(private readonly now: () => number = () => performance.now(), private readonly actedAt: () => number = lastAct) {}

  /** Milliseconds to wait; 0 or less: now. */
  wait(): number {
    return this.now() - this.actedAt() < actMs ? 0 : this.startedAt + this.gap - this.now()
  }

  /** A request starts now. */
  started(): void {
    const now = this.now()
    this.gap = now - this.startedAt < 2 * this.gap ? Math.min(longestMs, this.gap * 2) : shortestMs
    this.startedAt = now
  }

  /** The next one need not wait. */
  reset(): void {
    this.startedAt = -Infinity
  }
}
