import { expect, it } from 'vitest'
import { markTyped } from '../../src-renderer/search/hits'

it('what was typed is marked wherever it stands, and never read as a pattern', () => {
  expect(markTyped('Merge into another conversation', 'in conv')).toEqual([
    'Merge ',
    'in',
    'to another ',
    'conv',
    'ersation',
  ])
  expect(markTyped('Snoozed', 'snooz snoozed')).toEqual(['', 'Snoozed', ''])
  expect(markTyped('Close (all)', '(a')).toEqual(['Close ', '(a', 'll)'])
  expect(markTyped('Close', '.*')).toEqual(['Close'])
  expect(markTyped('Close', ' ')).toEqual(['Close'])
})
