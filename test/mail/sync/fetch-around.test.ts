import { expect, test, vi } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { FetchAround } from '../../../src-main/mail/sync/fetch-around'
import type { FetchedMessage } from '../../../src-main/mail/sync/imap-session'

const row = (uid: number): FetchedMessage => ({ uid, flags: [], internalDate: 0, source: Buffer.from('x') })

/** A server that answers with `code` as soon as a message of `bad` is among those asked for. */
function server(
  bad: Set<number>,
  code: 'server-refused' | 'connection-lost',
): { asked: number[][]; fetchSources: (uids: readonly number[]) => AsyncGenerator<FetchedMessage> } {
  const asked: number[][] = []
  return {
    asked,
    async *fetchSources(uids) {
      asked.push([...uids])
      for (const uid of uids) {
        if (bad.has(uid)) throw new PosternError(code)
        yield row(uid)
      }
    },
  }
}

async function fetched(around: FetchAround, from: ReturnType<typeof server>, uids: number[]): Promise<number[]> {
  const out: number[] = []
  for await (const one of around.fetch(from, uids)) out.push(one.uid)
  return out
}

test('one refused message takes none of its window along', async () => {
  const around = new FetchAround(() => 0)
  expect(await fetched(around, server(new Set([3]), 'server-refused'), [1, 2, 3, 4, 5])).toEqual([1, 2, 4, 5])
  expect([...around.missing]).toEqual([3])
  // Once more at once, then not for a while.
  expect(around.due(3)).toBe(true)
  await fetched(around, server(new Set([3]), 'server-refused'), [3])
  expect(around.due(3)).toBe(false)
})

test('a message that breaks the connection does not break it for ever', async () => {
  let now = 0
  const around = new FetchAround(() => now)
  const from = server(new Set([2]), 'connection-lost')
  for (let tries = 0; tries < 4; tries++)
    await expect(fetched(around, from, [1, 2, 3])).rejects.toMatchObject({ code: 'connection-lost' })
  expect(await fetched(around, from, [1, 2, 3])).toEqual([1, 3])
  now = 3_600_000
  expect(around.due(2)).toBe(true)
})

test('a failure that has nothing to do with a message leaves none out', async () => {
  const around = new FetchAround(() => 0)
  const from = server(new Set([2]), 'connection-lost')
  await expect(fetched(around, from, [1, 2, 3])).rejects.toThrow()
  expect(await fetched(around, server(new Set(), 'connection-lost'), [1, 2, 3])).toEqual([1, 2, 3])
  expect(around.missing.size).toBe(0)
})

test('what has gone from the server, or has come, is no longer called missing', async () => {
  const around = new FetchAround(() => 0)
  await fetched(around, server(new Set([3, 4]), 'server-refused'), [1, 2, 3, 4])
  around.confirm(new Set([1, 2, 4]), new Set([1, 2, 4]))
  expect(around.missing.size).toBe(0)
})

test('a clock that is set back does not put off what is withheld', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  try {
    const around = new FetchAround()
    const one = server(new Set([3]), 'server-refused')
    await fetched(around, one, [3])
    await fetched(around, one, [3])
    expect(around.due(3)).toBe(false)
    vi.advanceTimersByTime(31_000)
    vi.setSystemTime(Date.now() - 86_400_000)
    expect(around.due(3)).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})
