import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import type { Part } from '../../../src-preload/contract/depth'
import { codeOf, Harness, parsed, start } from '../helpers'
import { packPage } from '../../../src-main/shared/page-bytes'

/** The machine may be busy with other things. */
const patient = { timeout: 20_000 }
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let store: Harness
let inbox: number
let mailboxId: number
beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  inbox = made.folders['INBOX'] ?? 0
  mailboxId = made.id
})
afterEach(() => store.stop())

const sent = { from: 'Ann <a@x.test>', id: 'a@x', subject: 'Old bell', date: start }
const whole = (): ParsedMessage =>
  parsed({ ...sent, text: 'The velocipede rings.', files: [{ name: 'a.pdf' }, { name: 'b.pdf' }] })
const headers = (): ParsedMessage => parsed({ ...sent, text: '' })

async function put(part: Part, message: ParsedMessage, folderId = inbox, uid = 1): Promise<void> {
  await store.mail.call('ingest.page', {
    folderId,
    uidValidity: '1',
    ...packPage([{ uid, flags: [], internalDate: start, message, part, size: 123_456 }]),
    cursor: {},
    backfill: true,
  })
}
const first = async () => {
  const id = (await store.list())[0]?.id ?? 0
  const conversation = await store.call('conversations.get', { id })
  return conversation.messages[0] ?? expect.fail('no message')
}
const found = async (text: string): Promise<number> => (await store.call('search.query', { text })).total

describe('a message that is here in part', () => {
  test('is not passed on without its files and words: it is fetched first, and nothing is begun where that fails', async () => {
    await put('headers', headers())
    const { id: messageId } = await first()
    const conversationId = (await store.list())[0]?.id ?? 0
    const forward = { kind: 'forward', conversationId, messageId } as const
    store.whole = () => {
      throw new PosternError('offline')
    }
    expect(await codeOf(store.call('drafts.start', forward))).toBe('offline')
    expect((await store.call('drafts.list', {})).drafts).toEqual([])
    store.whole = () => ({ message: whole() })
    store.parts = ({ index }) => ({ type: 'application/pdf', bytes: Buffer.from(`part ${index}`) })
    const draft = await store.call('drafts.start', forward)
    expect(draft.files.map(({ name }) => name)).toEqual(['a.pdf', 'b.pdf'])
    expect(draft.quote).toContain('The velocipede rings.')
  })

  test('comes whole when it is opened: text, files, snippet, words of the search; its place and thread stay', async () => {
    await put('headers', headers())
    const before = await first()
    expect([before.part, before.rawSize, before.attachments.length]).toEqual(['headers', 123_456, 0])
    expect(await found('velocipede')).toBe(0)
    expect((await store.call('search.query', { text: 'velocipede' })).partial).toBe(1)
    const asked: unknown[] = []
    store.whole = (input) => {
      asked.push(input)
      return { message: whole() }
    }
    await store.call('messages.fetch', { id: before.id })
    expect(asked).toEqual([{ mailboxId, path: 'INBOX', uidValidity: '1', uid: 1 }])
    const after = await first()
    expect([after.id, after.part, after.body?.text, after.attachments.map(({ name }) => name)]).toEqual([
      before.id,
      'whole',
      'The velocipede rings.',
      ['a.pdf', 'b.pdf'],
    ])
    await expect.poll(() => found('velocipede'), patient).toBe(1)
    expect((await store.call('search.query', { text: 'velocipede' })).partial).toBe(0)
    await store.call('messages.fetch', { id: before.id })
    expect(asked).toHaveLength(1)
  })

  test('is fetched from where it can be had: a place where it is no more, or a mailbox that is cut off, does not keep it away', async () => {
    const sales = await store.mailbox('sales@acme.test')
    await put('headers', headers())
    await put('headers', headers(), sales.folders['INBOX'] ?? 0, 7)
    const asked: number[] = []
    store.whole = ({ mailboxId: from }) => {
      asked.push(from)
      if (asked.length === 1) throw new PosternError('offline')
      return { message: whole() }
    }
    await store.call('messages.fetch', { id: (await first()).id })
    expect((await first()).part).toBe('whole')
    expect(new Set(asked)).toEqual(new Set([mailboxId, sales.id]))
  })

  test('offline, it says so and is as it was', async () => {
    await put('headers', headers())
    store.whole = () => {
      throw new PosternError('offline')
    }
    expect(await codeOf(store.call('messages.fetch', { id: (await first()).id }))).toBe('offline')
    expect((await first()).part).toBe('headers')
  })

  test('a file of one that is too large is fetched when it is opened, and is still the file that was clicked', async () => {
    await put('start', parsed({ ...sent, text: 'The velocipede rings.', files: [{ name: 'a.pdf', size: 3 }] }))
    const message = await first()
    expect(message.part).toBe('start')
    const id = message.attachments[0]?.id ?? 0
    store.whole = () => ({ message: whole() })
    store.parts = ({ index }) => ({
      type: 'image/png',
      bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, index]),
    })
    expect((await store.call('attachments.image', { id })).bytes[8]).toBe(0)
    expect((await first()).attachments.map((file) => [file.id === id, file.name])).toEqual([
      [true, 'a.pdf'],
      [false, 'b.pdf'],
    ])
  })

  test('and whole in another mailbox is one message, whichever comes first', async () => {
    const sales = await store.mailbox('sales@acme.test')
    const other = sales.folders['INBOX'] ?? 0
    await put('headers', headers())
    await put('whole', whole(), other)
    expect((await first()).part).toBe('whole')
    expect(store.db.read.get('SELECT count(*) AS n FROM messages')).toEqual({ n: 1 })
    await put('headers', headers(), inbox, 2)
    expect(store.db.read.get('SELECT count(*) AS n FROM messages')).toEqual({ n: 1 })
    expect((await first()).part).toBe('whole')
  })

  test('does not take for its own what a stranger writes later under its headers', async () => {
    await put('headers', headers())
    const forged = parsed({ ...sent, text: 'I never ordered it.' })
    await store.mail.call('ingest.page', {
      folderId: inbox,
      uidValidity: '1',
      ...packPage([{ uid: 2, flags: [], internalDate: start + 400 * 86_400_000, message: forged }]),
      cursor: {},
      backfill: false,
    })
    expect(store.db.read.all('SELECT part FROM messages ORDER BY id')).toEqual([{ part: 2 }, { part: 0 }])
    store.whole = () => ({ message: whole() })
    await store.call('messages.fetch', { id: (await first()).id })
    await expect.poll(() => found('velocipede'), patient).toBe(1)
    await expect.poll(() => found('never ordered'), patient).toBe(1)
  })

  test('is asked for when the mailbox is to keep more, newest first and no larger than it says', async () => {
    for (const n of [1, 2, 3])
      await put('headers', parsed({ from: 'a@x.test', id: `m${n}@x`, date: start + n * 1000, text: '' }), inbox, n)
    const next = async (since: number, largest: number, limit = 10): Promise<number[]> =>
      (await store.mail.call('parts.next', { folderId: inbox, since, largest, limit })).uids
    expect(await next(0, 1e9)).toEqual([3, 2, 1])
    expect(await next(start + 2000, 1e9, 1)).toEqual([3])
    expect(await next(0, 1000)).toEqual([])
    await store.mail.call('parts.complete', {
      folderId: inbox,
      uidValidity: '1',
      uid: 3,
      message: parsed({ from: 'a@x.test', id: 'm3@x', date: start + 3000, text: 'whole' }),
    })
    expect(await next(0, 1e9)).toEqual([2, 1])
    expect(
      await codeOf(store.mail.call('parts.complete', { folderId: inbox, uidValidity: '2', uid: 2, message: whole() })),
    ).toBe('conflict')
  })

  test('does not pass for the message in an export', async () => {
    await put('headers', headers())
    store.whole = () => {
      throw new PosternError('offline')
    }
    await store.app.call('transfer.export', { dir: store.dir, scope: { kind: 'mailbox', mailboxId }, format: 'mbox' })
    // Nothing else is there, so nothing was exported.
    await expect.poll(async () => (await store.call('transfers.list', {})).transfers[0]?.state, patient).toBe('failed')
    expect((await store.call('transfers.list', {})).transfers[0]).toMatchObject({ messages: 0, left: 1, error: null })
  })
})

test('depth is kept, and what a mailbox takes up is counted', async () => {
  const depth = { bodies: 'months' as const, months: 6, largest: 5 * 1024 * 1024, pace: 'full' as const }
  await store.call('mailboxes.setDepth', { id: mailboxId, depth })
  expect((await store.call('mailboxes.list', {})).mailboxes[0]?.depth).toEqual(depth)
  expect(await codeOf(store.call('mailboxes.setDepth', { id: mailboxId, depth: { ...depth, months: 0 } }))).toBe(
    'invalid-input',
  )
  await put('whole', whole())
  await put('headers', parsed({ from: 'b@x.test', id: 'b@x', date: start, text: '' }), inbox, 2)
  const usage = await store.call('mailboxes.usage', { id: mailboxId })
  expect([usage.messages, usage.partial]).toEqual([2, 1])
  expect(usage.bytes).toBeGreaterThan(100)
})
