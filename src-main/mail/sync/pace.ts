import type { MailboxDepth } from '../../../src-preload/contract/depth'

/** Where work is held back it takes a third of the time. */
const restFactor = 2
const longestRestMs = 10_000

/**
 * How hard background work may drive the machine: on battery, or where a person asked for it, it rests twice as long as it
 * worked. Work is what this process's threads used of the processors since the last rest (fetching, parsing), and what
 * the store took meanwhile.
 */
export class Pace {
  private onBattery = false
  private wakers = new Set<() => void>()
  private used: number

  /** @param cpuMs milliseconds of processor time that this process has used */
  constructor(private readonly cpuMs: () => number = processMs) {
    this.used = cpuMs()
  }

  setPower(onBattery: boolean): void {
    this.onBattery = onBattery
    if (!onBattery) this.wake()
  }

  /** Whether work at this pace is held back now. */
  slows(pace: MailboxDepth['pace']): boolean {
    return pace === 'gentle' || (pace === 'auto' && this.onBattery)
  }

  /** Ends all rests: somebody waits, or work is to end. */
  wake(): void {
    for (const waker of this.wakers) waker()
  }

  /** After a piece of work for which the store took so long. */
  async rest(storeMs: number, pace: MailboxDepth['pace']): Promise<void> {
    const before = this.used
    this.used = this.cpuMs()
    if (!this.slows(pace)) return
    const worked = storeMs + this.used - before
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.wakers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(longestRestMs, worked * restFactor))
      this.wakers.add(done)
    })
  }
}

function processMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
