import { expect, test } from 'vitest'
import { lockRules } from '../../src-preload/contract/lock'

const chosen = { lockMinutes: 30, lockOnSleep: false }

test('no choice of a person locks later than the organisation asks, and none is made for them otherwise', () => {
  expect(lockRules(chosen, {})).toEqual({ minutes: 30, onSleep: false })
  expect(lockRules(chosen, { lockMinutesLongest: 10 }).minutes).toBe(10)
  expect(lockRules({ ...chosen, lockMinutes: 5 }, { lockMinutesLongest: 10 }).minutes).toBe(5)
  // Never is the longest of all.
  expect(lockRules({ ...chosen, lockMinutes: 0 }, { lockMinutesLongest: 10 }).minutes).toBe(10)
  expect(lockRules({ ...chosen, lockMinutes: 0 }, {}).minutes).toBe(0)
  expect(lockRules(chosen, { lockOnSleep: true }).onSleep).toBe(true)
  expect(lockRules({ ...chosen, lockOnSleep: true }, { lockOnSleep: false }).onSleep).toBe(false)
})
