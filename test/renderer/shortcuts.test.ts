import { describe, expect, it } from 'vitest'
import { holderOf, isChanged, refusal, withKeys } from '../../src-renderer/state/change-keys'
import {
  acts,
  chordOf,
  chordsOf,
  keyLabels,
  keysOf,
  keyWords,
  type Act,
  type OwnKeys,
} from '../../src-renderer/state/keymap'
import { hintOf, matching, replaced, type Shortcut } from '../../src-renderer/state/shortcuts'

const shortcut = (act: Act): Shortcut => ({ act, run: () => undefined })
const here: readonly Act[] = ['closeOrOpen', 'go.inbox', 'palette', 'undo', 'nextPane', 'help', 'escape', 'replyAll']
const all = here.map(shortcut)
const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})

const match = (chord: string, before: string | null, inText: boolean, letters = true, own: OwnKeys = {}) =>
  matching(all, { letters, own }, chord, before, inText)
const found = (...args: Parameters<typeof match>) => match(...args).found.map((one) => one.act)

describe('shortcuts', () => {
  it('letters never fire in a text field', () => {
    expect(found('e', null, true)).toEqual([])
    expect(found('?', null, true)).toEqual([])
    expect(found('i', 'g', true)).toEqual([])
    expect(found('e', null, false)).toEqual(['closeOrOpen'])
  })
  it('letters do not fire when the person turned them off, Ctrl and function keys still do', () => {
    expect(found('e', null, false, false)).toEqual([])
    expect(match('g', null, false, false).begins).toBe(false)
    expect(found('shift+r', null, false, false)).toEqual([])
    expect(found('mod+k', null, false, false)).toEqual(['palette'])
    expect(found('F6', null, true, false)).toEqual(['nextPane'])
  })
  it('Ctrl Z in a text field stays with the field', () => {
    expect(found('mod+z', null, true)).toEqual([])
    expect(found('mod+z', null, false)).toEqual(['undo'])
  })
  it('the second key of a sequence does nothing without the first', () => {
    expect(found('i', null, false)).toEqual([])
    expect(match('g', null, false).begins).toBe(true)
    expect(found('i', 'g', false)).toEqual(['go.inbox'])
  })
  it('what was registered last comes first', () => {
    const list = shortcut('assign')
    const conversation = shortcut('assign')
    const { found } = matching([list, conversation], { letters: true, own: {} }, 'a', null, false)
    expect(found[0]).toBe(conversation)
    expect(found[1]).toBe(list)
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
  it('a keyboard that writes another script has its keys where the letters lie, after those that a person chose in it', () => {
    const at = (code: string, ...pressed: Parameters<typeof press>) => ({ ...press(...pressed), code })
    expect(chordsOf(at('KeyR', 'к'), false)).toEqual(['к', 'r'])
    expect(chordsOf(at('KeyR', 'К', { shiftKey: true }), false)).toEqual(['shift+к', 'shift+r'])
    expect(chordsOf(at('KeyK', 'л', { ctrlKey: true }), false)).toEqual(['mod+л', 'mod+k'])
    // the letters of AZERTY and the accents of Czech are what they say
    expect(chordsOf(at('KeyQ', 'a'), false)).toEqual(['a'])
    expect(chordsOf(at('Digit2', 'ě'), false)).toEqual(['ě'])
    expect(chordsOf(at('Slash', '.'), false)).toEqual(['.'])
    expect(chordsOf(at('Enter', 'Enter'), false)).toEqual(['Enter'])
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
  it('a screen reader hears words, not signs', () => {
    expect(keyWords('mod+shift+Enter', false)).toBe('Ctrl+Shift+Enter')
    expect(keyWords('mod+shift+Enter', true)).toBe('Command+Shift+Enter')
    expect(keyWords('g i', false)).toBe('G, I')
  })
})

describe('keys that a person chose', () => {
  const own: OwnKeys = { closeOrOpen: ['mod+e'], help: [] }

  it('the old key does nothing any more, and no hint names it', () => {
    expect(found('e', null, false, true, own)).toEqual([])
    expect(found('mod+e', null, false, true, own)).toEqual(['closeOrOpen'])
    expect(hintOf('closeOrOpen', { own, letters: true })).toBe('mod+e')
    expect(found('?', null, false, true, own)).toEqual([])
    expect(hintOf('help', { own, letters: true })).toBeUndefined()
  })
  it('no hint names a letter while letters are off', () => {
    expect(hintOf('reply', { own: {}, letters: false })).toBeUndefined()
    expect(hintOf('send', { own: {}, letters: false })).toBe('mod+Enter')
  })
  it('acts of another version are kept and stand in nobody’s way', () => {
    expect(refusal('reply', 'w', { later: ['w'] }, false)).toBeNull()
    expect(holderOf('reply', 'w', { later: ['w'] })).toBeNull()
  })
  it('two acts never have the same keys', () => {
    const keys = acts.flatMap((act) => keysOf(act, {}))
    expect(keys).toEqual([...new Set(keys)])
    for (const act of acts)
      for (const one of keysOf(act, {}))
        expect([act, keys.filter((other) => other !== one && other.startsWith(`${one} `))]).toEqual([act, []])
    const taken = withKeys({}, 'snooze', ['e'])
    expect(taken).toEqual({ snooze: ['e'], closeOrOpen: [] })
    expect(holderOf('snooze', 'e', {})).toBe('closeOrOpen')
    // the one of two keys stays
    expect(withKeys({}, 'palette', ['mod+='])['textLarger']).toEqual(['mod++'])
  })
  it('first keys that come back are taken from who has them', () => {
    const back = withKeys(withKeys({}, 'snooze', ['e']), 'closeOrOpen', ['e'])
    expect(back).toEqual({ snooze: [] })
    expect(isChanged('closeOrOpen', back)).toBe(false)
    expect(isChanged('snooze', back)).toBe(true)
    expect(withKeys(back, 'snooze', ['z'])).toEqual({})
  })
  it('what lists, fields and the system need cannot be taken', () => {
    for (const keys of ['Enter', 'Tab', 'shift+Tab', 'ArrowDown', 'Space', 'Backspace', 'g Enter'])
      expect([keys, refusal('reply', keys, {}, false)]).toEqual([keys, { why: 'reserved' }])
    expect(refusal('reply', 'mod+c', {}, false)).toEqual({ why: 'editing' })
    expect(refusal('reply', 'mod+b', {}, false)).toEqual({ why: 'fixed', by: 'bold' })
    expect(refusal('reply', 'mod+q', {}, true)).toEqual({ why: 'reserved' })
    expect(refusal('reply', 'mod+q', {}, false)).toBeNull()
    expect(refusal('undo', 'mod+z', {}, false)).toBeNull()
  })
  it('what also works while one writes never writes', () => {
    expect(refusal('send', 's', {}, false)).toEqual({ why: 'needs-held' })
    expect(refusal('send', 'mod+s', {}, false)).toBeNull()
    expect(refusal('send', 'F9', {}, false)).toBeNull()
  })
  it('no keys begin as others do: one of the two could not be pressed', () => {
    expect(refusal('reply', 'g', {}, false)).toEqual({ why: 'begins', by: 'go.inbox' })
    expect(refusal('reply', 'e x', {}, false)).toEqual({ why: 'begins', by: 'closeOrOpen' })
    expect(refusal('reply', 'g w', {}, false)).toBeNull()
  })
})
