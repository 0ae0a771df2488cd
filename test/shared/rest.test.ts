import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { giveBackAtRest, Rest, workMeter } from '../../src-main/shared/rest'

const MiB = 1024 * 1024

test('does not collect while there is work, nor in a short pause', () => {
  const rest = new Rest()
  expect([0.5, 0, 0, 0.4, 0, 0].map((busy) => rest.isTime(busy, 100 * MiB))).toEqual(Array(6).fill(false))
  expect(rest.isTime(0.01, 100 * MiB)).toBe(true)
})

test('does not collect again and again what is needed', () => {
  const rest = new Rest()
  const looks = (heap: number) => Array.from({ length: 6 }, () => rest.isTime(0, heap)).filter(Boolean).length
  expect(looks(3 * MiB)).toBe(0)
  expect(looks(60 * MiB)).toBe(2)
  rest.gaveBack(50 * MiB)
  expect(looks(53 * MiB)).toBe(0)
  expect(looks(70 * MiB)).toBe(2)
})

test('what piles up at work is not collected before it is much, and is again only when as much has come since', () => {
  const rest = new Rest(16 * MiB)
  expect([60, 40, 55].map((held) => rest.isTooMuch(held * MiB))).toEqual([false, false, false])
  expect(rest.isTooMuch(56 * MiB)).toBe(true)
  rest.cleared(50 * MiB)
  expect([60, 65].map((held) => rest.isTooMuch(held * MiB))).toEqual([false, false])
  expect(rest.isTooMuch(66 * MiB)).toBe(true)
  expect(new Rest().isTooMuch(900 * MiB)).toBe(false)
})

test('what was collected at work does not stand in the way of giving back at rest', () => {
  const rest = new Rest(16 * MiB)
  rest.gaveBack(30 * MiB)
  rest.cleared(50 * MiB)
  expect([0, 0, 0].map((busy) => rest.isTime(busy, 45 * MiB))).toEqual([false, false, true])
})

test('work counts as work where Node does not turn the event loop, as in the main threads of Electron', async () => {
  const busy = workMeter()
  const until = performance.now() + 50
  while (performance.now() < until) JSON.stringify(process.versions)
  const working = busy()
  expect(working).toBeGreaterThan(0.02)
  await sleep(200)
  expect(busy()).toBeLessThan(working)
})

test('keeps no process alive', () => {
  const before = process.getActiveResourcesInfo().length
  giveBackAtRest()
  expect(process.getActiveResourcesInfo().length).toBe(before)
})
