import { setPriority } from 'node:os'
import { logger } from './log'

/** Above 0 is less than usual; each step is about a quarter less when others want the processor too. */
const less = 10

/**
 * For a thread that does work in bulk, and those that it starts: it takes what the window and the store leave of the processor. Only
 * on Linux, where a thread below others still gets a share when they never rest; elsewhere it would wait, sending included.
 */
export function yieldToWindow(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(less)
  } catch {
    // The window is only a little slower while mail comes in.
    logger('yield').info('the system forbids it')
  }
}
