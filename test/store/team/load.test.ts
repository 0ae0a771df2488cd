import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
let ana: Harness
let ben: Harness
beforeEach(async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  ;[ana, ben] = team.two
})
afterEach(() => team.stop())

const kinds = async (one: Harness): Promise<unknown[]> =>
  (await one.call('team.state', {})).trouble.filter(({ kind }) => kind === 'limit' || kind === 'flood')
const folder = (one: Harness, count: number): Promise<unknown> =>
  one.mail.call('team.folder', { generation: 'other', places: Array.from({ length: count }, (_, n) => String(n + 1)) })

test('nobody is warned of a limit that is far, everybody of one that is near, and nobody on a server of their own', async () => {
  await folder(ana, 13_999)
  expect(await kinds(ana)).toEqual([])
  await folder(ana, 14_000)
  expect(await kinds(ana)).toEqual([{ kind: 'limit', what: 'messages', count: 14_000, most: 20_000 }])
  ana.db.write((tx) =>
    tx.run(
      'UPDATE team_info SET value = json_set(value, \'$.carrier\', json(\'{"kind":"nats","url":"nats://x:1","token":""}\')) WHERE key = \'team\'',
    ),
  )
  expect(await kinds(ana)).toEqual([])
})

test('a computer that writes more than a person can is named to the others, not to itself', async () => {
  const { workspace } = ben.service.open
  ben.db.write((tx) => {
    for (let n = 0; n < 2001; n++)
      workspace.team.record(tx, {
        kind: 'tag',
        entity: `c:${String(n).padStart(22, '0')}`,
        payload: { tag: 'tagtagtag', on: true },
      })
  }, 'normal')
  await team.pump()
  await folder(ana, 3)
  await folder(ben, 3)
  expect(await kinds(ana)).toEqual([{ kind: 'flood', device: workspace.device.id, name: 'Ben', events: 2001 }])
  expect(await kinds(ben)).toEqual([])
})

test('what was refused is told until a person puts it aside, and changes nothing either way', async () => {
  await ana.mail.call('team.arrived', {
    generation: 'g',
    messages: [{ place: '999', pack: Buffer.from('PST1 not at all') }],
  })
  const refused = async (): Promise<number> =>
    (await ana.call('team.state', {})).trouble.filter(({ kind }) => kind === 'refused').length
  expect(await refused()).toBe(1)
  await ana.call('team.forgetRefused', {})
  expect(await refused()).toBe(0)
})
