import { afterEach, expect, test } from 'vitest'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
afterEach(() => team.stop())

/** What a console's access log says of the team, in order. */
async function changes(one: Harness): Promise<[string, string, object][]> {
  const { entries } = await one.call('accessLog.list', {})
  return entries
    .filter(({ act }) => ['member-joined', 'member-left', 'role-changed'].includes(act))
    .map(({ who, act, detail }): [string, string, object] => [who.name, act, detail])
    .toReversed()
}

test('nobody comes, goes, or may do more or less, without a line in the access log of every console', async () => {
  team = await PumpedTeam.make('Ana', 'Ben', 'Cleo')
  const [ana, ben] = team.two
  const [, , cleo] = team.consoles
  if (!cleo) throw new Error('no third console')
  await team.setRole(ben, 'agent', ['support-access', 'manage-mailboxes'])
  await team.setRole(ben, 'admin')
  const { you } = await cleo.call('team.state', {})
  await ana.call('team.remove', { member: you ?? '', erase: false })
  await team.pump()
  const since = [
    ['Ana', 'role-changed', { name: 'Ben', role: 'agent', permissions: 'manage-mailboxes, support-access' }],
    ['Ana', 'role-changed', { name: 'Ben', role: 'admin' }],
    ['Ana', 'member-left', { name: 'Cleo', role: 'agent' }],
  ]
  const cleoJoined = ['Ana', 'member-joined', { name: 'Cleo', role: 'agent' }]
  expect(await changes(ana)).toEqual([['Ana', 'member-joined', { name: 'Ben', role: 'agent' }], cleoJoined, ...since])
  // Whom the team had when somebody came is no change to them.
  expect(await changes(ben)).toEqual([cleoJoined, ...since])
})

test('a roster that changes nothing about people leaves no line', async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  const before = [await changes(ana), await changes(ben)]
  await team.setRole(ben, 'agent')
  expect([await changes(ana), await changes(ben)]).toEqual(before)
})
