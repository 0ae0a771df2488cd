import { describe, expect, it } from 'vitest'
import { chordOf, keyLabels, matching, replaced, type Shortcut } from '../../src-renderer/state/shortcuts'

const shortcut = (keys: string, more: Partial<Shortcut> = {}): Shortcut => ({
  id: keys,
  keys,
  group: 'everywhere',
  label: keys,
  run: () => undefined,
  ...more,
})
const all = [
  shortcut('e'),
  shortcut('g i'),
  shortcut('mod+k'),
  shortcut('mod+z', { inText: false }),
  shortcut('F6'),
  shortcut('?'),
  shortcut('Escape'),
]
const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})

const found = (chord: string, before: string | null, inText: boolean, letters = true) =>
  matching(all, chord, before, inText, letters).found.map((one) => one.keys)

describe('shortcuts', () => {
  it('letters never fire in a text field', () => {
    expect(found('e', null, true)).toEqual([])
    expect(found('?', null, true)).toEqual([])
    expect(found('i', 'g', true)).toEqual([])
    expect(found('e', null, false)).toEqual(['e'])
  })
  it('letters do not fire when the person turned them off, Ctrl and function keys still do', () => {
    expect(found('e', null, false, false)).toEqual([])
    expect(matching(all, 'g', null, false, false).begins).toBe(false)
    expect(found('mod+k', null, false, false)).toEqual(['mod+k'])
    expect(found('F6', null, true, false)).toEqual(['F6'])
  })
  it('Ctrl Z in a text field stays with the field', () => {
    expect(found('mod+z', null, true)).toEqual([])
    expect(found('mod+z', null, false)).toEqual(['mod+z'])
  })
  it('the second key of a sequence does nothing without the first', () => {
    expect(found('i', null, false)).toEqual([])
    expect(matching(all, 'g', null, false, true).begins).toBe(true)
    expect(found('i', 'g', false)).toEqual(['g i'])
  })
  it('what was registered last comes first', () => {
    const two = [shortcut('e', { id: 'list' }), shortcut('e', { id: 'conversation' })]
    expect(matching(two, 'e', null, false, true).found.map((one) => one.id)).toEqual(['conversation', 'list'])
  })
  it('a page that changes its keys does not come before the layer above it', () => {
    expect(replaced(['page', 'more of it', 'layer'], ['page', 'more of it'], ['page anew'])).toEqual([
      'page anew',
      'layer',
    ])
    expect(replaced(['page', 'layer'], ['page'], [])).toEqual(['layer'])
    expect(replaced(['page'], [], ['layer'])).toEqual(['page', 'layer'])
  })
  it('Ctrl on a Mac is not Command', () => {
    expect(chordOf(press('k', { metaKey: true }), true)).toBe('mod+k')
    expect(chordOf(press('k', { ctrlKey: true }), true)).toBe('ctrl+k')
    expect(chordOf(press('k', { ctrlKey: true }), false)).toBe('mod+k')
  })
  it('Shift counts for named keys and letters, not for signs that need it', () => {
    expect(chordOf(press('?', { shiftKey: true }), false)).toBe('?')
    expect(chordOf(press('R', { shiftKey: true }), false)).toBe('shift+r')
    expect(chordOf(press('ArrowDown', { shiftKey: true }), false)).toBe('shift+ArrowDown')
    expect(chordOf(press('Enter', { shiftKey: true, ctrlKey: true }), false)).toBe('mod+shift+Enter')
  })
  it('keycaps speak the words of the system', () => {
    expect(keyLabels('mod+shift+Enter', false)).toEqual(['Ctrl Shift ↵'])
    expect(keyLabels('mod+shift+Enter', true)).toEqual(['⌘⇧↵'])
    expect(keyLabels('g i', false)).toEqual(['G', 'I'])
    expect(keyLabels('mod++', false)).toEqual(['Ctrl +'])
  })
})
