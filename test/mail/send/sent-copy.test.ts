import { expect, test, vi } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { OutboxSender, type Synced } from '../../../src-main/mail/send/outbox-sender'
import { Putter } from '../../../src-main/mail/send/putter'
import { inlineParser, mailboxAt, queue, serverAt, waitFor } from '../harness'
import { MemoryStore } from '../memory-store'

const app = { call: async () => Promise.reject(new Error('nobody signs in')) }

/** Files one copy of what was sent by `host`; answers with what was put into Sent. */
async function filed(host: string, there: readonly string[] = [], throughId: number | null = null): Promise<string[]> {
  const mailbox = mailboxAt(serverAt(1), serverAt(1, { host }))
  const store = new MemoryStore([mailbox])
  store.copies.push({ id: 1, messageId: 'a@acme.test', date: 0, raw: Buffer.from('raw'), tries: 0, throughId })
  const put: string[] = []
  const session = {
    select: async () => ({}),
    searchUids: async ({ messageId }: { messageId: string }) => (there.includes(messageId) ? [1] : []),
    append: async (path: string) => void put.push(path),
  } as never
  const sync: Synced = {
    seeAnswers: async () => undefined,
    pathOf: async () => 'Sent',
    touched: () => undefined,
    withActsSession: async (job) => job(session),
    withPutSession: async (_bytes, job) => job(session),
  }
  const sender = new OutboxSender(mailbox, { store: store.port, parser: inlineParser, app }, sync)
  sender.start()
  await waitFor(() => store.copies.length === 0)
  await sender.stop()
  return put
}

test.each(['smtp.gmail.com', 'smtp.office365.com', 'smtp-mail.outlook.com'])(
  'where %s files what it sends there is no second copy in Sent',
  async (host) => expect(await filed(host)).toEqual([]),
)

test('elsewhere one copy is filed, and none where one lies already', async () => {
  expect(await filed('smtp.acme.test')).toEqual(['Sent'])
  expect(await filed('smtp.acme.test', ['a@acme.test'])).toEqual([])
  expect(await filed('gmail.com.evil.test')).toEqual(['Sent'])
})

test("what another account carried is filed by us in the mailbox's own Sent, whoever files that account's", async () => {
  expect(await filed('smtp.gmail.com', [], 2)).toEqual(['Sent'])
})

test('a copy that takes long holds up no message', async () => {
  const mailbox = mailboxAt(serverAt(1))
  const store = new MemoryStore([mailbox])
  store.copies.push({ id: 1, messageId: 'a@acme.test', date: 0, raw: Buffer.from('raw'), tries: 0, throughId: null })
  let putting = 0
  let put = (): void => undefined
  const sync: Synced = {
    seeAnswers: async () => undefined,
    pathOf: async () => 'Sent',
    touched: () => undefined,
    withActsSession: async (job) => job({ select: async () => ({}), searchUids: async () => [1] } as never),
    withPutSession: async () => {
      putting++
      await new Promise<void>((resolve) => {
        put = resolve
      })
      throw new PosternError('connection-lost')
    },
  }
  const sender = new OutboxSender(mailbox, { store: store.port, parser: inlineParser, app }, sync)
  sender.start()
  await waitFor(() => putting === 1)
  const id = queue(store)
  sender.wake()
  // It was tried, while the copy is still on its way.
  const tried = await waitFor(() => store.outbox.find(({ job }) => job.id === id)?.outcome)
  expect(tried).toMatchObject({ state: 'failed', error: { code: 'internal' } })
  expect(store.copies).toHaveLength(1)
  put()
  await sender.stop()
})

test('a copy that the server refuses each time is not uploaded for ever, and holds up no other', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const mailbox = mailboxAt(serverAt(1))
    const store = new MemoryStore([mailbox])
    const copy = (id: number) => ({
      id,
      messageId: `${id}`,
      date: 0,
      raw: Buffer.from(`${id}`),
      tries: 0,
      throughId: null,
    })
    store.copies.push(copy(1))
    let uploads = 0
    const filed: string[] = []
    let trouble: 'server-refused' | 'offline' = 'offline'
    const session = {
      select: async () => ({}),
      searchUids: async () => [],
      append: async (_path: string, raw: Buffer) => {
        if (raw.toString() === '2') return void filed.push(raw.toString())
        uploads++
        throw new PosternError(trouble)
      },
    } as never
    const putter = new Putter(mailbox, store.port, {
      pathOf: async () => 'Sent',
      touched: () => undefined,
      withPutSession: async (_bytes, job) => job(session),
    })
    putter.start()
    // Without a network nothing was refused.
    await vi.advanceTimersByTimeAsync(6 * 3_600_000)
    expect(uploads).toBeGreaterThan(60)
    trouble = 'server-refused'
    await vi.advanceTimersByTimeAsync(12 * 3_600_000)
    uploads = 0
    store.copies.push(copy(2))
    putter.wake()
    await vi.advanceTimersByTimeAsync(12 * 3_600_000)
    expect(uploads).toBeLessThan(2)
    expect(filed).toEqual(['2'])
    await vi.advanceTimersByTimeAsync(48 * 3_600_000)
    expect(uploads).toBeGreaterThan(0)
    expect(uploads).toBeLessThan(4)
    const stopped = putter.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    await stopped
  } finally {
    vi.useRealTimers()
  }
})
