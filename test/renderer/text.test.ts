import i18next from 'i18next'
import { expect, test } from 'vitest'
import { t } from '../../src-renderer/text'
import { en } from '../../src-renderer/text/en'
import { numberText } from '../../src-renderer/text/numbers'

function* keysOf(words: object, before: string): Generator<string> {
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === 'string') yield before + name
    else if (typeof value === 'object' && value !== null) yield* keysOf(value, `${before}${name}.`)
  }
}

test('no text is another one for being looked up without i18next', () => {
  const keys = Object.entries(en).flatMap(([place, words]) => [...keysOf(words, `${place}:`)])
  expect(keys.length).toBeGreaterThan(1000)
  const look = (how: unknown, key: string): unknown =>
    typeof how === 'function' ? Reflect.apply(how, i18next, [key]) : undefined
  for (const key of keys) expect(look(t, key), key).toBe(look(i18next.t, key))
  expect(look(t, 'places.loading')).toBe(look(i18next.t, 'places.loading'))
  expect(look(t, 'setup:no.such.text')).toBe(look(i18next.t, 'setup:no.such.text'))
})

test('no count in a sentence is a mere row of digits; other numbers stay as they are', () => {
  expect(t('conversation:message.andMore', { names: 'Ana', count: 1999 })).toBe(`Ana and ${numberText(1999)} more`)
  expect(numberText(1999)).not.toBe('1999')
  // Those of errors come as words.
  for (const [place, words] of Object.entries(en))
    if (place !== 'errors') expect(JSON.stringify(words), place).not.toContain('{{count}}')
})
