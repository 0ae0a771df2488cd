/** How many durations of a call are kept, the newest. */
const kept = 1000

/** How long calls took, while somebody wants to know: names and milliseconds, nothing of what was asked. */
export class Timings {
  private on = false
  private since = 0
  private readonly calls = new Map<string, { count: number; newest: number[] }>()

  /** Off forgets what was measured. */
  switch(on: boolean): void {
    if (on === this.on) return
    this.on = on
    this.since = Date.now()
    this.calls.clear()
  }

  note(name: string, ms: number): void {
    if (!this.on) return
    const call = this.calls.get(name) ?? { count: 0, newest: [] }
    this.calls.set(name, call)
    call.newest[call.count % kept] = ms
    call.count += 1
  }

  /** One line a call, the slowest first. */
  lines(): string[] {
    if (!this.on) return []
    const rows = [...this.calls].map(([name, { count, newest }]) => {
      const sorted = newest.toSorted((a, b) => a - b)
      const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
      return { name, count, middle: at(0.5), p95: at(0.95), most: at(1) }
    })
    return [
      `calls since ${new Date(this.since).toISOString()}: number, median, 95 %, longest in ms`,
      ...rows
        .toSorted((a, b) => b.p95 - a.p95)
        .map(
          ({ name, count, middle, p95, most }) =>
            `  ${name} ${count}, ${middle.toFixed(1)}, ${p95.toFixed(1)}, ${most.toFixed(1)}`,
        ),
    ]
  }
}
