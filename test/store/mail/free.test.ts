import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MailboxDepth } from '../../../src-preload/contract/depth'
import { vanish } from '../../../src-main/store/mail/flags'
import { freeDue, freeSoon } from '../../../src-main/store/mail/free'
import { Harness, parsed, settings, type Sent } from '../helpers'

const day = 86_400_000
const all: MailboxDepth = { bodies: 'all', months: 12, largest: null, pace: 'auto' }
const year: MailboxDepth = { ...all, bodies: 'months', largest: 5_000_000 }
/** Words that no packing makes small. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
const sent = (subject: string, ageDays: number, bytes: number): Sent => ({
  from: 'ana@x.test',
  id: `${subject}@x`,
  subject,
  text: `words of ${subject}`,
  date: Date.now() - ageDays * day,
  raw: `From: ana@x.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x>\r\n\r\nwords of ${subject}\r\n${noise(bytes)}`,
})

let store: Harness
let mailboxId: number
let inbox: number
const messages: Record<string, Sent> = {
  fresh: sent('fresh', 5, 300_000),
  old: sent('old', 500, 1_500_000),
  older: sent('older', 800, 1_500_000),
  large: sent('large', 5, 6_000_000),
}

beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  mailboxId = made.id
  inbox = made.folders['INBOX'] ?? 0
  for (const message of Object.values(messages)) await store.put(inbox, message)
})
afterEach(() => store.stop())

const parts = (): string[] =>
  store.db.read
    .all<{ subject: string; part: number }>('SELECT subject, part FROM messages ORDER BY subject')
    .map(({ subject, part }) => `${subject} ${part}`)
const idOf = (subject: string): number =>
  store.db.read.get<{ id: number }>('SELECT id FROM messages WHERE subject = ?', subject)?.id ?? 0
const found = async (text: string): Promise<number> => (await store.call('search.query', { text })).total
const size = (): number => statSync(path.join(store.dir, 'postern.db')).size

test('a smaller depth frees nothing that was not asked about, then frees old bodies and large files on the disk, and loses no message', async () => {
  expect(await found('words of older')).toBe(1)
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: year })
  expect(parts()).toEqual(['fresh 0', 'large 0', 'old 0', 'older 0'])
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: all })
  const freeable = await store.call('mailboxes.freeable', { id: mailboxId, depth: year })
  expect(freeable.messages).toBe(3)
  await expect.poll(size).toBeGreaterThan(freeable.bytes)
  const before = size()
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: year, free: true })
  await expect.poll(parts).toEqual(['fresh 0', 'large 1', 'old 2', 'older 2'])
  await expect.poll(() => before - size()).toBeGreaterThan(freeable.bytes / 2)
  const rows = await store.list()
  expect(rows.map(({ subject, snippet }) => `${subject}: ${snippet}`).toSorted()).toEqual(
    ['fresh', 'large', 'old', 'older'].map((name) => `${name}: words of ${name}`),
  )
  expect(await store.call('messages.source', { id: idOf('old') })).toMatchObject({
    source: 'From: ana@x.test\r\nSubject: old\r\nMessage-ID: <old@x>\r\n\r\n',
  })
  expect((await store.call('messages.body', { id: idOf('large') })).text).toBe('words of large')
  await expect.poll(() => found('words of older')).toBe(0)
  expect(await found('words of large')).toBe(1)
  expect((await store.call('mailboxes.freeable', { id: mailboxId, depth: year })).messages).toBe(0)

  // Opened: it comes again, with its words.
  store.whole = () => ({ message: parsed(messages['old'] ?? { from: '' }) })
  await store.call('messages.fetch', { id: idOf('old') })
  expect((await store.call('messages.body', { id: idOf('old') })).text).toBe('words of old')
  expect(parts()).toContain('old 0')
  // More is to be kept again: what is missing is asked for.
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: all })
  expect(
    (await store.mail.call('parts.next', { folderId: inbox, since: 0, largest: Number.MAX_SAFE_INTEGER, limit: 10 }))
      .uids,
  ).toHaveLength(2)
})

test('what another mailbox keeps whole is not freed', async () => {
  const other = await store.mailbox('sales@acme.test')
  await store.put(other.folders['INBOX'] ?? 0, messages['old'] ?? { from: '' })
  expect(
    (await store.call('mailboxes.freeable', { id: mailboxId, depth: { ...all, bodies: 'headers' } })).messages,
  ).toBe(3)
})

test('a message that waits to be put into another mailbox is not freed: its headers alone would arrive there, and the whole go to the Trash', async () => {
  const other = await store.mailbox('sales@acme.test')
  const conversation = (await store.list()).find(({ subject }) => subject === 'old')?.id ?? 0
  await store.call('conversations.move', { ids: [conversation], mailboxId: other.id })
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: { ...all, bodies: 'headers' }, free: true })
  await expect.poll(parts).toEqual(['fresh 2', 'large 2', 'old 0', 'older 2'])
  const { move } = await store.mail.call('moves.next', { mailboxId: other.id })
  expect(Buffer.from(move?.raw ?? []).toString()).toBe(messages['old']?.raw)
})

test('a message that the server lost after it was found to be freed stays whole: it is nowhere else', async () => {
  const { workspace } = store.service.open
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: { ...all, bodies: 'headers' } })
  workspace.db.write((tx) => freeSoon(tx, mailboxId))
  const freeing = freeDue(workspace)
  await vanish(workspace, inbox, '1', [2])
  await freeing
  expect(parts()).toEqual(['fresh 2', 'large 2', 'old 0', 'older 2'])
})

test('policy holds the depth of every mailbox, whatever a person asks, and frees what is beyond it', async () => {
  await store.app.call('policy.set', {
    source: 'a file',
    managedBy: 'IT',
    locked: ['mailDepthMonths'],
    faults: [],
    policy: { mailDepthMonths: 6 },
  })
  await expect.poll(parts).toEqual(['fresh 0', 'large 0', 'old 2', 'older 2'])
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: all })
  expect((await store.mail.call('mailboxes.all', {})).mailboxes[0]?.depth).toMatchObject({
    bodies: 'months',
    months: 6,
  })
})

test('what policy sets for one mailbox holds there, whatever a person asks, and mail is told; how fast it works stays theirs', async () => {
  const address = (await store.mail.call('mailboxes.all', {})).mailboxes.find(({ id }) => id === mailboxId)?.address
  const depth = { bodies: 'months' as const, months: 9, largest: null, pace: 'auto' as const }
  await store.app.call('policy.set', {
    source: 'a file',
    managedBy: 'IT',
    locked: ['mailboxes'],
    faults: [],
    policy: { mailboxes: [{ ...settings(address?.toUpperCase() ?? ''), depth }] },
  })
  await expect.poll(() => store.begunAnew).toEqual([mailboxId])
  await store.call('mailboxes.setDepth', { id: mailboxId, depth: { ...all, pace: 'gentle' } })
  const now = (await store.mail.call('mailboxes.all', {})).mailboxes.find(({ id }) => id === mailboxId)?.depth
  expect(now).toEqual({ ...depth, pace: 'gentle' })
})

test('a mailbox that is added keeps what was chosen for it from the start, and no more than policy allows', async () => {
  const add = async (address: string, months: number) => {
    const { id } = await store.app.call('mailbox.create', {
      settings: settings(address),
      depth: { ...all, bodies: 'months', months },
    })
    const { mailboxes } = await store.mail.call('mailboxes.all', {})
    return mailboxes.find((one) => one.id === id)?.depth.months
  }
  expect(await add('returns@acme.test', 3)).toBe(3)
  // It is there already: adding it again changes nothing.
  expect(await add('returns@acme.test', 9)).toBe(3)
  await store.app.call('policy.set', {
    source: 'a file',
    managedBy: 'IT',
    locked: ['mailDepthMonths'],
    faults: [],
    policy: { mailDepthMonths: 6 },
  })
  expect(await add('orders@acme.test', 24)).toBe(6)
})
