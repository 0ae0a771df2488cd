import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Settings, type PosternEvent } from '../../src-preload/contract'
import { isAdded, isAdding, isNotAdded, keepNote, unsaved, wrote } from '../../src-renderer/composer/note-words'
import { keepAll, saveLeft } from '../../src-renderer/state/closing'
import { useLayout } from '../../src-renderer/state/layout'
import { applySettings, keepLayout } from '../../src-renderer/state/window'

let refusal: string | null
/** Words that a merge brought to the note. */
let brought: string
let kept: { name: string; input: object }[]
let listeners: ((event: PosternEvent) => void)[]

beforeEach(() => {
  vi.useFakeTimers()
  refusal = null
  brought = ''
  kept = []
  listeners = []
  const call = async (name: string, input: object) => {
    if (refusal !== null) return { ok: false, error: { code: refusal, message: '', detail: {} } }
    kept.push({ name, input })
    return { ok: true, value: { text: brought + ('text' in input ? input.text : '') } }
  }
  const on = (listener: (event: PosternEvent) => void) => {
    listeners.push(listener)
    return () => (listeners = listeners.filter((one) => one !== listener))
  }
  vi.stubGlobal('window', { postern: { call, on } })
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a width that was drawn just before the window closes is not forgotten', async () => {
  applySettings(Settings.parse({}))
  const stop = keepLayout()
  useLayout.getState().set('list', 411)
  await keepAll()
  expect(kept).toEqual([{ name: 'settings.set', input: { layout: useLayout.getState().kept } }])
  expect(JSON.stringify(kept)).toContain('411')
  // And is not kept once more at the pause.
  await vi.advanceTimersByTimeAsync(1000)
  expect(kept).toHaveLength(1)
  stop()
})

test('words of a note that the store did not take are not lost when they are left', async () => {
  wrote(3, 'Ask the workshop')
  refusal = 'service-restarting'
  await saveLeft(() => keepNote(3))
  expect(kept).toEqual([])
  refusal = null
  for (const listener of listeners) listener({ topic: 'store-back' })
  await vi.advanceTimersByTimeAsync(0)
  // What was refused may have been kept before the store went.
  const input = { conversationId: 3, text: 'Ask the workshop', over: ['', 'Ask the workshop'] }
  const words = { name: 'notes.keepDraft', input }
  expect(kept).toEqual([words])
  // What is kept is not kept once more.
  await keepAll()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(kept).toEqual([words])
  expect(listeners).toEqual([])
})

test('words that a full disk did not take are not lost once there is room, nor at the end of the program', async () => {
  wrote(4, 'Ask the workshop')
  refusal = 'disk-full'
  await saveLeft(() => keepNote(4))
  refusal = null
  await vi.advanceTimersByTimeAsync(60_000)
  expect(kept).toHaveLength(1)

  wrote(4, 'Ask the workshop today')
  refusal = 'disk-full'
  await saveLeft(() => keepNote(4))
  refusal = null
  await keepAll()
  expect(kept).toHaveLength(2)
})

test('words typed while a note is being added are not gone from the composer, where the next note would be written over them', async () => {
  wrote(4, 'Ask Mei')
  isAdding(4, 'Ask Mei')
  wrote(4, 'Ask Mei, and the workshop')
  expect(isAdded(4, 'Ask Mei')).toBe(false)
  expect(unsaved.get(4)).toBe('Ask Mei, and the workshop')
  await keepNote(4)
  expect(kept).toMatchObject([{ input: { conversationId: 4, text: 'Ask Mei, and the workshop' } }])
  isAdding(4, 'Ask Mei, and the workshop')
  expect(isAdded(4, 'Ask Mei, and the workshop')).toBe(true)
  expect(unsaved.has(4)).toBe(false)
})

test('words that came to a note with another conversation are not written over by whoever goes on typing', async () => {
  wrote(6, 'Ask Mei')
  await keepNote(6)
  wrote(6, 'Ask Mei, and')
  brought = 'It flickers.\n\n'
  let shown = ''
  const keeping = keepNote(6, (text) => (shown = text))
  wrote(6, 'Ask Mei, and the workshop')
  await keeping
  // Typed meanwhile: the store is told what it has of this, and knows by that what is not.
  expect([shown, unsaved.get(6)]).toEqual(['', 'Ask Mei, and the workshop'])
  await keepNote(6, (text) => (shown = text))
  expect(kept[2]?.input).toEqual({ conversationId: 6, text: 'Ask Mei, and the workshop', over: ['Ask Mei, and'] })
  expect(shown).toBe('It flickers.\n\nAsk Mei, and the workshop')
  expect(unsaved.get(6)).toBe(shown)
})

test('words typed while a note cannot be added are not lost with it', async () => {
  wrote(5, 'Ask Mei')
  isAdding(5, 'Ask Mei')
  wrote(5, 'Ask Mei, and the workshop')
  isNotAdded(5, 'Ask Mei')
  await vi.advanceTimersByTimeAsync(0)
  expect(unsaved.get(5)).toBe('Ask Mei, and the workshop')
  expect(kept).toMatchObject([{ input: { conversationId: 5, text: 'Ask Mei, and the workshop' } }])
})
