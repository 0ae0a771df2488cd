import { beforeEach, expect, test } from 'vitest'
import { gaps } from '../../../src-main/store/team/healing'
import { packItems } from '../../../src-main/store/team/items'
import { cutOff } from '../../../src-main/store/team/cut-off'
import { createTeam } from '../../../src-main/store/team/roster'
import { againMs, patienceMs, Wants } from '../../../src-main/store/team/wants'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'

let server: Server
let now: number
let ana: Console
let ben: Console
let cy: Console

beforeEach(() => {
  server = new Server()
  now = Date.UTC(2026, 5, 1)
  ;[ana, ben, cy] = consoles(3, now) as [Console, Console, Console]
  write(ana, (tx) => createTeam(tx, ana.workspace, 1, 'support@acme.test'))
  for (const one of [ben, cy]) join(ana.workspace, one.workspace, `A${one.index}`)
  // What is kept in memory only would outlive the test.
  for (const { workspace } of [ana, ben, cy]) Object.assign(workspace, { wants: new Wants(workspace) })
  for (const one of [ana, ben, cy]) give(one)
  for (const one of [ana, ben, cy]) take(one)
})

function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
/** @returns how many items went out */
function give(one: Console): number {
  one.time.now = now
  return sendAll(one.workspace, server, now)
}
function take(one: Console, places = server.list(Number.POSITIVE_INFINITY)): void {
  one.time.now = now
  receive(one.workspace, server, places)
  one.workspace.wants.look(one.workspace.db.read)
}
function tag(one: Console, name: string): void {
  write(one, (tx) => {
    one.workspace.team.record(tx, {
      kind: 'tag',
      entity: 'c:AAAAAAAAAAAAAAAAAAAAAA',
      payload: { tag: `tagtagtag${name}`, on: true },
    })
    one.workspace.team.closeBatch(tx)
  })
}
/** The question that is due at a console, put on the server. */
function ask(one: Console): string | null {
  one.time.now = now
  const want = one.workspace.wants.outgoing()
  if (!want) return null
  const place = server.append(packItems([{ kind: 'want', bytes: want.bytes }]), 0)
  one.workspace.wants.sent(place)
  return place
}
const gap = (one: Console): unknown => gaps(one.workspace.db.read, one.id)

/** Ben's first message is seen by Ana and gone before Cy could read it. */
function loseOne(): void {
  tag(ben, '1')
  give(ben)
  const lost = server.list(Number.POSITIVE_INFINITY).at(-1) ?? ''
  take(ana)
  server.remove(lost)
  tag(ben, '2')
  give(ben)
  take(cy)
}

test('what others have and one misses is asked for once, and sent again by one of those who have it, not by all', () => {
  loseOne()
  expect(gap(cy)).toMatchObject([{ device: ben.id, from: 1, to: 1 }])
  // Messages that only overtake each other are nobody's business.
  now += patienceMs - 1000
  expect(ask(cy)).toBe(null)
  now += 2000
  const place = ask(cy)
  expect(place).not.toBe(null)
  expect(cy.workspace.wants.asked(ben.id)).toBe(true)
  expect(ask(cy)).toBe(null)
  // Ana hears of it while Ben is away.
  take(ana, [place ?? ''])
  expect(give(ana)).toBe(0)
  now += 60_000
  take(ben, [place ?? ''])
  expect(give(ben)).toBe(1)
  // Ana finds it there and keeps quiet.
  take(ana)
  now += 60_000
  expect(give(ana)).toBe(0)
  take(cy)
  expect(gap(cy)).toEqual([])
  // The question has had its day, and goes.
  expect(cy.workspace.wants.superfluous()).toEqual([place])
})

test('a console that has it answers for one that is away; asked again at once, it does not answer again', () => {
  loseOne()
  now += patienceMs + 1000
  const place = ask(cy) ?? ''
  take(ana, [place])
  now += 61_000
  expect(give(ana)).toBe(1)
  take(ana, [place])
  now += 61_000
  expect(give(ana)).toBe(0)
  // The answer got lost too: after a while it is asked, and answered, anew.
  server.remove(server.list(Number.POSITIVE_INFINITY).at(-1) ?? '')
  expect(ask(cy)).toBe(null)
  now += againMs
  const second = ask(cy) ?? ''
  take(ana, [second])
  now += 61_000
  expect(give(ana)).toBe(1)
})

test('nobody answers a forged question, one of who was taken out, or one of last week (R60)', () => {
  loseOne()
  now += patienceMs + 1000
  const place = ask(cy) ?? ''
  const pack = Buffer.from(server.pack(place))
  const bent = Buffer.from(pack)
  bent.writeUInt8(bent.readUInt8(bent.length - 1) ^ 1, bent.length - 1)
  const forged = server.append(bent, 0)
  take(ana, [forged])
  now += 61_000
  expect(give(ana)).toBe(0)
  expect(
    ana.workspace.db.read.get<{ n: number }>(
      "SELECT count(*) AS n FROM team_blobs WHERE kind = 'want' AND state = 'refused'",
    ),
  ).toEqual({ n: 1 })
  now += 7 * 86_400_000
  take(ana, [place])
  now += 61_000
  expect(give(ana)).toBe(0)
  now -= 7 * 86_400_000
  write(ana, (tx) =>
    cutOff(tx, ana.workspace, {
      device: cy.id,
    }),
  )
  give(ana)
  take(ana, [place])
  now += 61_000
  expect(give(ana)).toBe(0)
})

test('who is told of a gap may ask at once, and one of a person who left is not asked for', () => {
  loseOne()
  cy.workspace.wants.hurry(cy.workspace.db.read)
  expect(ask(cy)).not.toBe(null)
  write(ana, (tx) => cutOff(tx, ana.workspace, { device: ben.id }))
  give(ana)
  take(cy)
  now += againMs + patienceMs
  expect(ask(cy)).toBe(null)
})

test('a clock that was set back keeps no gap from being asked for, and no question from being answered', () => {
  now += 400 * 86_400_000
  loseOne()
  now += patienceMs + 1000
  const early = ask(cy) ?? ''
  take(ana, [early])
  now += 61_000
  expect(give(ana)).toBe(1)
  server.remove(server.list(Number.POSITIVE_INFINITY).at(-1) ?? '')
  now -= 400 * 86_400_000
  for (const one of [ana, cy]) take(one, [])
  now += againMs + patienceMs
  const late = ask(cy)
  expect(late).not.toBe(null)
  take(ana, [late ?? ''])
  now += 61_000
  expect(give(ana)).toBe(1)
})
