import { lastAct } from '../client'
import { lastHand } from './hand'

const shortestMs = 250
const longestMs = 1000
const actMs = 400
/** What a person does at the moment comes first: nothing is asked again this soon after a key or a click ... */
const handMs = 150
/** ... unless it has waited this long for a pause. */
const heldMs = 2000

/**
 * How soon something on screen may be asked for again. The gap grows while changes do not cease: a running sync is followed
 * once a second, in the pauses of whoever reads or types. What a person's own act changed is asked for at once.
 */
export class Pace {
  private startedAt = -Infinity
  private gap = shortestMs

  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly actedAt: () => number = lastAct,
    private readonly handAt: () => number = lastHand,
  ) {}

  /** Milliseconds to wait before asking `wait` again; 0 or less: ask now. */
  wait(): number {
    const now = this.now()
    if (now - this.actedAt() < actMs) return 0
    return Math.max(this.startedAt + this.gap, Math.min(this.handAt() + handMs, this.startedAt + heldMs)) - now
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
