import { beforeEach, describe, expect, it, vi } from 'vitest'
import { showToast, tellOnceDone, useToasts } from '../../src-renderer/state/toast'

const state = () => useToasts.getState()
/** Lets everything run that waits for nothing. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
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
  it('does not undo twice, and not what is gone', async () => {
    let undone = 0
    showToast({ text: 'Closed', undo: () => void undone++ })
    expect(state().undo()).toBe(true)
    expect(state().undo()).toBe(false)
    await settle()
    expect(undone).toBe(1)
    showToast({ text: 'Saved' })
    expect(state().undo()).toBe(false)
    expect(state().toast?.text).toBe('Saved')
  })
  it('takes back several acts one after the other by key, the last first, also when their toasts are gone', async () => {
    const undone: string[] = []
    for (const text of ['Assigned', 'Tagged', 'Closed'])
      showToast({ text, keeps: true, undo: () => void undone.push(text) })
    state().pass(60_000)
    expect(state().toast).toBeNull()
    expect([state().undo(), state().undo(), state().undo(), state().undo()]).toEqual([true, true, true, false])
    await settle()
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

  /** An act whose answer comes when the test says so. */
  function begin(text: string, undone: string[]) {
    let answer = (): void => undefined
    let fail = (): void => undefined
    const act = new Promise<void>((resolve, reject) => {
      answer = () => resolve()
      fail = () => reject(new Error(text))
    })
    const told = tellOnceDone(act, () => ({ text, keeps: true, undo: () => void undone.push(text) }))
    told.catch(() => undefined)
    return { answer, fail, told }
  }

  it('an undo that is pressed before the answer never takes back the act before it', async () => {
    const undone: string[] = []
    showToast({ text: 'Assigned', keeps: true, undo: () => void undone.push('Assigned') })
    const closing = begin('Closed', undone)
    expect(state().undo()).toBe(true)
    await settle()
    expect(undone).toEqual([])
    closing.answer()
    await settle()
    expect(undone).toEqual(['Closed'])
    expect(state().toast?.text).toBe('Assigned')
    expect(state().undo()).toBe(true)
    await settle()
    expect(undone).toEqual(['Closed', 'Assigned'])
    expect(state().undo()).toBe(false)
  })
  it('an undo of an act that failed takes nothing back', async () => {
    const undone: string[] = []
    showToast({ text: 'Assigned', keeps: true, undo: () => void undone.push('Assigned') })
    const closing = begin('Closed', undone)
    state().undo()
    closing.fail()
    await expect(closing.told).rejects.toThrow('Closed')
    await settle()
    expect(undone).toEqual([])
    // nor does it stand in the way of the one before
    state().undo()
    await settle()
    expect(undone).toEqual(['Assigned'])
  })
  it('undos keep their order while one of them waits for its act', async () => {
    const undone: string[] = []
    const [first, second] = [begin('Tagged', undone), begin('Closed', undone)]
    state().undo()
    state().undo()
    first.answer()
    await settle()
    expect(undone).toEqual([])
    second.answer()
    await settle()
    expect(undone).toEqual(['Closed', 'Tagged'])
    expect(state().toast).toBeNull()
  })
  it('the button of a toast takes back what it tells of, not what was begun since; the key does the other', async () => {
    const undone: string[] = []
    const [first, second] = [begin('Tagged', undone), begin('Closed', undone)]
    first.answer()
    await settle()
    expect(state().toast?.text).toBe('Tagged')
    state().undoToast()
    second.answer()
    await settle()
    expect(undone).toEqual(['Tagged'])
    expect(state().toast?.text).toBe('Closed')
    state().undo()
    await settle()
    expect(undone).toEqual(['Tagged', 'Closed'])
  })
  it('an act whose undo ends with its toast is not taken back after it', async () => {
    const undone: string[] = []
    await tellOnceDone(Promise.resolve(), () => ({ text: 'Sending', undo: () => void undone.push('Sending') }))
    expect(state().toast?.text).toBe('Sending')
    state().pass(60_000)
    expect(state().undo()).toBe(false)
    await settle()
    expect(undone).toEqual([])
  })
})
