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
