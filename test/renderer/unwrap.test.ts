import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unwrap } from '../../src-renderer/conversation/unwrap'

const wrap = (text: string, width: number) =>
  text
    .split(' ')
    .reduce<string[]>((lines, word) => {
      const last = lines.at(-1) ?? ''
      return last !== '' && last.length + 1 + word.length <= width
        ? [...lines.slice(0, -1), `${last} ${word}`]
        : [...lines, word]
    }, [])
    .join('\n')

const prose =
  'The driver’s photo shows the parcel on top of a green wheelie bin with a number nine on it, does that ring a bell, and if not I will send a new helmet today and argue with the carrier afterwards because that is how it goes.'

test('lines broken at a fixed width do not stay broken', () => {
  for (const width of [66, 72, 76, 78]) expect(unwrap(wrap(prose, width))).toBe(prose)
})
test('an entry of a list does not stay broken, nor run into the next', () => {
  const [first, second] = [`- ${prose}`, `2. ${prose}`]
  expect(unwrap(`${wrap(first, 72)}\n${wrap(second, 72)}\n- short`)).toBe(`${first}\n${second}\n- short`)
})
test('breaks that the writer made are not lost', () => {
  for (const text of [
    'Hi,\nshort lines\nof a poem',
    `${wrap(prose, 72)}\n\nKind regards,\nAna Ferreira\nNorthwind Bikes\n+44 20 7946 0125`,
    `${wrap(prose, 72)}\n- one thing\n- another thing`,
    'Name     Size   Price per frame without tax and all of it here\nVireo 3  M      420 and some more text to make it a long line',
  ]) {
    const own = text.split('\n').slice(-2)
    expect(unwrap(text).split('\n').slice(-2)).toEqual(own)
  }
})
test('text that was never broken is not touched', () => {
  const long = `${prose}\n${prose}`
  expect(unwrap(long)).toBe(long)
})
test('no word is lost or changed', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      const text = lines.join('\n')
      expect(unwrap(text).split(/\s+/).join(' ')).toBe(text.split(/\s+/).join(' '))
    }),
  )
})
