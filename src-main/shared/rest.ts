import { runInNewContext } from 'node:vm'
import { logger } from './log'
import { reservedBytes } from './room'

const log = logger('rest')

const MiB = 2 ** 20

const lookEveryMs = 1500
/** Looks in a row, 4.5 s, without anything done. */
const looksAtRest = 3
/** Share of the time that counts as nothing: a server's keep-alive, a look at the clock. */
const nothing = 0.02
/** Bytes that are worth a collection. */
const worth = 4 * MiB

/** Decides when a thread has come to rest and holds more memory than it needs. */
export class Rest {
  private quiet = 0
  private kept = 0
  private least = Infinity

  /** @param most bytes that may pile up while it works */
  constructor(private readonly most = Infinity) {}

  /** @param busy share of the time since the last look that it worked, 0 to 1 @param bytes it holds now */
  isTime(busy: number, bytes: number): boolean {
    this.quiet = busy < nothing ? this.quiet + 1 : 0
    if (this.quiet < looksAtRest || bytes < this.kept + worth) return false
    this.quiet = 0
    return true
  }

  /** @param bytes that were left after giving back */
  gaveBack(bytes: number): void {
    this.kept = bytes
    this.least = bytes
  }

  /** @param bytes it holds now @returns whether too much has piled up since it held least */
  isTooMuch(bytes: number): boolean {
    this.least = Math.min(this.least, bytes)
    return bytes >= this.least + this.most
  }

  /** @param bytes that were left after collecting at work */
  cleared(bytes: number): void {
    this.least = bytes
  }
}

/**
 * How much this thread works, by the processor time that it uses: Electron turns the event loop of a process's main thread
 * itself, so Node's own measure of it (`eventLoopUtilization`) knows of no work there at all.
 * @returns share of the time, 0 to 1, since it was called last
 */
export function workMeter(): () => number {
  let [used, at] = [threadMs(), performance.now()]
  return () => {
    const [usedNow, now] = [threadMs(), performance.now()]
    const share = (usedNow - used) / Math.max(1, now - at)
    used = usedNow
    at = now
    return share
  }
}

/** Processor time of this thread until now, ms. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Bytes that V8 holds for this thread, and bytes outside its heap that go when it collects. */
export function held(): number {
  const { heapTotal, external } = process.memoryUsage()
  return heapTotal + external - reservedBytes()
}

/** A thread that nobody waits for collects at work as well when so much has piled up. */
export const muchAtWork = 12 * MiB

/**
 * Gives the memory of past work back to the system once this thread has rested: after a first sync that is more than half
 * of it. Left to itself V8 keeps it for the next burst. That takes some 40 ms, so it never comes between two acts; what keeps
 * memory small during work is the nursery (`nursery.ts`).
 * @param most bytes of garbage after which it collects at work too, in some 15 ms
 */
export function giveBackAtRest(most = Infinity): void {
  const rest = new Rest(most)
  const busy = workMeter()
  let collect: Collect | null = null
  setInterval(() => {
    const bytes = held()
    if (rest.isTime(busy(), bytes)) {
      collect ??= collector()
      // The thorough kind: the other keeps the empty nursery.
      collect('last-resort')
      rest.gaveBack(held())
    } else if (rest.isTooMuch(bytes)) {
      collect ??= collector()
      collect('regular')
      rest.cleared(held())
    }
  }, lookEveryMs).unref()
}

type Collect = (flavor: 'regular' | 'last-resort') => void

/** V8's own collector. */
function collector(): Collect {
  // Loaded when it is first needed: it brings a dozen modules of Node's, and a start has other things to do.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof gc !== 'function') {
    log.warn('memory cannot be given back')
    return () => undefined
  }
  return (flavor) => void Reflect.apply(gc, undefined, [{ type: 'major', execution: 'sync', flavor }])
}
