import { logger } from '../../shared/log'
import type { Reader, Writer } from '../file/database'
import { standing } from './events'

const log = logger('team')

/** The batch from which on nothing of a device counts. */
export const forkedAt = (read: Reader, device: string): number =>
  read.get<{ seq: number }>('SELECT seq FROM team_forks WHERE device = ?', device)?.seq ?? Number.POSITIVE_INFINITY

/** From the number at which a device signed two different batches, nothing of it counts until the owner decides. @param touched gets the entities of what was here of it */
export function fork(tx: Writer, device: string, seq: number, touched: Set<string>): void {
  if (forkedAt(tx, device) <= seq) return
  tx.run('INSERT INTO team_forks(device, seq) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET seq = ?2', device, seq)
  log.warn('a device signed two different batches of one number', { device, seq })
  for (const { entity } of tx.all<{ entity: string }>(
    'SELECT DISTINCT entity FROM team_events WHERE device = ? AND seq >= ?',
    device,
    seq,
  ))
    touched.add(entity)
  // What is held behind a cut-off, or was decided about, stays so.
  tx.run(
    `UPDATE team_events SET standing = ${standing.forked} WHERE device = ? AND seq >= ? AND standing NOT IN (${standing.held}, ${standing.settled})`,
    device,
    seq,
  )
  tx.changes.touched('team')
}
