import { setPriority } from 'node:os'
import { logger } from './log'

/** Above 0 is less than usual; each step is about a quarter less when others want the processor too. */
const less = 10

/**
 * For a thread that does work in bulk: it takes what the window and the store leave of the processor. Only where threads have
 * priorities of their own; elsewhere the whole process would wait, sending included.
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
