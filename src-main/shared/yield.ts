import { setPriority } from 'node:os'
import { logger } from './log'

/** Above 0 is less than usual; each step is about a quarter less when others want the processor too. */
const less = 10

let yielding = false
/** Whether this thread, and what it starts, stands behind the window. */
export const isYielding = (): boolean => yielding

/**
 * For a thread that does work in bulk, and those that it starts: from here on it takes what the window and the store leave of the
 * processor; no system lets it rise again. Only on Linux, where a thread below others still gets a share when they never rest;
 * elsewhere it would wait, sending included.
 */
export function yieldToWindow(): void {
  if (yielding || process.platform !== 'linux') return
  yielding = true
  try {
    setPriority(less)
  } catch {
    // The window is only a little slower while mail comes in.
    logger('yield').info('the system forbids it')
  }
}
