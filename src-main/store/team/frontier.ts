import type { Reader } from '../file/database'
import type { Workspace } from '../workspace'
import type { Frontier } from './reduce'
import { sealedUpTo } from './sealed'

/** Up to which batch each other device's are here. */
export function frontier(read: Reader): Frontier {
  return Object.fromEntries(
    read
      .all<{ device: string; seq: number }>('SELECT device, seq FROM team_frontier ORDER BY device')
      .map(({ device, seq }) => [device, seq]),
  )
}

/** The last batch of each device that is here, ours too. */
export const ownFrontier = (read: Reader, workspace: Workspace): Record<string, number> => ({
  ...frontier(read),
  [workspace.device.id]: lastOwnBatch(read, workspace),
})

/** Our own batches count from when they are written. 0: there is none. */
export const lastOwnBatch = (read: Reader, { device }: Workspace): number =>
  Math.max(
    read.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM team_batches WHERE device = ?', device.id)?.seq ?? 0,
    sealedUpTo(read, device.id).seq,
  )
