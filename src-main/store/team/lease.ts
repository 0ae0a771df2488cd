import { PosternError } from '../../../src-preload/contract/errors'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { teamInfo } from './team-info'

const dayMs = 86_400_000

/** How long a computer may be without the team's carrier before it shows nothing; the roster or policy says it. */
export interface Lease {
  /** null: for ever. */
  readonly days: number | null
  /** The most that policy allows; null: it says nothing. */
  readonly mostDays: number | null
  /** When everything there was last taken in, ms. */
  readonly contactAt: number | null
  readonly ended: boolean
}

const number = (read: Reader, key: string): number | null => {
  const row = read.get<{ value: string }>('SELECT value FROM team_info WHERE key = ?', key)
  return row === undefined ? null : Number(row.value)
}

/** By time that never runs back: a clock that was set back prolongs nothing. */
export function leaseOf(read: Reader, workspace: Workspace): Lease {
  const given = [number(read, 'lease'), workspace.policyLeaseDays].filter((one) => one !== null)
  if (given.length === 0) return { days: null, mostDays: null, contactAt: null, ended: false }
  const days = Math.min(...given)
  const membership = teamInfo(read)?.membership
  const contactAt = number(read, 'contact')
  const ended =
    (membership === 'owner' || membership === 'member') &&
    contactAt !== null &&
    workspace.clock.now() > contactAt + days * dayMs
  return { days, mostDays: workspace.policyLeaseDays, contactAt, ended }
}

/** @throws PosternError `lease-ended` */
export function requireLease(workspace: Workspace): void {
  if (leaseOf(workspace.db.read, workspace).ended)
    throw new PosternError('lease-ended', 'this computer was away from the team for too long')
}

/** Policy says how long at most. A computer that never noted when it reached its team begins now. */
export function setPolicyLease(tx: Writer, workspace: Workspace, days: number | null): void {
  workspace.policyLeaseDays = days
  if (days !== null && teamInfo(tx))
    tx.run("INSERT OR IGNORE INTO team_info(key, value) VALUES('contact', ?)", String(workspace.clock.now()))
  tx.changes.touched('team')
}

/** The roster says something else, or for the first time. */
export function setLease(tx: Writer, workspace: Workspace, days: number | null): void {
  if (days === null) tx.run("DELETE FROM team_info WHERE key = 'lease'")
  else
    tx.run("INSERT INTO team_info(key, value) VALUES('lease', ?1) ON CONFLICT DO UPDATE SET value = ?1", String(days))
  tx.run("INSERT OR IGNORE INTO team_info(key, value) VALUES('contact', ?)", String(workspace.clock.now()))
}

/** Everything that lies there has been taken in. */
export function noteContact(tx: Writer, workspace: Workspace): void {
  if (!teamInfo(tx)) return
  const ended = leaseOf(tx, workspace).ended
  tx.run(
    "INSERT INTO team_info(key, value) VALUES('contact', ?1) ON CONFLICT DO UPDATE SET value = ?1",
    String(workspace.clock.now()),
  )
  if (ended) tx.changes.touched('team')
}

/** Calls that a computer answers whose lease has ended: how it stands, and to try again. */
export const afterLease: ReadonlySet<string> = new Set(['team.lease', 'team.lookAgain', 'settings.get'])
