import { beforeEach, expect, test } from 'vitest'
import { coveredMs, settledSnapshot } from '../../../src-main/store/team/pruning'
import { createTeam } from '../../../src-main/store/team/roster'
import {
  checkSnapshot,
  confirmSnapshot,
  drawSnapshot,
  keepSnapshot,
  snapshotDue,
  standingSnapshot,
} from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'

const day = 86_400_000
const year = 365 * day
const entity = `c:${'conversation'.padEnd(22, '0')}`
let server: Server
let now: number
let ana: Console
let ben: Console

beforeEach(() => {
  server = new Server()
  now = Date.UTC(2026, 5, 1)
  ;[ana, ben] = consoles(2, now) as [Console, Console]
  write(ana, (tx) => createTeam(tx, ana.workspace, 1, 'support@acme.test'))
  join(ana.workspace, ben.workspace, 'Ben')
  exchange()
})

function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
/** Everybody hears everything. */
function exchange(): void {
  for (const one of [ana, ben, ana, ben]) {
    one.time.now = now
    sendAll(one.workspace, server, now)
    receive(one.workspace, server, server.list(now))
  }
}
function note(one: Console, name: string): void {
  write(one, (tx) => {
    one.workspace.team.record(tx, { kind: 'note', entity, payload: { note: name, text: 'words' } })
    one.workspace.team.closeBatch(tx)
  })
}
function sumUp(): void {
  ana.time.now = now
  const drawn = finish(drawSnapshot(ana.workspace))
  if (drawn) write(ana, (tx) => keepSnapshot(tx, ana.workspace, drawn, server.generation, server.list(now)))
  exchange()
  write(ben, (tx) => confirmSnapshot(tx, ben.workspace, finish(checkSnapshot(ben.workspace))))
  exchange()
}
const due = (): boolean => {
  ana.time.now = now
  return snapshotDue(ana.workspace.db.read, ana.workspace, ana.workspace.clock.stamp())
}
const stampOf = (one: Console, name: string): number =>
  one.workspace.db.read.get<{ at: number }>("SELECT at FROM team_state WHERE field = 'notes' AND element = ?", name)
    ?.at ?? 0

test('words written after a clock was set right are not dated by the clock that was ahead (R55)', () => {
  ana.skew = year
  note(ana, 'note-ahead')
  exchange()
  ana.skew = 0
  now += day
  note(ana, 'note-right')
  note(ana, 'note-after')
  exchange()
  expect(stampOf(ben, 'note-ahead') - now).toBeGreaterThan(300 * day)
  for (const name of ['note-right', 'note-after']) expect(Math.abs(stampOf(ben, name) - now)).toBeLessThan(day)
})

test('a summary that was made while the clock was ahead does not keep the next from being made, heard and settled (R55)', () => {
  note(ana, 'note-first')
  exchange()
  ana.skew = year
  sumUp()
  const before = standingSnapshot(ben.workspace.db.read)
  expect(before?.at).toBeGreaterThan(now + 300 * day)
  ana.skew = 0
  now += day
  // Nothing was written since: another one would say the same.
  note(ana, 'note-later')
  exchange()
  expect(due()).toBe(true)
  sumUp()
  expect(due()).toBe(false)
  for (const one of [ana, ben]) {
    const standing = standingSnapshot(one.workspace.db.read)
    expect(standing?.id).not.toBe(before?.id)
    expect(standing?.at).toBe(now)
    expect(one.workspace.db.read.all('SELECT id FROM team_snapshots')).toHaveLength(1)
  }
  // Who reads everything there, the earlier one last, keeps the newer one.
  receive(ben.workspace, server, server.list(now).toReversed())
  expect(standingSnapshot(ben.workspace.db.read)?.at).toBe(now)
  expect(settledSnapshot(ana.workspace.db.read, now + coveredMs + 1)?.at).toBe(now)
})
