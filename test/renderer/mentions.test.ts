import { expect, test } from 'vitest'
import { findMention, markMentions, putMention } from '../../src-renderer/text/mentions'

test('an address is no mention, and a mention ends with its line', () => {
  expect(findMention('write to ana@x', 14)).toBeNull()
  expect(findMention('@An', 3)).toEqual({ from: 0, to: 3, typed: 'An' })
  expect(findMention('hello @Ana Fe', 13)?.typed).toBe('Ana Fe')
  expect(findMention('@Ana\nand', 8)).toBeNull()
  expect(findMention('@Ana will do it all', 19)).toBeNull()
})

test('choosing a name loses no word before or after it', () => {
  const text = 'Ask @Bo about it'
  const mention = findMention(text, 7)
  expect(mention && putMention(text, mention, 'Bo Lindqvist')).toEqual({
    text: 'Ask @Bo Lindqvist about it',
    caret: 18,
  })
})

test('only whole names are marked, the longer one first, and odd names do no harm', () => {
  expect(markMentions('@Bo Lindqvist and @Bob and @Bo', ['Bo', 'Bo Lindqvist'])).toEqual([
    '',
    '@Bo Lindqvist',
    ' and @Bob and ',
    '@Bo',
    '',
  ])
  expect(markMentions('@a.*(b [ok]', ['a.*(b'])).toEqual(['', '@a.*(b', ' [ok]'])
  expect(markMentions('nobody', [''])).toEqual(['nobody'])
})
