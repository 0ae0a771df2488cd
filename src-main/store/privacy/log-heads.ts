import type { LogFault } from '../../../src-preload/contract/support'
import type { Mark } from './access-log'
import type { Reader, Writer } from '../file/database'
import { LogHeadEvent } from '../team/kinds-access'
import { teamInfo } from '../team/team-info'
import type { Workspace } from '../workspace'

/**
 * The heads of the access logs, kept by the whole team: each console tells where its log stands, so a log that was cut,
 * rewritten or rolled back on one laptop contradicts what the others have (R58).
 */
const entityOf = (device: string): string => `access-log:${device}`
const seenKey = (device: string): string => `log_heads_seen ${device}`

interface Head {
  readonly seq: number
  readonly idx: number
  readonly entries: number
  readonly hash: string
}

/** Heads that a device told about itself, in its own order, after the one that a person has looked over. Those after a fork too: they are the proof. */
function headsOf(read: Reader, device: string): Head[] {
  const [seq = 0, idx = -1] = (
    read.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', seenKey(device))?.value ?? ''
  )
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return read
    .all<{ seq: number; idx: number; payload: string }>(
      "SELECT seq, idx, payload FROM team_events WHERE entity = ?1 AND kind = 'log-head' AND device = ?2 AND (seq, idx) > (?3, ?4) ORDER BY seq, idx",
      entityOf(device),
      device,
      seq,
      idx,
    )
    .flatMap((row) => {
      const head = LogHeadEvent.safeParse(JSON.parse(row.payload))
      return head.success ? [{ seq: row.seq, idx: row.idx, ...head.data }] : []
    })
}

/** Tells the team where the log of this device stands, if it stands elsewhere than was told last. @returns whether there was something to tell */
export function anchorHead(tx: Writer, workspace: Workspace): boolean {
  const membership = teamInfo(tx)?.membership
  if (membership !== 'owner' && membership !== 'member') return false
  const { entries, hash, device } = workspace.accessLog.head(tx)
  if (entries === 0) return false
  const told = headsOf(tx, device).at(-1)
  if (told && told.entries >= entries) return false
  workspace.team.record(tx, { kind: 'log-head', entity: entityOf(device), payload: { entries, hash } })
  return true
}

/** What the team holds of this device's own log: the log must go through the last of it. */
export function ownMark(read: Reader, device: string): Mark | null {
  const last = headsOf(read, device).toSorted((a, b) => b.entries - a.entries)[0]
  return last ? { device, entries: last.entries, hash: last.hash } : null
}

/** The first other device whose heads contradict each other: its log was cut, or went on differently than it was told. */
export function headFault(read: Reader, own: string): (LogFault & { device: string }) | null {
  for (const { entity } of read.all<{ entity: string }>(
    "SELECT DISTINCT entity FROM team_events WHERE entity >= 'access-log:' AND entity < 'access-log;'",
  )) {
    const device = entity.slice('access-log:'.length)
    if (device === own) continue
    let before: Head | null = null
    for (const head of headsOf(read, device)) {
      if (before && head.entries < before.entries) return { device, entry: head.entries + 1, why: 'rolled-back' }
      if (before && head.entries === before.entries && head.hash !== before.hash)
        return { device, entry: head.entries, why: 'forked' }
      before = head
    }
  }
  return null
}

/** A person has looked the contradiction over: what a device tells from now on is held against what it tells now. */
export function acceptHeads(tx: Writer, device: string): void {
  const last = tx.get<{ seq: number; idx: number }>(
    "SELECT seq, idx FROM team_events WHERE entity = ?1 AND kind = 'log-head' AND device = ?2 ORDER BY seq DESC, idx DESC LIMIT 1",
    entityOf(device),
    device,
  )
  if (last)
    tx.run(
      'INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = ?2',
      seenKey(device),
      `${last.seq} ${last.idx}`,
    )
}
