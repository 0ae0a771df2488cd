import { expect, test } from 'vitest'
import { checkWords } from '../../src-renderer/text/en/check-words'

test('each of 256 numbers has a word of its own', () => {
  expect(checkWords).toHaveLength(256)
  expect(new Set(checkWords).size).toBe(256)
  // Other words here would be other words than on the other console.
  expect([checkWords[0], checkWords[100], checkWords[255]]).toEqual(['acid', 'falcon', 'zebra'])
})
