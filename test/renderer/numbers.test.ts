import { expect, it } from 'vitest'
import { sizeText } from '../../src-renderer/text/numbers'

it('sizes never show more digits than help', () => {
  expect(sizeText(8_400_000)).toMatch(/^8[.,]4\sMB$/)
  expect(sizeText(112_345)).toMatch(/^112\skB$/i)
  expect(sizeText(999_600)).toMatch(/^1\sMB$/)
})
