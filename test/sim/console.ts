import { createHash } from 'node:crypto'
import { CorrectedClock } from '../../src-main/crypto/clock'
import { Database } from '../../src-main/store/file/database'
import { Workspace } from '../../src-main/store/workspace'

export const tables = [
  'team_batches',
  'team_frontier',
  'team_events',
  'team_state',
  'team_anchors',
  'team_info',
  'team_rosters',
  'team_members',
  'team_devices',
  'team_keys',
  'team_blobs',
  'team_places',
  'team_forks',
  'team_invites',
  'team_stale',
  'team_snapshots',
  'team_snapshot_parts',
]

/** Time that the simulation moves; each console's own clock is off by its skew. */
export interface Time {
  now: number
}

/**
 * One console of the simulation: the real store on a database in memory, with a clock of its own and what it knows of the
 * server. The database is emptied and used again, because making one costs more than a run.
 */
export class Console {
  readonly workspace: Workspace
  readonly time: Time = { now: 0 }
  skew = 0
  /** Up to which message of which generation it has read the server. */
  generation = ''
  read = new Set<string>()
  /** What it had applied when it wrote each of its events: the truth against which conflicts are checked. */
  left = false

  constructor(readonly index: number) {
    const device = Buffer.alloc(64)
    createHash('sha512').update(`console ${index}`).digest().copy(device)
    const source = { system: () => this.time.now + this.skew, monotonic: () => this.time.now }
    this.workspace = new Workspace(
      Database.inMemory(),
      { device, mail: () => null, app: () => null },
      new CorrectedClock(0, source),
    )
  }

  get id(): string {
    return this.workspace.device.id
  }

  reset(now: number): void {
    this.workspace.db.write((tx) => {
      for (const table of tables) tx.run(`DELETE FROM ${table}`)
    })
    this.time.now = now
    this.skew = 0
    this.generation = ''
    this.read = new Set()
    this.left = false
  }
}

const pool: Console[] = []
/** Consoles for one run; the first is the owner's. */
export function consoles(count: number, now: number): Console[] {
  while (pool.length < count) pool.push(new Console(pool.length))
  const some = pool.slice(0, count)
  for (const one of some) one.reset(now)
  return some
}
