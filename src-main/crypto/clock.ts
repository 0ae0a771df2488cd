/** Beyond this the system's clock and another witness do not agree. */
const agreeMs = 2 * 60_000
/** A server that is further ahead than this is not believed: one wrong server must not spoil the time for good. */
const believeMs = 24 * 3_600_000

export type Doubt = 'set-back' | 'server-differs'

export interface ClockSource {
  /** ms since 1970, as the system says; a person or a program can set it. */
  readonly system: () => number
  /** ms that only ever grow while the program runs. */
  readonly monotonic: () => number
}

const machine: ClockSource = { system: () => Date.now(), monotonic: () => performance.now() }

/**
 * Corrected time: the latest of the system's clock, the last time that was seen (kept across restarts) and the mail
 * server's time, the last two carried on by a counter that nobody can set. It never runs backwards, so an end that has
 * passed stays passed (R55).
 */
export class CorrectedClock {
  private seen: { at: number; mark: number }
  private server: { at: number; mark: number; system: number } | null = null
  private differs = false

  /** @param highWater the latest time that an earlier run saw; 0 when there was none */
  constructor(
    highWater: number,
    private readonly source: ClockSource = machine,
  ) {
    this.seen = { at: highWater, mark: source.monotonic() }
  }

  /** ms since 1970. */
  now(): number {
    const now = Math.max(
      this.source.system(),
      this.carried(this.seen),
      this.server === null ? 0 : this.carried(this.server),
    )
    this.seen = { at: now, mark: this.source.monotonic() }
    return Math.floor(now)
  }

  /**
   * For stamps that order acts: system and server time without the high-water mark, so that a clock that was once a year
   * ahead does not stamp a year ahead ever after.
   */
  stamp(): number {
    return Math.floor(this.source.system() + (this.serverOffset ?? 0))
  }

  /** The mail server's time, heard just now. */
  heardServer(at: number): void {
    const system = this.source.system()
    this.server = at > system + believeMs ? null : { at, mark: this.source.monotonic(), system }
    this.differs = Math.abs(at - system) > agreeMs
  }

  /** Why the time cannot be trusted; null when it can. With a doubt, what depends on an end is refused. */
  get doubt(): Doubt | null {
    const witnessed = Math.max(this.source.system(), this.server === null ? 0 : this.carried(this.server))
    if (witnessed < this.carried(this.seen) - agreeMs) return 'set-back'
    return this.differs ? 'server-differs' : null
  }

  /** How far the system's clock is behind (positive) or ahead of the server's; null when none was heard. ms. */
  get serverOffset(): number | null {
    return this.server === null ? null : this.server.at - this.server.system
  }

  private carried(witness: { at: number; mark: number }): number {
    return witness.at + (this.source.monotonic() - witness.mark)
  }
}
