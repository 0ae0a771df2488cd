import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Policy } from '../../../src-preload/contract/policy'
import { Harness } from '../helpers'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

const says = (policy: Policy) =>
  store.app.call('policy.set', { source: 'a file', managedBy: 'IT', locked: [], faults: [], policy })
const minutes = async (): Promise<unknown[]> => [
  (await store.call('settings.get', {})).lockMinutes,
  // What app locks by.
  (await store.app.call('settings.get', {}))['lockMinutes'],
]

test('what policy gives people to begin with does not undo what they chose, and goes with the policy', async () => {
  const own = (await store.call('settings.get', {})).lockMinutes
  await says({ defaults: { lockMinutes: 5, undoSeconds: 20 } })
  expect(await minutes()).toEqual([5, 5])
  await store.call('settings.set', { lockMinutes: 30 })
  await says({ defaults: { lockMinutes: 7 } })
  expect(await minutes()).toEqual([30, 30])
  expect((await store.call('settings.get', {})).undoSeconds).toBe(10)
  await says({ defaults: { undoSeconds: 25 } })
  // The policy is taken away while the program does not run.
  await store.restart()
  await store.app.call('policy.set', { source: null, managedBy: null, locked: [], faults: [], policy: {} })
  expect((await store.call('settings.get', {})).undoSeconds).toBe(10)
  expect(await minutes()).toEqual([30, 30])
  expect(own).not.toBe(30)
})
