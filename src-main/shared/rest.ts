import { performance } from 'node:perf_hooks'
import { runInNewContext } from 'node:vm'
import { logger } from './log'

const log = logger('rest')

const lookEveryMs = 1500
/** Looks in a row, 4.5 s, without anything done. */
const looksAtRest = 3
/** Share of the time that counts as nothing: a server's keep-alive, a look at the clock. */
const nothing = 0.02
/** Bytes of heap that are worth a collection. */
const worth = 4 * 1024 * 1024

/** Decides when a thread has come to rest and holds more memory than it needs. */
export class Rest {
  private quiet = 0
  private kept = 0

  /** @param busy share of the time since the last look that it worked, 0 to 1 @param heap bytes it holds now */
  isTime(busy: number, heap: number): boolean {
    this.quiet = busy < nothing ? this.quiet + 1 : 0
    if (this.quiet < looksAtRest || heap < this.kept + worth) return false
    this.quiet = 0
    return true
  }

  /** @param heap bytes that were left after giving back */
  gaveBack(heap: number): void {
    this.kept = heap
  }
}

/**
 * Gives the memory of past work back to the system once this thread has rested: after a first sync that is more than half
 * of it. Left to itself V8 keeps it for the next burst. A collection takes some 40 ms. The loop of Electron's main threads
 * shows no work to Node, so that there it comes every 4.5 s in which the heap grew, also during a sync.
 */
export function giveBackAtRest(): void {
  const rest = new Rest()
  let last = performance.eventLoopUtilization()
  let collect: (() => void) | null = null
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    const busy = performance.eventLoopUtilization(now, last).utilization
    last = now
    if (!rest.isTime(busy, process.memoryUsage().heapTotal)) return
    collect ??= collector()
    collect()
    rest.gaveBack(process.memoryUsage().heapTotal)
  }, lookEveryMs).unref()
}

/** V8's own collector; the thorough kind, since others keep the empty nursery. */
function collector(): () => void {
  // Loaded at the first rest: it brings a dozen modules of Node's, and a start has other things to do.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof gc !== 'function') {
    log.warn('memory cannot be given back')
    return () => undefined
  }
  return () => void Reflect.apply(gc, undefined, [{ type: 'major', execution: 'sync', flavor: 'last-resort' }])
}
