import { beforeEach, describe, expect, it, vi } from 'vitest'
import { showToast, useToasts } from '../../src-renderer/state/toast'

const state = () => useToasts.getState()
beforeEach(() => useToasts.setState({ toast: null, past: [], leftMs: 0, paused: false }))

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
  it('takes back several acts one after the other by key, the last first, also when their toasts are gone', () => {
    const undone: string[] = []
    for (const text of ['Assigned', 'Tagged', 'Closed'])
      showToast({ text, keeps: true, undo: () => void undone.push(text) })
    state().pass(60_000)
    expect(state().toast).toBeNull()
    expect([state().undo(), state().undo(), state().undo(), state().undo()]).toEqual([true, true, true, false])
    expect(undone).toEqual(['Closed', 'Tagged', 'Assigned'])
  })
  it('never takes back a send whose time is over, nor what was done long ago', () => {
    vi.useFakeTimers()
    try {
      let undone = 0
      showToast({ text: 'Sending', undo: () => void undone++ })
      state().pass(60_000)
      expect(state().undo()).toBe(false)
      showToast({ text: 'Closed', keeps: true, undo: () => void undone++ })
      state().pass(60_000)
      vi.advanceTimersByTime(11 * 60_000)
      expect(state().undo()).toBe(false)
      expect(undone).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
