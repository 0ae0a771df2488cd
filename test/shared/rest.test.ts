import { expect, test } from 'vitest'
import { giveBackAtRest, Rest } from '../../src-main/shared/rest'

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

test('keeps no process alive', () => {
  const before = process.getActiveResourcesInfo().length
  giveBackAtRest()
  expect(process.getActiveResourcesInfo().length).toBe(before)
})
