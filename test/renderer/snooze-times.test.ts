import { expect, test } from 'vitest'
import { choices, localText, momentOf } from '../../src-renderer/work/snooze-times'

const at = (text: string): number => new Date(text).getTime()

test('no choice lies in the past or less than an hour ahead, on any hour of any day', () => {
  for (let hour = 0; hour < 24 * 14; hour++) {
    const now = at('2026-10-19T00:10') + hour * 3_600_000
    const all = choices(now)
    expect(
      all.every((one) => one.at - now >= 3_600_000),
      new Date(now).toString(),
    ).toBe(true)
    expect(all.map((one) => one.at)).toEqual(all.map((one) => one.at).toSorted((a, b) => a - b))
    expect(new Date(all.find(({ name }) => name === 'nextWeek')?.at ?? 0).getDay()).toBe(1)
  }
})

test('a moment survives its form in the field', () => {
  const moment = at('2026-11-30T09:05')
  expect(momentOf(localText(moment))).toBe(moment)
  expect(momentOf('')).toBeNull()
})
