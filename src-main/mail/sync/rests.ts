import { Backoff } from './backoff'

const firstMs = 1_000
const longestMs = 600_000

/** What a server could not do just now rests before it is tried again, longer each time. Known by its id, while the program runs. */
export class Rests {
  private readonly resting = new Map<number, { readonly backoff: Backoff; until: number }>()

  /** @param now a counter that nobody sets back: what rests would wait until its time comes again */
  constructor(private readonly now: () => number = () => performance.now()) {}

  isResting(id: number): boolean {
    return (this.resting.get(id)?.until ?? 0) > this.now()
  }

  putOff(id: number): void {
    const backoff = this.resting.get(id)?.backoff ?? new Backoff(firstMs, longestMs)
    this.resting.set(id, { backoff, until: this.now() + backoff.next() })
  }

  over(id: number): void {
    this.resting.delete(id)
  }

  /** All may be tried again now. */
  end(): void {
    for (const one of this.resting.values()) one.until = 0
  }

  /** The ids of all that rest now. */
  ids(): number[] {
    return [...this.resting.keys()].filter((id) => this.isResting(id))
  }

  /** How long until the next of them may be tried again, ms; null: none rests. */
  nextMs(): number | null {
    const waits = [...this.resting.values()].map(({ until }) => until - this.now()).filter((ms) => ms > 0)
    return waits.length === 0 ? null : Math.min(...waits)
  }
}
