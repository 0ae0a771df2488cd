import type { MailboxDepth } from '../../../src-preload/contract/depth'
import type { Pace } from './pace'

/** How much is kept here, and how hard to work for it. */
export interface Budget {
  readonly depth: MailboxDepth
  readonly pace: Pick<Pace, 'rest'>
}
export const unlimited: Budget = {
  depth: { bodies: 'all', months: 12, largest: null, pace: 'full' },
  pace: { rest: () => Promise.resolve() },
}

export interface FolderProgress {
  /** `stored` more messages are in the store; `oldest` is the date of the oldest of them. */
  stored(stored: number, oldest: number): void
}
