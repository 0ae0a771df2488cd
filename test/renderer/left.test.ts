import { expect, it } from 'vitest'
import { leftText } from '../../src-renderer/text/left'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

it('what is left is never said longer than it is, nor so long that the foot of the sidebar cuts its words', () => {
  expect(
    [180 * day - 1, 100 * day, 100 * day - 1, day, day - 1, hour, hour - 1, minute, minute - 1, 0, -1].map(leftText),
  ).toEqual(['179 d', '100 d', '99 d 23 h', '1 d 0 h', '23 h 59 m', '1 h 0 m', '59 m', '1 m', '59 s', '0 s', '0 s'])
})
