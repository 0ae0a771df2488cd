import { describe, expect, it } from 'vitest'
import { acceleratorOf } from '../../src-main/app/accelerator'

describe('keys in the menu bar', () => {
  it('are those of the window, in the words of the menu', () => {
    expect(acceleratorOf('mod+shift+l')).toBe('Cmd+Shift+L')
    expect(acceleratorOf('mod++')).toBe('Cmd+Plus')
    expect(acceleratorOf('mod+\\')).toBe('Cmd+\\')
    expect(acceleratorOf('alt+ArrowLeft')).toBe('Alt+Left')
    expect(acceleratorOf('F6')).toBe('F6')
  })
  it('letters and sequences are never swallowed by the menu', () => {
    for (const keys of ['c', '?', 'g s', 'mod+g mod+s', '', 'F', 'shift+r'])
      expect([keys, acceleratorOf(keys)]).toEqual([keys, undefined])
  })
})
