import { expect, test } from 'vitest'
import { Rests } from '../../../src-main/mail/sync/rests'

test('what was put off is not tried at once again, waits longer each time, and is not forgotten', () => {
  let now = 0
  const rests = new Rests(() => now)
  expect(rests.nextMs()).toBeNull()
  const waits: number[] = []
  for (let n = 0; n < 20; n++) {
    rests.putOff(7)
    expect(rests.isResting(7)).toBe(true)
    expect(rests.ids()).toEqual([7])
    const wait = rests.nextMs() ?? 0
    waits.push(wait)
    now += wait
    expect(rests.isResting(7)).toBe(false)
  }
  expect(waits[0]).toBeLessThan(2_000)
  expect(waits.at(-1)).toBeGreaterThan(200_000)
  expect(Math.max(...waits)).toBeLessThan(1_000_000)
  rests.putOff(7)
  rests.end()
  expect(rests.isResting(7)).toBe(false)
  rests.putOff(7)
  rests.over(7)
  expect(rests.ids()).toEqual([])
})

test('what may be tried again before anybody asked when does not wait for ever', () => {
  let now = 1
  const rests = new Rests(() => now)
  rests.putOff(7)
  now += 3_600_000
  expect(rests.nextMs()).toBe(0)
  // Who asks what rests tries the others.
  expect(rests.ids()).toEqual([])
  expect(rests.nextMs()).toBeNull()
})
