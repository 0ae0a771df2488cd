import { describe, expect, it } from 'vitest'
import { calls } from '../../src-preload/contract/calls'
import { Settings } from '../../src-preload/contract/settings'

describe('settings.set', () => {
  it('changing one setting does not reset the others to their defaults', () => {
    expect(calls['settings.set'].input.parse({ theme: 'dark' })).toEqual({ theme: 'dark' })
  })
  it('an empty table gives a whole set of settings', () => {
    expect(Settings.parse({})).toMatchObject({ theme: 'system', undoSeconds: 10, letterShortcuts: true, layout: {} })
  })
})
