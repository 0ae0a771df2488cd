/** On battery a first sync works a third of the time. */
const restFactor = 2
const longestRestMs = 3_000

/** How hard background work may drive the machine: on battery it rests between pages, unless a person asked for full speed. */
export class Pace {
  private onBattery = false
  private wakers = new Set<() => void>()

  setPower(onBattery: boolean): void {
    this.onBattery = onBattery
    if (!onBattery) this.wake()
  }

  /** Ends all rests: somebody waits, or work is to end. */
  wake(): void {
    for (const waker of this.wakers) waker()
  }

  /** After a piece of work that took so long. */
  async rest(workMs: number, full: boolean): Promise<void> {
    if (!this.onBattery || full) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.wakers.delete(done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(longestRestMs, workMs * restFactor))
      this.wakers.add(done)
    })
  }
}
