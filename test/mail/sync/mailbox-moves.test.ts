import { expect, test, vi } from 'vitest'
import { PosternError, type ErrorCode } from '../../../src-preload/contract/errors'
import { Putter } from '../../../src-main/mail/send/putter'
import { mailboxAt, serverAt } from '../harness'
import { MemoryStore } from '../memory-store'

const raw = Buffer.from('From: a@x.test\r\nSubject: no id\r\n\r\ntext\r\n')

/** A mailbox to which one message was moved, and a server that answers an APPEND with what `append` throws. */
function putting(messageId: string | null, append: () => void, lies: readonly Buffer[] = []) {
  const store = new MemoryStore([mailboxAt(serverAt(1))])
  const settled: boolean[] = []
  let uploads = 0
  const call: MemoryStore['port']['call'] = async (name, input) => {
    const except: unknown = Reflect.get(input, 'except')
    if (name === 'moves.next' && !settled.includes(true) && !(Array.isArray(except) && except.includes(9)))
      return { move: { id: 9, messageId, date: 0, seen: true, raw, role: 'inbox' } } as never
    if (name === 'moves.settle') settled.push(Boolean(Reflect.get(input, 'done')))
    return await store.port.call(name, input)
  }
  const session = {
    select: async () => ({}),
    searchUids: async () => [],
    newestUids: async () => lies.map((_, at) => at + 1),
    fetchSizes: async () => new Map(lies.map((one, at) => [at + 1, one.byteLength])),
    fetchMarks: async function* (uids: number[]) {
      for (const uid of uids) {
        const one = lies[uid - 1] ?? raw
        yield { uid, source: one.subarray(0, one.indexOf('\r\n\r\n') + 4) }
      }
    },
    append: async () => {
      uploads++
      append()
    },
  } as never
  const putter = new Putter(
    mailboxAt(serverAt(1)),
    { call },
    {
      pathOf: async () => 'INBOX',
      touched: () => undefined,
      withPutSession: async (_bytes, job) => job(session),
    },
  )
  return { putter, settled, uploads: () => uploads, forget: () => void (uploads = 0) }
}

async function onFakeTime(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    await work()
  } finally {
    vi.useRealTimers()
  }
}
const hour = 3_600_000

test('a moved message that the server refuses each time is not uploaded for ever', () =>
  onFakeTime(async () => {
    let trouble: ErrorCode = 'offline'
    const { putter, uploads, forget } = putting('a@x.test', () => {
      throw new PosternError(trouble)
    })
    putter.start()
    // Without a network nothing was refused.
    await vi.advanceTimersByTimeAsync(6 * hour)
    expect(uploads()).toBeGreaterThan(60)
    trouble = 'server-refused'
    await vi.advanceTimersByTimeAsync(12 * hour)
    forget()
    await vi.advanceTimersByTimeAsync(72 * hour)
    expect(uploads()).toBeGreaterThan(0)
    expect(uploads()).toBeLessThan(5)
    const stopped = putter.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    await stopped
  }))

test.each([
  ['is not put there twice', raw, 0],
  ['is put there though one of its size lies there', Buffer.from(raw.toString().replace('no', 'my')), 1],
])('a moved message without Message-ID %s', (_what, lies, wanted) =>
  onFakeTime(async () => {
    const { putter, settled, uploads } = putting(null, () => undefined, [lies])
    putter.start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(settled).toEqual([true])
    expect(uploads()).toBe(wanted)
    const stopped = putter.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    await stopped
  }),
)
