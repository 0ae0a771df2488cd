/** Waiting times between tries: doubled from `first` to `most`, each spread over 50 to 100 % so that laptops do not come back in step. */
export class Backoff {
  private tries = 0
  constructor(
    private readonly first = 1_000,
    private readonly most = 300_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds to wait before the next try. */
  next(): number {
    const whole = Math.min(this.most, this.first * 2 ** Math.min(this.tries, 30))
    this.tries += 1
    return Math.round(whole * (0.5 + this.random() / 2))
  }

  /** After something worked. */
  reset(): void {
    this.tries = 0
  }
}

/** A wait that a signal can end early. Resolves, never rejects. */
export class Sleeper {
  private wakeNow: (() => void) | null = null
  private pending = false

  /** Waits `ms` milliseconds or until `wake`; a wake that came before the sleep ends it at once. */
  async sleep(ms: number): Promise<void> {
    if (this.pending) {
      this.pending = false
      return
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))
      this.wakeNow = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wakeNow = null
    this.pending = false
  }

  /** What came before the next sleep does not end it. */
  forget(): void {
    this.pending = false
  }

  wake(): void {
    if (this.wakeNow) this.wakeNow()
    else this.pending = true
  }
}

/** Rejects with `error()` when `work` takes longer than `ms`; the work itself goes on unless its owner stops it. */
export async function withDeadline<T>(work: Promise<T>, ms: number, error: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(error()), ms)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

/** As `withDeadline`, put off by another `ms` each time that `count` has grown by `least` meanwhile: what is large takes its time on a slow line. */
export async function withProgress<T>(
  work: Promise<T>,
  ms: number,
  { count, least }: { readonly count: () => number; readonly least: number },
  error: () => Error,
): Promise<T> {
  for (;;) {
    const before = count()
    try {
      return await withDeadline(work, ms, () => late)
    } catch (failure) {
      if (failure !== late) throw failure
      if (count() - before < least) throw error()
    }
  }
}

/** Made once: an error notes where it was made, and there is a wait for each message. */
const late = new Error('late')
