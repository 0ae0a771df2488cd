import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Changes, Publisher } from '../../src-main/store/changes'

const changed = (id: number): Changes => {
  const changes = new Changes()
  changes.changed('conversations', id)
  return changes
}
let told: string[]
let publisher: Publisher
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] })
  told = []
  publisher = new Publisher((event) => told.push('ids' in event ? event.ids.join() : event.topic))
})
afterEach(() => vi.useRealTimers())

test('a sync does not tell the window of each commit, and of none too late or never', () => {
  for (let id = 1; id <= 40; id += 1) {
    publisher.committed(changed(id))
    vi.advanceTimersByTime(10)
  }
  vi.runAllTimers()
  expect(told.length).toBeLessThanOrEqual(6)
  expect(told[0]).toBe('1')
  expect(told.flatMap((ids) => ids.split(',').map(Number))).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
})

test('the first page of a sync does not wait; a long one is told of ever less often, though never later than a second; what comes after it at once', () => {
  const times: number[] = []
  const slow = new Publisher(() => times.push(performance.now()))
  for (let id = 1; id <= 500; id += 1) {
    slow.committed(changed(id))
    vi.advanceTimersByTime(10)
  }
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  expect(Math.max(...gaps.slice(0, 6))).toBeLessThan(150)
  expect(Math.max(...gaps)).toBeLessThan(1_100)
  expect(times.length).toBeLessThan(18)
  vi.advanceTimersByTime(2_000)
  const before = times.length
  for (const pause of [20, 120]) {
    slow.committed(changed(1))
    vi.advanceTimersByTime(pause)
  }
  expect(times.length).toBe(before + 2)
})

test('a sync on a slow machine, with a page every quarter of a second, is not told of page by page', () => {
  const times: number[] = []
  const slow = new Publisher(() => times.push(performance.now()))
  for (let id = 1; id <= 80; id += 1) {
    slow.committed(changed(id))
    vi.advanceTimersByTime(250)
  }
  vi.runAllTimers()
  expect(times.length).toBeLessThan(32)
})

test('what a person does in the middle of a sync is told without waiting', () => {
  publisher.committed(changed(1))
  vi.advanceTimersByTime(1)
  publisher.committed(changed(2))
  vi.advanceTimersByTime(10)
  expect(told).toEqual(['1'])
  publisher.act()
  publisher.committed(changed(3))
  vi.advanceTimersByTime(0)
  expect(told).toEqual(['1', '2,3'])
})
