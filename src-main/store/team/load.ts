import * as z from 'zod'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { teamInfo } from './team-info'

/** What a mailbox carries before its users notice: beyond it claims come late and servers slow down. */
const carrierLimits = { devices: 15, events: 10_000, messages: 20_000 } as const
/** From this part of a limit on it is told. */
const warnAt = 0.7
/** More events of one device in an hour are no person's work. */
const floodEvents = 2000
const hourMs = 3_600_000

const Load = z.object({
  events: z.int(),
  messages: z.int(),
  floods: z.array(z.object({ device: z.string(), events: z.int() })),
})

/** Counts what the team writes; kept, since it is asked for far more often than it changes. @param messages that lie on the server; null: as before */
export function noteLoad(tx: Writer, workspace: Workspace, messages: number | null): void {
  if (!teamInfo(tx)) return
  const now = workspace.clock.stamp()
  const count = (since: number): { device: string; events: number }[] =>
    tx.all<{ device: string; events: number }>(
      'SELECT device, count(*) AS events FROM team_events WHERE ms > ? GROUP BY device',
      since,
    )
  const before = loadOf(tx)
  const load = {
    events: count(now - 24 * hourMs).reduce((sum, { events }) => sum + events, 0),
    messages: messages ?? before?.messages ?? 0,
    floods: count(now - hourMs).filter(({ device, events }) => events > floodEvents && device !== workspace.device.id),
  }
  const text = JSON.stringify(load)
  if (text === JSON.stringify(before)) return
  tx.run("INSERT INTO team_info(key, value) VALUES('load', ?1) ON CONFLICT DO UPDATE SET value = ?1", text)
  tx.changes.touched('team')
}

export function loadOf(read: Reader): z.output<typeof Load> | null {
  const row = read.get<{ value: string }>("SELECT value FROM team_info WHERE key = 'load'")
  return row ? Load.parse(JSON.parse(row.value)) : null
}

export interface NearLimit {
  readonly what: keyof typeof carrierLimits
  readonly count: number
  readonly most: number
}

/** Limits of the mailbox that are near. A server of the team's own has none that a team would reach. */
export function nearLimits(read: Reader): NearLimit[] {
  const load = loadOf(read)
  if (!load || teamInfo(read)?.carrier.kind !== 'mailbox') return []
  const devices = read.get<{ n: number }>('SELECT count(*) AS n FROM team_devices WHERE cut_off IS NULL')?.n ?? 0
  const now = { devices, events: load.events, messages: load.messages }
  return (['devices', 'events', 'messages'] as const)
    .filter((what) => now[what] >= carrierLimits[what] * warnAt)
    .map((what) => ({ what, count: now[what], most: carrierLimits[what] }))
}
