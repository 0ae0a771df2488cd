import { afterEach, beforeEach, expect, test } from 'vitest'
import { earliest, noticeOf } from '../../../src-preload/contract/processors'
import { kinds } from '../../../src-main/store/team/kinds'
import { codeOf, Harness } from '../helpers'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

const policy = { name: null, kind: 'policy', label: 'Version 2', announced: '2026-10-01', from: '2026-10-31' } as const
const entries = async () => (await store.call('register.list', {})).entries

test('no change of the register is lost, and none is taken that is in force before it was announced', async () => {
  const { name } = await store.call('register.save', policy)
  await store.call('register.save', { name: null, kind: 'processor', label: 'Hostwerk', place: 'Germany' })
  expect(await codeOf(store.call('register.save', { ...policy, label: 'version 2' }))).toBe('conflict')
  expect(await codeOf(store.call('register.save', { ...policy, label: 'V3', from: '2026-09-30' }))).toBe(
    'invalid-input',
  )
  expect(await codeOf(store.call('register.save', { ...policy, label: 'V3', from: '2026-02-30' }))).toBe(
    'invalid-input',
  )
  await store.call('register.save', { ...policy, name, label: 'Version 2.1' })
  // The same name may stand for another kind of entry.
  await store.call('register.save', { name: null, kind: 'processor', label: 'Version 2.1' })
  expect((await entries()).map(({ label }) => label)).toEqual(['Version 2.1', 'Hostwerk', 'Version 2.1'])
  const { undo } = await store.call('register.remove', { name })
  expect(await entries()).toHaveLength(2)
  await store.call('acts.undo', { undo })
  expect((await entries())[0]).toMatchObject({ name, kind: 'policy', from: '2026-10-31' })
  // Making and changing are taken back as well.
  const changed = await store.call('register.save', { ...policy, name, label: 'Version 3' })
  const made = await store.call('register.save', { ...policy, label: 'Version 4' })
  for (const act of [changed, made]) await store.call('acts.undo', { undo: act.undo })
  expect((await entries()).map(({ label }) => label).toSorted()).toEqual(['Hostwerk', 'Version 2.1', 'Version 2.1'])
})

test('the notice is not a day too short, over a change of summer time and a leap day', () => {
  for (const day of ['2026-02-20', '2026-03-15', '2026-10-10', '2028-02-15', '2026-12-20'])
    expect(noticeOf({ announced: day, from: earliest(day) }), day).toBe(30)
  expect(noticeOf({ announced: null, from: '2026-01-01' })).toBeNull()
})

test('nobody who may not manage the team changes the register, by a crafted event either', () => {
  expect(kinds['processor-define'].permission).toBe('manage-team')
})
