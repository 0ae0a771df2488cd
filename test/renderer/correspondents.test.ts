import { expect, test } from 'vitest'
import { namesOf, toWords } from '../../src-renderer/text/correspondents'
import { toOf } from '../../src-renderer/inbox/words'

const people = (count: number, name = 'c') =>
  Array.from({ length: count }, (_, n) => ({ name: '', address: `${name}${n}@x.test` }))

test('recipients are named one by one only as long as there is room, and then counted: nobody is left out unsaid', () => {
  expect(namesOf(people(3))).toBe('c0@x.test, c1@x.test, c2@x.test')
  expect(namesOf(people(4))).toBe('c0@x.test, c1@x.test and 2 more')
  expect(namesOf(people(6), 2)).toBe('c0@x.test and 5 more')
  expect(namesOf(people(2000), 2)).toBe('c0@x.test and 1,999 more')
})

test('a message that went to Bcc only is not said to go to nobody, and a Bcc is not named beside others', () => {
  const nobody = { to: [], cc: [], bcc: [] }
  expect(toWords(nobody, 5)).toBe('')
  expect(toWords({ ...nobody, bcc: people(1) }, 5)).toBe('bcc c0@x.test')
  expect(toWords({ to: people(1), cc: people(1, 'd'), bcc: people(1, 'e') }, 5)).toBe('to c0@x.test, d0@x.test')
  expect(toWords({ ...nobody, to: people(6) }, 5)).toBe('to c0@x.test and 5 more')
})

test('a draft is not said to go to nobody, or to fewer, for want of a To', () => {
  const draft = { to: [], cc: [], bcc: [] }
  expect(toOf(draft)).toBe('No recipient yet')
  expect(toOf({ ...draft, bcc: [{ name: 'Bo', address: 'bo@x.test' }] })).toBe('To Bo')
  expect(toOf({ to: people(1), cc: people(1, 'd'), bcc: people(1, 'e') })).toBe('To c0@x.test, d0@x.test, e0@x.test')
  expect(toOf({ to: people(2), cc: people(4, 'd'), bcc: [] })).toBe('To c0@x.test, c1@x.test and 4 more')
})
