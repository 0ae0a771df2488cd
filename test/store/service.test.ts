import { readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { calls } from '../../src-preload/contract/calls'
import { PosternError } from '../../src-preload/contract/errors'
import { requirePermission } from '../../src-main/store/access'
import { tempFolder } from '../servers/process.mjs'
import { codeOf, Harness, start } from './helpers'

let store: Harness
let inbox: number
let folders: Record<string, number>
beforeEach(async () => {
  store = await Harness.make()
  folders = (await store.mailbox()).folders
  inbox = folders['INBOX'] ?? 0
})
afterEach(() => store.stop())

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

describe('ports', () => {
  test('calls of app cannot be reached through the port of the window', async () => {
    for (const name of [
      'app.unlock',
      'store.open',
      'mailbox.remove',
      'attachment.write',
      'ingest.page',
      'outbox.claim',
      '__proto__',
      'constructor',
    ]) {
      // A port takes any name; the types of the client do not.
      expect(await codeOf(store.call(name as 'counts.get', {}))).not.toBe('none')
    }
  })

  test('a shape that does not fit never reaches a function', async () => {
    expect(await codeOf(store.call('conversations.list', { view: 'inbox', offset: -1, limit: 50 }))).toBe(
      'invalid-input',
    )
    expect(await codeOf(store.call('conversations.setRead', { ids: [], read: true }))).toBe('invalid-input')
  })

  test('every call names a permission that somebody holds', () => {
    for (const def of Object.values(calls))
      expect(() => requirePermission({ kind: 'agent', name: 'Ada' }, def.permission)).not.toThrow()
    expect(PosternError.from(new PosternError('not-allowed')).code).toBe('not-allowed')
  })

  test('events come after the commit, hold ids only, and one a topic for a burst', async () => {
    store.events.length = 0
    for (let n = 0; n < 5; n++)
      await store.put(inbox, {
        from: 'Secret Name <h@x.test>',
        subject: 'Secret subject',
        id: `r${n}@x`,
        references: ['r0@x'],
      })
    await expect.poll(() => store.events.filter(({ topic }) => topic === 'conversations').length).toBeGreaterThan(0)
    expect(JSON.stringify(store.events)).not.toMatch(/secret/i)
    const id = (await store.list())[0]?.id
    expect(store.events).toContainEqual({ topic: 'conversations', ids: [id] })
    // Nothing of them is still to come.
    let before = -1
    await expect
      .poll(() => [before, (before = store.events.length)], { interval: 400 })
      .toSatisfy(([last, now]: number[]) => last === now)
    store.events.length = 0
    await store.call('conversations.setStatus', { ids: [id ?? 0], status: 'closed' })
    await expect.poll(() => store.events).toContainEqual({ topic: 'counts' })
    expect(store.events.filter(({ topic }) => topic === 'conversations')).toHaveLength(1)
  })
})

test('the first page of an inbox, and news in it, are not told with what follows them; the first of any other folder is', async () => {
  const told = (id: number) =>
    store.events.some((event) => event.topic === 'conversations' && 'ids' in event && event.ids.includes(id))
  // While one commit follows the other they are told together.
  for (let n = 0; n < 3; n++) await store.put(inbox, { from: 'h@x.test', id: `old${n}@x` })
  await store.put(inbox, { from: 'h@x.test', id: 'news@x', subject: 'News' }, { cursor: { highUid: 9 } })
  const id = (await store.list()).find(({ subject }) => subject === 'News')?.id ?? 0
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve))
  expect(told(id)).toBe(true)
  let toldAtOnce = 0
  store.service.tellNow = () => void toldAtOnce++
  for (const folder of ['Archive', 'INBOX'])
    await store.put(folders[folder] ?? 0, { from: 'h@x.test', id: `${folder}@x` }, { cursor: { highUid: 10 } })
  expect(toldAtOnce).toBe(1)
})

describe('what is fetched or shown of a message', () => {
  const url = 'https://pic.test/a.png'
  test('no remote image is fetched without leave, for another message, or from an address that the message does not name (R13)', async () => {
    let fetched = 0
    store.image = () => {
      fetched++
      return { type: 'image/png', bytes: png }
    }
    await store.put(inbox, { from: 'a@x.test', id: 'one@x', remoteUrls: [url] })
    await store.put(inbox, { from: 'a@x.test', inReplyTo: ['one@x'], remoteUrls: [url] })
    const [row] = await store.list()
    const [one, two] = (await store.call('conversations.get', { id: row?.id ?? 0 })).messages.map(({ id }) => id)
    expect(await codeOf(store.call('messages.remoteImage', { id: one ?? 0, url }))).toBe('not-allowed')
    await store.call('messages.allowRemote', { id: one ?? 0 })
    expect((await store.call('messages.remoteImage', { id: one ?? 0, url })).type).toBe('image/png')
    expect(await codeOf(store.call('messages.remoteImage', { id: two ?? 0, url }))).toBe('not-allowed')
    expect(await codeOf(store.call('messages.remoteImage', { id: one ?? 0, url: 'https://pic.test/other.png' }))).toBe(
      'not-allowed',
    )
    expect(fetched).toBe(1)
    store.image = () => ({ type: 'image/png', bytes: Buffer.from('<svg onload=alert(1)>') })
    expect(await codeOf(store.call('messages.remoteImage', { id: one ?? 0, url }))).toBe('unreadable')
  })

  test('what only calls itself an image is not shown (R22)', async () => {
    await store.put(inbox, { from: 'a@x.test', files: [{ name: 'a.png', type: 'image/png' }] })
    const [row] = await store.list()
    const id = (await store.call('conversations.get', { id: row?.id ?? 0 })).messages[0]?.attachments[0]?.id ?? 0
    store.parts = () => ({ type: 'image/png', bytes: Buffer.from('<html><script>1</script>') })
    expect(await codeOf(store.call('attachments.image', { id }))).toBe('not-allowed')
  })

  test('an attachment is written with no exec bit and never over a file or through a link (R21, R22)', async () => {
    await store.put(inbox, { from: 'a@x.test', files: [{ name: '../run\u202Egnp.sh' }] })
    const [row] = await store.list()
    const id = (await store.call('conversations.get', { id: row?.id ?? 0 })).messages[0]?.attachments[0]?.id ?? 0
    store.parts = () => ({ type: 'text/plain', bytes: Buffer.from('#!/bin/sh') })
    expect((await store.app.call('attachment.info', { id })).name).toBe('_rungnp.sh')
    const dir = tempFolder('save')
    try {
      const file = path.join(dir, 'run.sh')
      await store.app.call('attachment.write', { id, path: file, overwrite: false })
      expect(readFileSync(file, 'utf8')).toBe('#!/bin/sh')
      expect(statSync(file).mode & 0o777).toBe(0o600)
      writeFileSync(path.join(dir, 'mine'), 'mine')
      symlinkSync(path.join(dir, 'mine'), path.join(dir, 'link'))
      for (const name of ['mine', 'link'])
        expect(
          await codeOf(store.app.call('attachment.write', { id, path: path.join(dir, name), overwrite: false })),
        ).toBe('conflict')
      expect(readFileSync(path.join(dir, 'mine'), 'utf8')).toBe('mine')
      await store.app.call('attachment.write', { id, path: path.join(dir, 'mine'), overwrite: true })
      expect(readFileSync(path.join(dir, 'mine'), 'utf8')).toBe('#!/bin/sh')
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})

describe('customers', () => {
  test('the first mail makes one; a bounce makes nobody a customer since', async () => {
    await store.put(inbox, { from: 'Daemon <h@x.test>', auto: 'bounce', date: start })
    await store.put(inbox, { from: 'Hannah <H@X.test>', date: start + 5000, id: 'a@x' })
    const [row] = (await store.list()).filter(({ people }) => people.includes('Hannah'))
    const conversation = await store.call('conversations.get', { id: row?.id ?? 0 })
    const customer = await store.call('customers.get', { id: conversation.customerId ?? 0 })
    expect(customer).toMatchObject({
      name: 'Hannah',
      addresses: ['h@x.test'],
      firstSeenAt: start + 5000,
      conversationCount: 2,
    })
  })

  test('a name that a person gave is not changed by mail', async () => {
    await store.put(inbox, { from: 'H <h@x.test>', date: start })
    const id = (await store.call('conversations.get', { id: (await store.list())[0]?.id ?? 0 })).customerId ?? 0
    await store.call('customers.update', { id, name: 'Ms Oduya', note: 'VIP' })
    await store.put(inbox, { from: 'Hannah O <h@x.test>', date: start + 9000 })
    expect(await store.call('customers.get', { id })).toMatchObject({ name: 'Ms Oduya', note: 'VIP' })
  })

  test('suggestions come by name and address, newest first, and take any text', async () => {
    await store.put(inbox, { from: 'Hannah Oduya <h@x.test>', date: start })
    await store.put(inbox, { from: 'Otto <oduya@y.test>', date: start + 1000 })
    expect((await store.call('customers.suggest', { text: 'odu' })).addresses.map(({ address }) => address)).toEqual([
      'oduya@y.test',
      'h@x.test',
    ])
    for (const text of ['', '%', '_', "'", '\\', '\0'])
      await expect(store.call('customers.suggest', { text })).resolves.toBeDefined()
  })

  test('mail from us makes no customer of ourselves but one of whom it went to', async () => {
    await store.put(folders['Sent'] ?? 0, { from: 'Support <support@acme.test>', to: ['New <new@x.test>'] })
    expect((await store.call('customers.suggest', { text: 'support' })).addresses).toEqual([])
    expect((await store.call('customers.suggest', { text: 'new' })).addresses).toHaveLength(1)
  })
})

describe('drafts on the server', () => {
  test('are in no conversation and no search, until they are sent', async () => {
    const draft = {
      from: 'Support <support@acme.test>',
      to: ['h@x.test'],
      id: 'd@acme',
      text: 'unfinished thought',
      date: start,
      raw: 'd',
    }
    await store.put(folders['Drafts'] ?? 0, draft)
    expect((await store.call('search.query', { text: 'unfinished' })).hits).toEqual([])
    expect((await store.call('customers.suggest', { text: 'h@x' })).addresses).toEqual([])
    await store.put(folders['Sent'] ?? 0, draft)
    expect((await store.call('search.query', { text: 'unfinished' })).hits).toHaveLength(1)
    expect(await store.list('closed')).toHaveLength(1)
  })
})
