import { beforeEach, expect, test } from 'vitest'
import { folderIs } from '../../../src-main/store/team/healing'
import { superfluous } from '../../../src-main/store/team/pruning'
import { packItems } from '../../../src-main/store/team/items'
import { cutOff } from '../../../src-main/store/team/cut-off'
import { createTeam, currentRoster, type RosterBody } from '../../../src-main/store/team/roster'
import { recover } from '../../../src-main/store/team/recovery'
import { readRecord, sealRecord } from '../../../src-main/crypto/roster-record'
import { drawSnapshot, keepSnapshot, standingSnapshot } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { teamInfo } from '../../../src-main/store/team/team-info'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'
import { noBlob, sealBlob, toCbor } from '../../../src-main/crypto/blob'
import { randomBytes } from 'node:crypto'

const day = 86_400_000
let server: Server
let now: number
let code: string
let ana: Console
let ben: Console
let cy: Console
let dan: Console
beforeEach(() => {
  server = new Server()
  now = Date.UTC(2026, 5, 1)
  ;[ana, ben, cy, dan] = consoles(4, now) as [Console, Console, Console, Console]
  write(ana, (tx) => (code = createTeam(tx, ana.workspace, 1, 'support@acme.test').recoveryCode))
  for (const one of [ben, cy, dan]) join(ana.workspace, one.workspace, `A${one.index}`)
  for (const one of [ana, ben, cy, dan]) give(one)
  for (const one of [ana, ben, cy, dan]) take(one)
})

function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
const give = (one: Console): number => {
  one.time.now = now
  return sendAll(one.workspace, server, now)
}
const all = (): string[] => server.list(Number.POSITIVE_INFINITY)
function take(one: Console, places = all()): void {
  one.time.now = now
  receive(one.workspace, server, places)
}
const compare = (one: Console): void =>
  write(one, (tx) => folderIs(tx, one.workspace, server.generation, all(), () => 0))

test('a request to join that was cleared away is not put back, by anybody', () => {
  const request = toCbor([1, randomBytes(8), randomBytes(60)])
  server.append(packItems([{ kind: 'join', bytes: request }]), 0)
  const before = all()
  const place = before.at(-1) ?? ''
  for (const one of [ana, ben, cy]) take(one)
  ana.time.now = now += 3 * day
  const gone = superfluous(ana.workspace.db.read, ana.workspace, server.generation)
  expect(gone).toContain(place)
  server.remove(place)
  for (const one of [ana, ben, cy]) {
    compare(one)
    expect(give(one)).toBe(0)
  }
  expect(all()).toEqual(before.filter((one) => one !== place))
})
