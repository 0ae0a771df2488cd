import { afterEach, expect, test, vi } from 'vitest'
import { entityOfMessage } from '../../../src-main/store/team/anchors'
import { Intake } from '../../../src-main/store/team/incoming'
import { packItems } from '../../../src-main/store/team/items'
import { nextPack, sealOwn } from '../../../src-main/store/team/outgoing'
import { changeRoster, createTeam, currentRoster } from '../../../src-main/store/team/roster'
import type { Workspace } from '../../../src-main/store/workspace'
import { join } from '../../sim/team'
import { Harness } from '../helpers'

const open: Harness[] = []
afterEach(() => Promise.all(open.splice(0).map((one) => one.stop())))

/** An owner and one who joins; what the owner has is given to the other by hand. */
async function two(): Promise<{ ana: Harness; ben: Harness; from: Workspace; to: Workspace }> {
  const [ana, ben] = [await Harness.make(), await Harness.make()]
  open.push(ana, ben)
  const [from, to] = [ana.service.open.workspace, ben.service.open.workspace]
  ana.db.write((tx) => createTeam(tx, from, 1, 'support@acme.test'))
  join(from, to, 'Ben')
  return { ana, ben, from, to }
}
const packOf = (one: Harness): Uint8Array => {
  one.db.write((tx) => sealOwn(tx, one.service.open.workspace))
  return nextPack(one.db.read, Date.now())?.pack ?? packItems([])
}

test('what came from others and is not shown yet is not taken for a part of an act of our own', async () => {
  const { ana, ben, from, to } = await two()
  const { folders } = await ben.mailbox()
  await ben.put(folders['INBOX'] ?? 0, { from: 'h@x.test', id: 'm1@x' })
  const entity = entityOfMessage('m1@x', new Uint8Array())
  ana.db.write((tx) => from.team.record(tx, { kind: 'status', entity, payload: { status: 'pending' } }))
  const intake = new Intake(to)
  const pack = packOf(ana)
  ben.db.write((tx) => {
    intake.take(tx, 'g', { place: '1', pack }, 0, () => false)
    intake.apply(tx, () => false)
  })
  expect(await ben.list('pending')).toHaveLength(0)
  ben.db.write((tx) => to.team.record(tx, { kind: 'tag', entity, payload: { tag: 'tagtagtag', on: true } }))
  expect(await ben.list('pending')).toHaveLength(1)
})

test('steps that are cut off after every item and every batch come to the same as one (P1)', async () => {
  const { ana, ben, from, to } = await two()
  for (let n = 0; n < 12; n++) {
    ana.db.write((tx) => {
      from.team.record(tx, {
        kind: 'tag',
        entity: `c:${'conversation'.padEnd(21, '0')}${n % 3}`,
        payload: { tag: `tagtagtag${n % 4}`, on: n % 5 !== 0 },
      })
      from.team.closeBatch(tx)
    })
  }
  const message = { place: '1', pack: packOf(ana) }
  const intake = new Intake(to)
  let steps = 0
  for (let from: number | null = 0; from !== null; steps++) {
    const at: number = from
    from = ben.db.write((tx) => intake.take(tx, 'g', message, at, () => true))
  }
  while (ben.db.write((tx) => intake.apply(tx, () => true))) steps++
  while (ben.db.write((tx) => to.team.refreshStale(tx, () => true))) steps++
  expect(steps).toBeGreaterThan(25)
  const state = (one: Harness): unknown =>
    one.db.read.all(
      'SELECT owner, field, element, rank, value, device, seq, idx, at FROM team_state ORDER BY owner, field, element, rank',
    )
  expect(state(ben)).toEqual(state(ana))
  expect(ben.db.read.all('SELECT DISTINCT place FROM team_places')).toEqual([{ place: '1' }])
})

test('a long roster is not read anew from its beginning for each record of it that comes', async () => {
  const { ana, ben, from, to } = await two()
  for (let n = 0; n < 60; n++)
    ana.db.write((tx) => changeRoster(tx, from, (body) => ({ ...body, name: `The name ${n}` })))
  const intake = new Intake(to)
  const pack = packOf(ana)
  const reading = vi.spyOn(JSON, 'parse')
  ben.db.write((tx) => intake.take(tx, 'g', { place: '1', pack }, 0, () => false))
  const read = reading.mock.calls.length
  reading.mockRestore()
  expect(currentRoster(ben.db.read)).toEqual(currentRoster(ana.db.read))
  expect(read).toBeLessThan(60 * 25)
})
