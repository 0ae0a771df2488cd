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

  /** The ids of all that rest now. Whoever asks tries the others: nobody has to be told of them any more. */
  ids(): number[] {
    for (const one of this.resting.values()) if (one.until <= this.now()) one.until = 0
    return [...this.resting.keys()].filter((id) => this.isResting(id))
  }

  /** How long until the next of them may be tried again, ms; 0: one whose time came since `ids`. null: none rests. */
  nextMs(): number | null {
    const ends = [...this.resting.values()].map(({ until }) => until).filter((until) => until > 0)
    return ends.length === 0 ? null : Math.max(0, Math.min(...ends) - this.now())
  }
}
