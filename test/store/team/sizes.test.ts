import { beforeEach, expect, test } from 'vitest'
import { largestTeamMessage } from '../../../src-main/mail/team/team-message'
import { changeRoster, createTeam } from '../../../src-main/store/team/roster'
import { drawSnapshot, keepSnapshot, standingSnapshot } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'

let server: Server
let now: number
let ana: Console
let ben: Console
beforeEach(() => {
  server = new Server()
  now = Date.UTC(2026, 5, 1)
  ;[ana, ben] = consoles(2, now) as [Console, Console]
  write(ana, (tx) => createTeam(tx, ana.workspace, 1, 'support@acme.test'))
})

function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
const all = (): string[] => server.list(Number.POSITIVE_INFINITY)
/** Each event in a batch of its own. */
function notes(one: Console, texts: readonly string[]): void {
  for (const [n, text] of texts.entries())
    write(one, (tx) => {
      one.workspace.team.record(tx, {
        kind: 'note',
        entity: `c:${'conversation'.padEnd(22, '0')}`,
        payload: { note: `note${String(n).padStart(6, '0')}`, text },
      })
      one.workspace.team.closeBatch(tx)
    })
}
function sumUp(): void {
  const drawn = finish(drawSnapshot(ana.workspace))
  if (drawn) write(ana, (tx) => keepSnapshot(tx, ana.workspace, drawn, server.generation, all()))
}
const state = (one: Console): unknown =>
  one.workspace.db.read.all('SELECT owner, field, element, value FROM team_state ORDER BY owner, field, element, rank')

test('long notes whose letters take several bytes never keep the owner from summing up, and so from everybody', () => {
  // Each letter another, so that they hardly pack.
  const text = (n: number): string =>
    Array.from({ length: 48_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919 + n * 104_729) % 20_000))).join(
      '',
    )
  notes(
    ana,
    Array.from({ length: 8 }, (_, n) => text(n)),
  )
  sendAll(ana.workspace, server, now)
  sumUp()
  sendAll(ana.workspace, server, now)
  join(ana.workspace, ben.workspace, 'Ben')
  sendAll(ana.workspace, server, now)
  receive(
    ben.workspace,
    server,
    all()
      .filter((place) => !server.summaries().includes(place))
      .slice(-1),
  )
  receive(ben.workspace, server, server.summaries())
  expect(standingSnapshot(ben.workspace.db.read)?.same).toBe(0)
  expect(state(ben)).toEqual(state(ana))
})

test('a roster that was changed often never makes the summary larger than a message that is taken in', () => {
  const person = (n: number): { id: string; name: string; address: string } => ({
    id: `member${String(n).padStart(6, '0')}`,
    name: `Colleague number ${n} of the team`,
    address: `colleague.number.${n}@acme.test`,
  })
  write(ana, (tx) => {
    for (let n = 0; n < 40; n++)
      changeRoster(tx, ana.workspace, (body) => ({
        ...body,
        members: [
          ...body.members.slice(0, 1),
          ...Array.from({ length: 400 }, (_, place) => ({
            ...person(place + n),
            role: 'agent' as const,
            permissions: [],
            removedAt: now,
          })),
        ],
      }))
  })
  sendAll(ana.workspace, server, now)
  notes(ana, ['words'])
  join(ana.workspace, ben.workspace, 'Ben')
  sendAll(ana.workspace, server, now)
  sumUp()
  sendAll(ana.workspace, server, now)
  for (const place of all()) expect(server.pack(place).byteLength * (4 / 3)).toBeLessThan(largestTeamMessage / 2)
  receive(ben.workspace, server, server.summaries())
  expect(standingSnapshot(ben.workspace.db.read)?.same).toBe(0)
  expect(state(ben)).toEqual(state(ana))
})
