import { afterEach, expect, test, vi } from 'vitest'
import { firstPage } from '../../src-preload/contract/asked-first'
import { firstList } from '../../src-renderer/inbox/use-list-window'
import { prefetch, show } from '../../src-renderer/live'
import { countsOf } from '../fixtures/counts'

afterEach(() => vi.unstubAllGlobals())

test('an answer of before is shown until the store answers, and never instead of that', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  vi.stubGlobal('window', { postern: { call: () => promise, on: () => () => undefined } })
  const drawn: number[] = []
  prefetch('counts.get', {}, undefined, ({ unread }) => drawn.push(unread))
  expect(drawn).toEqual([])
  show('counts.get', {}, countsOf(7))
  expect(drawn).toEqual([7])
  resolve({ ok: true, value: countsOf(3) })
  await new Promise((done) => setImmediate(done))
  show('counts.get', {}, countsOf(7))
  prefetch('counts.get', {}, undefined, ({ unread }) => drawn.push(unread))
  expect(drawn).toEqual([7, 3])
})

test('what is kept for the next start is no other page than the one that the window opens with', () => {
  const call = vi.fn<(name: string, input: unknown) => Promise<never>>(() => new Promise<never>(() => undefined))
  vi.stubGlobal('window', { postern: { call, on: () => () => undefined } })
  firstList()
  expect(call).toHaveBeenCalledExactlyOnceWith('conversations.list', firstPage)
})
