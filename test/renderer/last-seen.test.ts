import { afterEach, expect, test, vi } from 'vitest'
import type { CallOutput } from '../../src-preload/contract'
import { prefetch, show } from '../../src-renderer/live'

afterEach(() => vi.unstubAllGlobals())

const counts = (unread: number): CallOutput<'counts.get'> => ({
  views: {
    inbox: unread,
    unassigned: 0,
    mine: 0,
    groups: 0,
    assigned: 0,
    mentions: 0,
    followed: 0,
    snoozed: 0,
    pending: 0,
    closed: 0,
    spam: 0,
    drafts: 0,
    outbox: 0,
  },
  unread,
  mailboxes: [],
})

test('an answer of before is shown until the store answers, and never instead of that', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  vi.stubGlobal('window', { postern: { call: () => promise, on: () => () => undefined } })
  const drawn: number[] = []
  prefetch('counts.get', {}, undefined, ({ unread }) => drawn.push(unread))
  expect(drawn).toEqual([])
  show('counts.get', {}, counts(7))
  expect(drawn).toEqual([7])
  resolve({ ok: true, value: counts(3) })
  await new Promise((done) => setImmediate(done))
  show('counts.get', {}, counts(7))
  prefetch('counts.get', {}, undefined, ({ unread }) => drawn.push(unread))
  expect(drawn).toEqual([7, 3])
})
