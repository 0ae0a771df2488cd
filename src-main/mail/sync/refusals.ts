import type { ErrorCode } from '../../../src-preload/contract/errors'

/** Messages that the server refused so often, for an hour or two, are hardly taken by the next try: each uploads them whole. */
const mostRefusals = 20
/** What such a one rests before it is tried once more, ms. */
const restMs = 24 * 3_600_000
/** What a server says to the message itself; everything else may be over at any moment. */
const refusals: ReadonlySet<string> = new Set<ErrorCode>(['server-refused', 'server-broken', 'too-large'])

/** How often the server refused to take which message. A new start of the program or of its mailbox tries all anew. */
export class Refusals {
  /** `until` by the clock of `performance`. */
  private readonly refused = new Map<number, { times: number; until: number }>()

  /** A try failed. @returns whether the message has been refused so often that it rests now */
  failed(id: number, code: ErrorCode): boolean {
    if (!refusals.has(code)) return false
    const times = (this.refused.get(id)?.times ?? 0) + 1
    const rests = times >= mostRefusals
    this.refused.set(id, { times, until: rests ? performance.now() + restMs : 0 })
    return rests
  }

  taken(id: number): void {
    this.refused.delete(id)
  }

  resting(): number[] {
    const now = performance.now()
    return [...this.refused].filter(([, { until }]) => until > now).map(([id]) => id)
  }
}
