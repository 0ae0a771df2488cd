import { expect, test, vi } from 'vitest'
import { SyncProgress } from '../../../src-main/mail/sync/sync-progress'

test('a clock that is set back in the middle of a first sync does not stop its count on the screen', async () => {
  const told: number[] = []
  const store = {
    call: async (_name: string, input: unknown): Promise<never> => {
      told.push(Number(Reflect.get(Object(input), 'done')))
      return {} as never
    },
  }
  const progress = new SyncProgress(1, store)
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    progress.report('syncing')
    vi.setSystemTime(Date.now() - 86_400_000)
    progress.stored(30, 0)
    await expect.poll(() => told.at(-1)).toBe(30)
  } finally {
    vi.useRealTimers()
    progress.stop()
  }
})

test('a connection that ended a moment after mail came in is not said to bring in mail, for as long as it is gone', async () => {
  const states: unknown[] = []
  const store = {
    call: async (_name: string, input: unknown): Promise<never> => {
      states.push(Reflect.get(Object(input), 'state'))
      return {} as never
    },
  }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const progress = new SyncProgress(1, store)
    progress.report('syncing')
    progress.stored(30, 0)
    progress.report('auth-failed')
    progress.lost()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(states).toEqual(['syncing', 'auth-failed'])
    progress.report('syncing')
    progress.stored(30, 0)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(states.slice(2)).toEqual(['syncing', 'syncing'])
    progress.stop()
  } finally {
    vi.useRealTimers()
  }
})
