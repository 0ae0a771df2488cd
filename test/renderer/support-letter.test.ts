import { afterEach, expect, test } from 'vitest'
import { endLetter, useSupportLetter, writeLetter } from '../../src-renderer/state/support-letter'
import { letterOf } from '../../src-renderer/privacy/write-mail'

afterEach(endLetter)

test('diagnostics do not go along that were made after somebody had taken them off the letter to the support team (R59)', () => {
  writeLetter({ what: 'It stopped', attach: true })
  writeLetter({ attach: false, report: null })
  writeLetter({ report: 'versions and counts' })
  expect(letterOf(useSupportLetter.getState()).file).toBeNull()
  writeLetter({ attach: true })
  expect(letterOf(useSupportLetter.getState()).file?.text).toBe('versions and counts')
})

test('a letter to the support team says who was let in', () => {
  writeLetter({
    what: ' It stopped ',
    granted: { name: 'Sam Rivers', fingerprint: 'AB12 CD34', scope: 'metadata', endsAt: Date.UTC(2026, 10, 30) },
  })
  const { text, to } = letterOf(useSupportLetter.getState())
  expect(text).toMatch(/^It stopped\n\n.*Sam Rivers/)
  expect(text).toContain('AB12 CD34')
  expect(to).toBe('')
})
