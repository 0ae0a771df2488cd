import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mentionsIn, settleMentions } from '../../src-preload/contract/mentions'
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

const team = [
  { id: 'mei-tan', name: 'Mei Tan' },
  { id: 'mei-okafor', name: 'Mei Okafor' },
  { id: 'bo', name: 'Bo Lindqvist' },
  { id: 'jl', name: 'Jean-Luc Roux' },
  { id: 'g:shop', name: 'Workshop' },
]

test('a first name that can mean one person only tells that person, and is written out so that it goes on meaning them', () => {
  expect(settleMentions('@bo, see this. @Jean-Luc: too. (@Workshop)', team)).toEqual({
    text: '@Bo Lindqvist, see this. @Jean-Luc Roux: too. (@Workshop)',
    ids: ['bo', 'jl', 'g:shop'],
  })
  expect(settleMentions('@Bo Lindqvist’s part, @Bo Lind', team)).toEqual({
    text: '@Bo Lindqvist’s part, @Bo Lindqvist Lind',
    ids: ['bo'],
  })
})

test('a name that could mean two tells nobody before a person has said which', () => {
  const [open] = mentionsIn('Ask @Mei about it', team)
  expect(open).toMatchObject({ from: 4, to: 8, sure: false, people: [{ id: 'mei-tan' }, { id: 'mei-okafor' }] })
  expect(settleMentions('Ask @Mei about it', team)).toEqual({ text: 'Ask @Mei about it', ids: [] })
  expect(settleMentions('Ask @mei tan about it', team)).toEqual({ text: 'Ask @Mei Tan about it', ids: ['mei-tan'] })
})

test('no address, no longer word and no unknown name mentions anybody', () => {
  for (const text of ['bo@Bo.example', 'x.@Bo', '@Bob', '@Boé', '@ Bo', '@', '@Jean', '@@Bo', '@Nobody'])
    expect(settleMentions(text, team), text).toEqual({ text, ids: [] })
})

test('settling twice changes nothing more, whatever people write and are called', () => {
  const name = fc
    .array(fc.constantFrom('Bo', 'Mei', 'ß', 'İ', 'O’Brien', '-', ' ', '@'), { maxLength: 5 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc
        .array(
          fc.oneof(
            name.map((one) => `@${one} `),
            fc.string(),
          ),
          { maxLength: 6 },
        )
        .map((parts) => parts.join('')),
      fc.array(name, { maxLength: 4 }),
      (text, names) => {
        const people = names.map((one, index) => ({ id: String(index), name: one }))
        const once = settleMentions(text, people)
        const twice = settleMentions(once.text, people)
        expect(twice.ids).toEqual(expect.arrayContaining(once.ids))
      },
    ),
  )
})
