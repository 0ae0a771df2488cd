import { beforeEach, expect, test } from 'vitest'
import { folderIs, placesOf } from '../../../src-main/store/team/healing'
import { createTeam } from '../../../src-main/store/team/roster'
import { drawSnapshot, keepSnapshot, needlessUpTo } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { awaitRoster, enrol, join, receive, sendAll } from '../../sim/team'

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
  join(ana.workspace, ben.workspace, 'Ben')
  exchange()
})
function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
const there = (): string[] => server.list(Number.POSITIVE_INFINITY)
/** In the order of the link: summaries and what came after them, then what is not needless. */
function look(one: Console): void {
  now += 120_000
  one.time.now = now
  const unread = (): string[] => {
    const known = new Set(placesOf(one.workspace.db.read, server.generation))
    const upTo = Number(needlessUpTo(one.workspace.db.read, server.generation) ?? 0)
    return there().filter((place) => !known.has(place) && Number(place) > upTo)
  }
  if (unread().length > 20) {
    const last = Number(server.summaries().at(-1) ?? Number.POSITIVE_INFINITY)
    receive(
      one.workspace,
      server,
      unread().filter((place) => server.summaries().includes(place) || Number(place) > last),
    )
  }
  receive(one.workspace, server, unread())
  write(one, (tx) => folderIs(tx, one.workspace, server.generation, there(), () => 0.5))
}
function exchange(): void {
  for (let round = 0; round < 3; round++)
    for (const one of [ana, ben]) {
      look(one)
      sendAll(one.workspace, server, now)
    }
}
function note(one: Console, name: string): void {
  now += 1000
  write(one, (tx) =>
    one.workspace.team.record(tx, {
      kind: 'note',
      entity: 'c:AAAAAAAAAAAAAAAAAAAAAA',
      payload: { note: name, text: name },
    }),
  )
}
const notes = (one: Console): string[] =>
  one.workspace.db.read
    .all<{ element: string }>("SELECT element FROM team_state WHERE field = 'notes' AND rank = 0 ORDER BY element")
    .map(({ element }) => element)

test('who joins after the folder began anew under the same UIDVALIDITY is told every word', () => {
  const names: string[] = []
  for (let n = 10; n < 30; n++) {
    names.push(`note0000${n}`)
    note(n % 2 ? ana : ben, `note0000${n}`)
    exchange()
  }
  const drawn = finish(drawSnapshot(ana.workspace))
  if (drawn) write(ana, (tx) => keepSnapshot(tx, ana.workspace, drawn, server.generation, there()))
  exchange()
  names.push('note-after-summary')
  note(ben, 'note-after-summary')
  exchange()
  const { generation } = server
  server.wipe()
  server.generation = generation
  // Ben works on before the owner's console is back: her summary comes behind his words.
  for (let n = 40; n < 62; n++) {
    names.push(`note0000${n}`)
    note(ben, `note0000${n}`)
    look(ben)
    sendAll(ben.workspace, server, now)
  }
  exchange()
  expect(server.summaries().length).toBeGreaterThan(0)
  enrol(ana.workspace, cy.workspace, 'Cy')
  write(cy, (tx) => awaitRoster(tx, ana.workspace))
  exchange()
  look(cy)
  look(cy)
  expect(notes(cy)).toEqual(names.toSorted())
})
