import type { Trouble, TeamState } from '../../../src-preload/contract/calls/team'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { gaps } from './healing'
import { invites, ownWords } from './invites'
import { fitting, kinds, type KindName } from './kinds'
import { loadOf, nearLimits } from './load'
import { standing } from './events'
import { nameOfDevice } from './members'
import { recoveryState } from './recovery'
import { formerOf } from './revoking'
import { currentRoster } from './roster'
import { teamInfo } from './team-info'
import type { LinkStatus } from './service'
import { confirmedBy, standingSnapshot } from './snapshot'
import { patienceMs } from './wants'
import * as z from 'zod'
import { Role } from '../../../src-preload/contract/team'

export function teamState(workspace: Workspace, link: LinkStatus): TeamState {
  const { read } = workspace.db
  const info = teamInfo(read)
  const roster = currentRoster(read)?.body
  const owner = roster?.owner
  const erased = lastWords(read)
  const heard = new Map(
    read
      .all<{ member: string; at: number | null }>(
        'SELECT member, max(heard_at) AS at FROM team_devices GROUP BY member',
      )
      .map(({ member, at }) => [member, at]),
  )
  const members = read
    .all<{
      member: string
      name: string
      address: string
      role: string
      permissions: string
      removed_at: number | null
    }>('SELECT * FROM team_members ORDER BY removed_at IS NOT NULL, name')
    .map((row) => ({
      id: row.member,
      name: row.name,
      address: row.address,
      role: Role.parse(row.role),
      permissions: z.array(z.string()).parse(JSON.parse(row.permissions)),
      removedAt: row.removed_at,
      heardAt: heard.get(row.member) ?? null,
    }))
  const devices = read
    .all<{
      device: string
      member: string
      name: string
      added_at: number
      heard_at: number | null
      cut_off: number | null
    }>(
      'SELECT device, member, name, added_at, heard_at, cut_off FROM team_devices ORDER BY cut_off IS NOT NULL, added_at',
    )
    .map((row) => ({
      id: row.device,
      member: row.member,
      memberName: members.find(({ id }) => id === row.member)?.name ?? '',
      name: row.name,
      addedAt: row.added_at,
      heardAt: row.heard_at,
      this: row.device === workspace.device.id,
      gone: row.cut_off !== null,
      owner: row.device === owner,
      erase: roster?.devices.find(({ id }) => id === row.device)?.erase
        ? (erased.get(row.device) ?? { at: null, kept: 0, lost: 0 })
        : null,
    }))
  return {
    membership: info?.membership ?? 'none',
    mailboxId: info?.mailboxId ?? null,
    you: devices.find((one) => one.this)?.member ?? null,
    members,
    devices,
    invites:
      info?.membership === 'owner'
        ? invites(read, workspace).map((one) => ({
            ...one,
            asks: one.asks && { ...one.asks, words: [...one.asks.words] },
          }))
        : [],
    words: info?.membership === 'joining' ? [...(ownWords(read, workspace) ?? [])] : null,
    link: link.state,
    carrier: { kind: info?.carrier.kind ?? 'mailbox', url: info?.carrier.kind === 'nats' ? info.carrier.url : '' },
    waiting: info
      ? (read.get<{ n: number }>(
          `SELECT (SELECT count(*) FROM team_events WHERE device = ?1 AND seq > (SELECT coalesce(max(seq), 0) FROM team_blobs WHERE device = ?1 AND kind = 'log' AND state = 'applied')) +
         (SELECT count(*) FROM team_blobs WHERE send_at IS NOT NULL AND device = ?1) AS n`,
          workspace.device.id,
        )?.n ?? 0)
      : 0,
    recovering: recoveryState(read),
    summary: summaryOf(workspace, devices),
    trouble: info ? troubles(workspace, link) : [],
  }
}

/** Not held for anybody: it counts nowhere, and is only told. */
const farewell = 'device-erased' satisfies KindName

function lastWords(read: Reader): Map<string, { at: number; kept: number; lost: number }> {
  return new Map(
    read
      .all<{ device: string; ms: number; payload: string }>(
        `SELECT device, ms, payload FROM team_events WHERE kind = '${farewell}' AND entity = 'device:' || device`,
      )
      .flatMap(({ device, ms, payload }) => {
        const said = kinds[farewell].payload.safeParse(JSON.parse(payload))
        return said.success ? [[device, { at: ms, ...said.data }] as const] : []
      }),
  )
}

function summaryOf({ db, device }: Workspace, devices: TeamState['devices']): TeamState['summary'] {
  const snapshot = standingSnapshot(db.read)
  if (!snapshot) return null
  const others = devices.filter((one) => !one.gone && one.id !== snapshot.device)
  const confirmed = confirmedBy(db.read, snapshot.id)
  return {
    at: snapshot.at,
    confirmed: others.filter(
      ({ id }) => confirmed.has(id) || (id === device.id && snapshot.same !== null && snapshot.same >= 0),
    ).length,
    of: others.length,
  }
}

function troubles(workspace: Workspace, link: LinkStatus): Trouble[] {
  const { read } = workspace.db
  const all: Trouble[] = []
  for (const row of read.all<{ member: string; name: string; events: number; notes: number }>(
    `SELECT d.member, m.name, count(*) AS events, sum(e.kind IN ('note', 'note-edit')) AS notes FROM team_events e JOIN team_devices d ON d.device = e.device JOIN team_members m ON m.member = d.member
     WHERE e.standing = ${standing.held} AND e.kind <> '${farewell}' GROUP BY d.member`,
  ))
    all.push({ kind: 'held', ...row })
  for (const [member, { tried }] of formerOf(read, 'member')) {
    const known = read.get<{ name: string }>('SELECT name FROM team_members WHERE member = ?', member)
    if (known) all.push({ kind: 'removal', member, name: known.name, tried })
  }
  for (const [device, { tried }] of formerOf(read, 'device'))
    all.push({ kind: 'lost', device, name: nameOfDevice(read, device), tried })
  for (const { device } of read.all<{ device: string }>(
    'SELECT f.device FROM team_forks f JOIN team_devices d ON d.device = f.device WHERE d.cut_off IS NULL OR d.cut_off >= f.seq',
  ))
    all.push({ kind: 'forked', device, name: nameOfDevice(read, device) })
  const since = workspace.clock.stamp() - patienceMs
  for (const { device, from, to } of gaps(read, workspace.device.id)) {
    const old = read.get(
      "SELECT 1 FROM team_blobs WHERE at < ? AND (state = 'waiting' OR device <> ?) LIMIT 1",
      since,
      device,
    )
    if (old && read.get('SELECT 1 FROM team_devices WHERE device = ? AND cut_off IS NULL', device))
      all.push({
        kind: 'gap',
        device,
        name: nameOfDevice(read, device),
        missing: to - from + 1,
        asked: workspace.wants.asked(device),
      })
  }
  for (const { reason, count } of read.all<{ reason: string; count: number }>(
    "SELECT reason, count(*) AS count FROM team_blobs WHERE state IN ('refused', 'forked') AND reason IS NOT NULL GROUP BY reason ORDER BY reason",
  ))
    all.push({ kind: 'refused', reason, count })
  if (standingSnapshot(read)?.same === -1) all.push({ kind: 'differs' })
  for (const near of nearLimits(read)) all.push({ kind: 'limit', ...near })
  for (const { device, events } of loadOf(read)?.floods ?? [])
    if (read.get('SELECT 1 FROM team_devices WHERE device = ? AND cut_off IS NULL', device))
      all.push({ kind: 'flood', device, name: nameOfDevice(read, device), events })
  const newer =
    read.get<{ n: number }>(`SELECT count(*) AS n FROM team_events WHERE standing = ${standing.newer}`)?.n ?? 0
  if (newer > 0) all.push({ kind: 'newer', count: newer })
  const { doubt, serverOffset } = workspace.clock
  if (doubt) all.push({ kind: 'clock', doubt, minutes: Math.round(Math.abs(serverOffset ?? 0) / 60_000) })
  if (link.state === 'delayed' || link.state === 'failed')
    all.push({ kind: 'link', state: link.state, error: link.error })
  return all
}

/** What was held: recorded anew as the owner's own, or put aside. Either way it is told no more. */
export function settleHeld(tx: Writer, workspace: Workspace, member: string, take: boolean): void {
  if (teamInfo(tx)?.membership !== 'owner')
    throw new PosternError('not-allowed', 'only the owner takes over what was held')
  const held = tx.all<{ device: string; seq: number; idx: number; kind: string; entity: string; payload: string }>(
    `SELECT e.device, e.seq, e.idx, e.kind, e.entity, e.payload FROM team_events e JOIN team_devices d ON d.device = e.device WHERE d.member = ? AND e.standing = ${standing.held} AND e.kind <> '${farewell}' ORDER BY e.ms, e.ctr`,
    member,
  )
  for (const event of held) {
    const fits = fitting(event.kind, JSON.parse(event.payload))
    if (take && fits) workspace.team.record(tx, { ...fits, entity: event.entity }, false)
    tx.run(
      `UPDATE team_events SET standing = ${standing.settled} WHERE device = ? AND seq = ? AND idx = ?`,
      event.device,
      event.seq,
      event.idx,
    )
  }
  tx.changes.touched('team')
}
