import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ConversationRow } from '../../src-preload/contract'
import { CallError } from '../../src-renderer/client'
import { ListWindow, pageSize, type ListPage } from '../../src-renderer/state/list-window'

const row = (id: number, subject = `Subject ${id}`): ConversationRow => ({
  id,
  subject,
  people: ['Hannah Oduya'],
  messageCount: 1,
  unread: false,
  status: 'open',
  lastAt: 1_000_000 - id,
  snippet: '',
  lastFromTeam: null,
  attachmentCount: 0,
  mailboxIds: [1],
  hasDraft: false,
  outbox: null,
  outboxError: null,
  undelivered: false,
  assignee: null,
  tags: [],
  labels: [],
  checking: false,
  snoozedUntil: null,
})

/** A list of which a test changes the rows, and which counts what it is asked. */
function fakeList(count: number) {
  const list = {
    ids: Array.from({ length: count }, (_, index) => index + 1),
    asked: [] as number[],
    lagMs: 5,
    subject: undefined as string | undefined,
    fails: 0,
  }
  const fetch = async (offset: number, limit: number): Promise<ListPage> => {
    list.asked.push(offset / pageSize)
    await new Promise((done) => setTimeout(done, list.lagMs))
    if (list.fails-- > 0) throw new CallError('service-restarting')
    return { rows: list.ids.slice(offset, offset + limit).map((id) => row(id, list.subject)), total: list.ids.length }
  }
  return { list, window: new ListWindow(fetch) }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('a window on a long list', () => {
  it('shows a page of before until the list answers, and never instead of its answer', async () => {
    const { window } = fakeList(3)
    let drawn = 0
    window.subscribe(() => (drawn += 1))
    window.before({ rows: [row(9, 'Of before')], total: 1 })
    expect([window.row(0)?.subject, window.total, drawn]).toEqual(['Of before', 1, 1])
    await vi.advanceTimersByTimeAsync(20)
    expect([window.row(0)?.subject, window.total]).toEqual(['Subject 1', 3])
    window.before({ rows: [row(9, 'Of before')], total: 1 })
    expect([window.row(0)?.subject, window.total]).toEqual(['Subject 1', 3])
  })

  it('asks for no page that is not on screen', async () => {
    const { list, window } = fakeList(100_000)
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    window.show(50_010, 50_020)
    await vi.advanceTimersByTimeAsync(20)
    expect(list.asked).toEqual([0, 500])
    expect(window.row(50_015)?.id).toBe(50_016)
    expect(window.row(200)).toBeUndefined()
  })

  it('leaves no row out of a range because it was never on screen, and takes no row of before a change', async () => {
    const { list, window } = fakeList(400)
    window.subscribe(() => undefined)
    window.show(390, 399)
    await vi.advanceTimersByTimeAsync(20)
    window.show(0, 9)
    await vi.advanceTimersByTimeAsync(20)
    list.ids = [999, ...list.ids]
    window.refresh()
    await vi.advanceTimersByTimeAsync(400)
    const now = window.idsBetween(400, 0, 1000)
    await vi.advanceTimersByTimeAsync(400)
    expect(await now).toEqual(list.ids.toReversed())
    const most = window.idsBetween(0, 400, 150)
    await vi.advanceTimersByTimeAsync(400)
    expect(await most).toEqual(list.ids.slice(0, 150))
  })

  it('does not ask more often than its pace, however many changes are told', async () => {
    const { list, window } = fakeList(300)
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    list.asked.length = 0
    for (let at = 0; at < 200; at++) {
      window.refresh()
      await vi.advanceTimersByTimeAsync(10)
    }
    // at 0, 250, 750 and 1750 ms, and what was asked before
    expect(list.asked.length).toBeGreaterThanOrEqual(3)
    expect(list.asked.length).toBeLessThanOrEqual(5)
  })

  it('does not lose the last change that is told while a request is under way', async () => {
    const { list, window } = fakeList(3)
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    window.refresh()
    await vi.advanceTimersByTimeAsync(252)
    list.ids = [9, 1, 2, 3]
    window.refresh()
    await vi.advanceTimersByTimeAsync(600)
    expect(window.total).toBe(4)
    expect(window.row(0)?.id).toBe(9)
  })

  it('does not hide the old rows while it asks again, and keeps those that did not change the same objects', async () => {
    const { list, window } = fakeList(3)
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    const before = [window.row(0), window.row(1)]
    list.ids = [7, 1, 2, 3]
    window.refresh()
    expect(window.row(0)).toBe(before[0])
    await vi.advanceTimersByTimeAsync(400)
    expect(window.row(0)?.id).toBe(7)
    expect(window.row(1)).toBe(before[0])
    expect(window.row(2)).toBe(before[1])
    expect(window.indexOf(2)).toBe(2)
  })

  it('tells nobody when nothing changed', async () => {
    const { window } = fakeList(3)
    let told = 0
    window.subscribe(() => told++)
    await vi.advanceTimersByTimeAsync(20)
    const version = window.version
    told = 0
    window.refresh()
    await vi.advanceTimersByTimeAsync(400)
    expect(told).toBe(0)
    expect(window.version).toBe(version)
  })

  it('does not give up when the store is starting again', async () => {
    const { list, window } = fakeList(3)
    list.fails = 4
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(500)
    expect(window.error).toBeNull()
    expect(window.total).toBe(3)
  })

  it('does not ask while nobody looks', async () => {
    const { list, window } = fakeList(3)
    const stop = window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    stop()
    list.asked.length = 0
    window.refresh()
    await vi.advanceTimersByTimeAsync(1000)
    expect(list.asked).toEqual([])
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(300)
    expect(list.asked).toEqual([0])
  })

  it('does not keep every page that was ever scrolled past', async () => {
    const { window } = fakeList(100_000)
    window.subscribe(() => undefined)
    await vi.advanceTimersByTimeAsync(20)
    for (let first = 0; first < 5000; first += 100) {
      window.show(first, first + 10)
      await vi.advanceTimersByTimeAsync(300)
    }
    const loaded = Array.from({ length: 50 }, (_, page) => window.row(page * pageSize)).filter(Boolean).length
    expect(loaded).toBeLessThanOrEqual(13)
    expect(window.row(4905)?.id).toBe(4906)
  })
})
