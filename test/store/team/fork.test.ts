import { beforeEach, expect, test } from 'vitest'
import { cutOff } from '../../../src-main/store/team/cut-off'
import { createTeam } from '../../../src-main/store/team/roster'
import { settleHeld, teamState } from '../../../src-main/store/team/trouble'
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
  join(ana.workspace, ben.workspace, 'Ben')
  join(ana.workspace, cy.workspace, 'Cy')
  sendAll(ana.workspace, server, now)
  take(ben)
})
function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
function take(one: Console): void {
  one.time.now = now
  receive(one.workspace, server, server.list(Number.POSITIVE_INFINITY))
}
function note(one: Console, name: string): void {
  write(one, (tx) => {
    one.workspace.team.record(tx, {
      kind: 'note',
      entity: 'c:AAAAAAAAAAAAAAAAAAAAAA',
      payload: { note: name, text: name },
    })
    one.workspace.team.closeBatch(tx)
  })
  sendAll(one.workspace, server, now)
}
const troubles = (): string[] =>
  teamState(ana.workspace, { state: 'live', error: null, at: 0 }).trouble.map(({ kind }) => kind)

test('a device that spoke with two tongues is told no more once it was taken out, and its words are not lost (R60)', () => {
  note(ben, 'note000001')
  take(ana)
  note(ben, 'note000002')
  take(ana)
  // Back from a backup: the second batch anew.
  write(ben, (tx) => {
    tx.run('DELETE FROM team_events WHERE seq = 2')
    tx.run('DELETE FROM team_batches WHERE seq = 2')
    tx.run("DELETE FROM team_blobs WHERE seq = 2 AND kind = 'log'")
  })
  note(ben, 'note000003')
  take(ana)
  expect(troubles()).toContain('forked')
  write(ana, (tx) => cutOff(tx, ana.workspace, { device: ben.id }))
  expect(troubles()).toEqual(['held'])
  const { member } = ana.workspace.db.read.get<{ member: string }>(
    'SELECT member FROM team_devices WHERE device = ?',
    ben.id,
  ) ?? { member: '' }
  write(ana, (tx) => settleHeld(tx, ana.workspace, member, true))
  expect(troubles()).toEqual([])
  const notes = (one: Console): unknown =>
    one.workspace.db.read.all("SELECT element FROM team_state WHERE field = 'notes' ORDER BY element")
  expect(notes(ana)).toEqual([{ element: 'note000001' }, { element: 'note000002' }])
  // The other words come once more: nothing of it is lost again.
  sendAll(ana.workspace, server, now)
  for (const one of [ana, cy]) {
    take(one)
    expect(notes(one)).toEqual([{ element: 'note000001' }, { element: 'note000002' }])
  }
})
