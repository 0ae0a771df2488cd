import { beforeEach, describe, expect, it } from 'vitest'
import { showToast, useToasts } from '../../src-renderer/state/toast'

const state = () => useToasts.getState()
beforeEach(() => state().hide())

describe('toasts', () => {
  it('never shows two at a time: the newer takes the place', () => {
    const first = showToast({ text: 'one' })
    showToast({ text: 'two' })
    expect(state().toast?.text).toBe('two')
    state().hide(first)
    expect(state().toast?.text).toBe('two')
  })
  it('does not run out while pointed at', () => {
    showToast({ text: 'Closed', undo: () => undefined })
    state().pass(9_000)
    state().pause(true)
    state().pass(60_000)
    expect(state().leftMs).toBe(1_000)
    state().pause(false)
    state().pass(1_000)
    expect(state().toast).toBeNull()
  })
  it('does not undo twice, and not what is gone', () => {
    let undone = 0
    showToast({ text: 'Closed', undo: () => void undone++ })
    expect(state().undo()).toBe(true)
    expect(state().undo()).toBe(false)
    expect(undone).toBe(1)
    showToast({ text: 'Saved' })
    expect(state().undo()).toBe(false)
    expect(state().toast?.text).toBe('Saved')
  })
})
