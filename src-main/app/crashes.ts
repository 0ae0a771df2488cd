/** What ends so often within so many ms is not started again by itself. */
const tooMany = 5
const within = 5 * 60_000

/** How often a process ended of late. */
export class Crashes {
  private times: number[] = []

  /** One more. @returns how many that makes of late, and whether it is too many */
  note(): { count: number; tooMany: boolean } {
    const now = performance.now()
    this.times = [...this.times.filter((at) => now - at < within), now]
    return { count: this.times.length, tooMany: this.times.length >= tooMany }
  }

  /** A person asks for another try. */
  forget(): void {
    this.times = []
  }
}
