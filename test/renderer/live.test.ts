import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { show, useQuery } from '../../src-renderer/live'
import { countsOf } from '../fixtures/counts'

const react = vi.hoisted(() => ({ subscribe: (_listener: () => void): unknown => undefined }))
vi.mock('react', () => ({
  useCallback: <F>(made: F) => made,
  useEffect: () => undefined,
  useSyncExternalStore: <T>(subscribe: (listener: () => void) => unknown, state: () => T) => {
    react.subscribe = subscribe
    return state()
  },
}))

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', { postern: { call: () => new Promise(() => undefined), on: () => () => undefined } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('an answer that takes long makes nothing be drawn once more where something stands, and grey bars where nothing does', () => {
  show('counts.get', {}, countsOf(7))
  const drawn = vi.fn()
  useQuery('counts.get', {})
  react.subscribe(drawn)
  useQuery('outbox.list', {})
  const waiting = vi.fn()
  react.subscribe(waiting)
  vi.advanceTimersByTime(1000)
  expect(drawn).not.toHaveBeenCalled()
  expect(waiting).toHaveBeenCalledOnce()
  expect(useQuery('outbox.list', {}).slow).toBe(true)
})
