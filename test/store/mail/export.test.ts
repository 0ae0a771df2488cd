import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf, day, Harness, parsed, start } from '../helpers'
import { PosternError } from '../../../src-preload/contract/errors'
import { packPage } from '../../../src-main/shared/page-bytes'
import { tempFolder } from '../../servers/process.mjs'
import { mayMount, smallDisk } from '../../servers/small-disk.mjs'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

/** Whole messages of the inbox, and after them one of which only the header is here. */
async function mailbox(count = 0): Promise<number> {
  const { id, folders } = await store.mailbox()
  const folderId = folders['INBOX'] ?? 0
  for (let n = 0; n < count; n++) await store.put(folderId, { from: 'Priya <priya@cycle.test>', date: start + n })
  const message = parsed({ from: 'p@cycle.test' })
  await store.mail.call('ingest.page', {
    folderId,
    uidValidity: '1',
    ...packPage([{ uid: 99, flags: [], internalDate: start + 1000, message, size: 9, part: 'headers' as const }]),
    cursor: {},
    backfill: true,
  })
  return id
}
const begin = (dir: string, mailboxId: number, format: 'mbox' | 'maildir' | 'eml' = 'mbox') =>
  store.app.call('transfer.export', { dir, scope: { kind: 'mailbox', mailboxId }, format })
const newest = async () => (await store.call('transfers.list', {})).transfers[0]
const filesIn = (dir: string): string[] => readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()

test.skipIf(!mayMount)(
  'an export of which the disk took a part is not called done, and leaves no part behind (R50)',
  async () => {
    const { id: mailboxId, folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, {
      from: 'Priya <priya@cycle.test>',
      raw: `From: priya@cycle.test\r\n\r\n${'spokes and rims\r\n'.repeat(1000)}the end`,
    })
    for (let n = 0; n < 60; n++)
      await store.put(folders['INBOX'] ?? 0, { from: 'Priya <priya@cycle.test>', date: Date.UTC(2026, 8, 1) + n })
    const disk = smallDisk('64k')
    const exported = async () => {
      await store.app.call('transfer.export', { dir: disk.dir, scope: { kind: 'mailbox', mailboxId }, format: 'mbox' })
      const newest = async () => (await store.call('transfers.list', {})).transfers[0]
      await expect.poll(async () => (await newest())?.state).not.toBe('running')
      return newest()
    }
    try {
      disk.fill('of somebody else', 24_576)
      expect(await exported()).toMatchObject({ state: 'failed', error: 'disk-full', messages: 0 })
      expect(readdirSync(disk.dir).filter((name) => /\d{4}-\d\d-\d\d/.test(name))).toEqual([])
      disk.grow('256k')
      expect(await exported()).toMatchObject({ state: 'done', messages: 61 })
      const files = readdirSync(disk.dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /mbox|part/.test(name),
      )
      // what was written of the first is gone
      expect(files).toHaveLength(1)
      expect(readFileSync(path.join(disk.dir, files[0] ?? ''), 'utf8')).toContain('the end')
    } finally {
      disk.remove()
    }
  },
)

test.each(['mbox', 'maildir', 'eml'] as const)(
  'an export as %s of which nothing could be written leaves no folder, and is not called done',
  async (format) => {
    const dir = tempFolder('export')
    const id = await mailbox()
    await begin(dir, id, format)
    await expect.poll(async () => (await newest())?.state).toBe('failed')
    expect(await newest()).toMatchObject({ messages: 0, left: 1, error: null, files: false })
    expect(filesIn(dir)).toEqual([])
    await store.put(store.db.read.get<{ id: number }>("SELECT id FROM folders WHERE path = 'Archive'")?.id ?? 0, {
      from: 'p@cycle.test',
    })
    await begin(dir, id, format)
    await expect.poll(async () => (await newest())?.state).toBe('done')
    expect(await newest()).toMatchObject({ messages: 1, left: 1, files: true })
    expect(filesIn(dir).filter((name) => name.includes('INBOX'))).toEqual([])
    expect(filesIn(dir).some((name) => name.includes('Archive'))).toBe(true)
    rmSync(dir, { recursive: true })
  },
)

/** An export that goes no further, as one whose process was killed in the middle; answers with the name of its part. */
async function halfWay(dir: string): Promise<string> {
  const id = await mailbox(3)
  let reached = false
  store.whole = () => {
    reached = true
    return new Promise(() => undefined)
  }
  await begin(dir, id)
  await expect.poll(() => reached).toBe(true)
  const part = filesIn(dir).find((name) => name.endsWith('.part')) ?? ''
  expect(part).toMatch(/INBOX\.mbox\.[0-9a-f]{6}\.part$/)
  return path.join(dir, part)
}

test('an export that was killed leaves no part and no empty folder; files that others gave such names stay', async () => {
  const dir = tempFolder('export')
  const part = await halfWay(dir)
  const theirs = [path.join(dir, 'INBOX.mbox.abc123.part'), path.join(dir, 'INBOX.mbox')]
  for (const file of theirs) writeFileSync(file, 'theirs')
  await store.restart()
  await expect.poll(() => filesIn(dir)).toEqual(theirs.map((file) => path.basename(file)).toSorted())
  await expect.poll(newest).toMatchObject({ state: 'failed', error: 'service-stopped', files: false })
  expect(existsSync(part)).toBe(false)
  expect(store.db.read.all('SELECT path FROM part_files')).toEqual([])
  rmSync(dir, { recursive: true })
})

test('what was written whole before an export was killed stays, and is said to be a part', async () => {
  const dir = tempFolder('export')
  const part = await halfWay(dir)
  const whole = path.join(path.dirname(part), 'Archive.mbox')
  writeFileSync(whole, 'mail')
  await store.restart()
  await expect.poll(() => existsSync(part)).toBe(false)
  expect(readFileSync(whole, 'utf8')).toBe('mail')
  expect(await newest()).toMatchObject({ error: 'service-stopped', files: true })
  rmSync(dir, { recursive: true })
})

test('a part on a drive that was away at the start goes with the next export; what lies under its name by then, and is no file, stays', async () => {
  const dir = tempFolder('export')
  const away = `${dir}-away`
  const part = await halfWay(dir)
  renameSync(dir, away)
  await store.restart()
  await expect.poll(newest).toMatchObject({ state: 'failed', files: true })
  renameSync(away, dir)
  expect(existsSync(part)).toBe(true)
  store.whole = () => Promise.reject(new Error('offline'))
  const other = tempFolder('export')
  await store.app.call('accessLog.export', {
    path: path.join(other, 'log'),
    proofPath: path.join(other, 'proof'),
    by: 'A',
  })
  await expect.poll(() => existsSync(part)).toBe(false)
  store.db.write((tx) => tx.run('INSERT INTO part_files(path, at) VALUES(?, ?)', part, Date.now()))
  mkdirSync(part)
  await store.restart()
  await expect.poll(() => store.db.read.all('SELECT path FROM part_files')).toEqual([])
  expect(existsSync(part)).toBe(true)
  for (const one of [dir, other]) rmSync(one, { recursive: true })
})

test('of what is kept in part only since an export began, no part passes for the message', async () => {
  const dir = tempFolder('export')
  const id = await mailbox()
  const { id: folderId } = store.db.read.get<{ id: number }>("SELECT id FROM folders WHERE path = 'INBOX'") ?? { id: 0 }
  const raw = `From: p@cycle.test\r\n\r\n${'spokes and rims\r\n'.repeat(100_000)}`
  await store.put(folderId, { from: 'p@cycle.test', date: start + 30 * day, raw })
  const waiting: (() => void)[] = []
  store.whole = () =>
    new Promise((_, reject) => {
      waiting.push(() => reject(new PosternError('offline')))
    })
  await begin(dir, id)
  await expect.poll(() => waiting.length).toBe(1)
  await store.call('mailboxes.setDepth', {
    id,
    depth: { bodies: 'all', months: 12, largest: 1_000_000, pace: 'auto' },
    free: true,
  })
  const parts = () => store.db.read.all('SELECT 1 FROM messages WHERE part <> 0')
  await expect.poll(parts).toHaveLength(2)
  await expect
    .poll(async () => {
      for (const answer of waiting.splice(0)) answer()
      return (await newest())?.state
    })
    .toBe('failed')
  expect(await newest()).toMatchObject({ messages: 0, left: 2, error: null })
  rmSync(dir, { recursive: true })
})

test.each(['mbox', 'maildir', 'eml'] as const)(
  'mail that went with its mailbox since an export began does not cost the mail of the others, as %s',
  async (format) => {
    const dir = tempFolder('export')
    const id = await mailbox()
    const sales = await store.mailbox('sales@acme.test')
    for (const n of [1, 2, 3])
      await store.put(sales.folders['INBOX'] ?? 0, { from: `p${n}@cycle.test`, date: start + 30 * day + n })
    const rest = store.db.read.get<{ id: number }>("SELECT id FROM folders WHERE path = 'INBOX' AND mailbox_id = ?", id)
    await store.put(rest?.id ?? 0, { from: 'q@cycle.test', date: start + 60 * day })
    let answer = (): void => undefined
    store.whole = () =>
      new Promise((_, reject) => {
        answer = () => reject(new PosternError('offline'))
      })
    const ids = (await store.list()).map((one) => one.id)
    expect(ids).toHaveLength(5)
    await store.app.call('transfer.export', { dir, scope: { kind: 'conversations', ids }, format })
    await store.app.call('mailbox.remove', { id: sales.id })
    await expect.poll(() => store.db.read.all('SELECT 1 FROM messages')).toHaveLength(2)
    answer()
    await expect.poll(async () => (await newest())?.state).not.toBe('running')
    expect(await newest()).toMatchObject({ state: 'done', messages: 1, left: 4, error: null })
    rmSync(dir, { recursive: true })
  },
)

test.each(['mbox', 'maildir', 'eml'] as const)(
  'no name of a folder or a subject is so long that mail is not exported as %s',
  async (format) => {
    const dir = tempFolder('export')
    const long = '\u9234'.repeat(90)
    const { id, folders } = await store.mailbox('support@acme.test', { [long]: 'inbox' })
    for (const name of ['one', 'two'])
      await store.put(folders[long] ?? 0, { from: 'p@cycle.test', subject: long, date: start, text: name })
    await begin(dir, id, format)
    await expect.poll(async () => (await newest())?.state).not.toBe('running')
    expect(await newest()).toMatchObject({ state: 'done', messages: 2, error: null })
    rmSync(dir, { recursive: true })
  },
)

test('no mail is exported without a line in the access log that says how much and by whom', async () => {
  const dir = tempFolder('export')
  const id = await mailbox(2)
  await store.call('settings.set', { agentName: 'Ana Ruiz' })
  store.db.write((tx) =>
    tx.run("CREATE TRIGGER disk_full BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'full'); END"),
  )
  expect(await codeOf(begin(dir, id))).toBe('internal')
  expect(filesIn(dir)).toEqual([])
  store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
  await begin(dir, id)
  await expect.poll(async () => (await newest())?.state).toBe('done')
  const { entries } = await store.call('accessLog.list', {})
  expect(entries).toMatchObject([
    {
      act: 'exported',
      who: { kind: 'agent', name: 'Ana Ruiz' },
      object: { kind: 'mailbox', id },
      detail: { messages: 3, format: 'mbox' },
    },
  ])
  rmSync(dir, { recursive: true })
})
