import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { findMailFiles } from '../../../src-main/mail/import/import-files'
import { Importer } from '../../../src-main/mail/import/importer'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { mboxEntry } from '../../../src-main/shared/mbox'
import { sourceOf } from '../../../src-main/store/mail/files'
import { codeOf, Harness } from '../../store/helpers'
import { tempFolder } from '../../servers/process.mjs'

const parser = { parse: (sources: readonly Uint8Array[]) => Promise.all(sources.map((source) => parseMessage(source))) }
const dirs: string[] = []
const folder = (): string => {
  const dir = tempFolder('import')
  dirs.push(dir)
  return dir
}
afterAll(() => dirs.forEach((dir) => rmSync(dir, { recursive: true, force: true })))

const letter = (n: number, from = `p${n}@x.test`, text = `text ${n}`): Buffer =>
  Buffer.from(
    `From: ${from}\r\nTo: old@acme.test\r\nSubject: Old ${n}\r\nMessage-ID: <old${n}@x.test>\r\nDate: Tue, ${10 + (n % 18)} Mar 2015 09:05:01 +0000\r\n\r\n${text}\r\nFrom here on\r\n`,
  )

/** The machine may be busy with other things. */
const patient = { timeout: 20_000 }
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let store: Harness
let importer: Importer
beforeEach(async () => {
  store = await Harness.make()
  importer = new Importer(parser)
  importer.connectStore(store.mail)
})
afterEach(async () => {
  await importer.stop()
  await store.stop()
})

type Target = Parameters<typeof store.app.call<'transfer.import'>>[1]['target']
async function importAll(
  path: string,
  target: Target = { kind: 'new', name: 'Old', address: 'old@acme.test' },
): Promise<Awaited<ReturnType<typeof last>>> {
  await store.app.call('transfer.import', { paths: [path], name: 'old', target })
  importer.wake()
  await expect.poll(async () => (await last()).state).not.toBe('running')
  return last()
}
const last = async () => (await store.call('transfers.list', {})).transfers[0] ?? expect.fail('no transfer')
const sources = (): string[] =>
  store.db.read
    .all<{ id: number }>('SELECT id FROM messages ORDER BY id')
    .map(({ id }) => Buffer.from(sourceOf(store.db.read, id)).toString('latin1'))
    .toSorted()

test('mbox, Maildir and EML are told apart, and files without mail are told', async () => {
  const dir = folder()
  writeFileSync(join(dir, 'Archive 2015.mbox'), mboxEntry(letter(1), 'a@x', 0))
  for (const part of ['cur', 'new', 'tmp', '.Sent/cur', '.Sent/new'])
    mkdirSync(join(dir, 'Maildir', part), { recursive: true })
  writeFileSync(join(dir, 'Maildir', 'cur', '1.x:2,RS'), letter(2))
  writeFileSync(join(dir, 'Maildir', 'new', '2.x'), letter(3))
  writeFileSync(join(dir, 'Maildir', 'tmp', '3.x'), letter(3))
  writeFileSync(join(dir, 'Maildir', '.Sent', 'cur', '4.x:2,S'), letter(4))
  mkdirSync(join(dir, 'letters', 'deep'), { recursive: true })
  writeFileSync(join(dir, 'letters', 'deep', 'one.eml'), letter(5))
  writeFileSync(join(dir, 'letters', 'picture.png'), Buffer.from([0x89, 0x50, 0, 1]))
  const { files, left } = await findMailFiles([dir])
  expect(left).toBe(1)
  expect(files.map(({ kind, folder: name, role, flags }) => [kind, name, role, flags])).toEqual([
    ['mbox', 'Archive 2015', 'archive', null],
    ['message', 'Maildir/Sent', 'sent', ['\\Seen']],
    ['message', 'Maildir', 'archive', ['\\Answered', '\\Seen']],
    ['message', 'Maildir', 'archive', []],
    ['message', 'letters/deep', 'archive', null],
  ])
})

test('mail files beyond the most that one import takes are never left out without being counted', async () => {
  const dir = folder()
  mkdirSync(join(dir, 'deeper'))
  for (const [n, name] of ['a.eml', 'b.eml', 'c.eml', 'deeper/d.eml', 'deeper/e.eml'].entries())
    writeFileSync(join(dir, name), letter(n))
  const { files, left } = await findMailFiles([dir], 2)
  expect([files.length, left]).toEqual([2, 3])
})

test('old mail keeps its date, re-opens nothing, moves no status and asks no server', async () => {
  const { folders } = await store.mailbox()
  await store.put(folders['INBOX'] ?? 0, {
    from: 'p1@x.test',
    id: 'now@x.test',
    subject: 'Old 1',
    references: ['old1@x.test'],
  })
  const id = (await store.list())[0]?.id ?? 0
  await store.call('conversations.setStatus', { ids: [id], status: 'pending' })
  const dir = folder()
  // The file was copied today; the mail is of 2015.
  for (const n of [1, 2]) writeFileSync(join(dir, `${n}.eml`), letter(n))
  utimesSync(join(dir, '1.eml'), new Date(), new Date())
  store.woken.length = 0
  expect(await importAll(dir)).toMatchObject({ state: 'done', messages: 2, duplicates: 0, unreadable: 0, left: 0 })
  const conversation = await store.call('conversations.get', { id })
  expect([conversation.status, conversation.messages.length, conversation.history.map(({ kind }) => kind)]).toEqual([
    'pending',
    2,
    ['pending'],
  ])
  expect(conversation.messages[0]?.date).toBe(Date.UTC(2015, 2, 11, 9, 5, 1))
  const closed = await store.list('closed')
  expect(closed.map(({ subject, unread }) => [subject, unread])).toEqual([['Old 2', false]])
  // Acts on it are done here: there is no server to tell.
  const ids = closed.map((row) => row.id)
  await store.call('conversations.setRead', { ids, read: false })
  const { undo } = await store.call('conversations.trash', { ids })
  expect(await store.list('closed')).toEqual([])
  await store.call('acts.undo', { undo })
  expect(await store.list('closed')).toHaveLength(1)
  expect((await store.call('sync.status', {})).waiting).toBe(0)
  expect((await store.call('sync.status', {})).mailboxes).toHaveLength(1)
  expect(store.woken.filter((what) => what.startsWith('outbox'))).toEqual([])
})

test('a second import of the same mail brings nothing twice; a broken one comes in as it is', async () => {
  const dir = folder()
  const broken = Buffer.from(
    `Subject: deep\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n${Array.from({ length: 300 }, (_, n) => `--a${n > 0 ? n : ''}\r\nContent-Type: multipart/mixed; boundary=a${n + 1}\r\n\r\n`).join('')}`,
  )
  const messages = [...Array.from({ length: 250 }, (_, n) => letter(n)), broken]
  writeFileSync(join(dir, 'all.mbox'), Buffer.concat(messages.map((raw) => mboxEntry(raw, 'a@x', 0))))
  const { id: mailboxId } = await store.mailbox()
  expect(await importAll(dir, { kind: 'archive', mailboxId })).toMatchObject({
    state: 'done',
    messages: 251,
    duplicates: 0,
    done: expect.any(Number) as number,
  })
  expect(await importAll(dir, { kind: 'archive', mailboxId })).toMatchObject({
    state: 'done',
    messages: 0,
    duplicates: 251,
  })
  expect(sources()).toEqual(messages.map((raw) => raw.toString('latin1')).toSorted())
  // The server's list of folders does not take them away.
  await store.mail.call('folders.sync', { mailboxId, folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' }] })
  expect((await store.call('counts.get', {})).views.closed).toBeGreaterThan(200)
  // Into another mailbox it is the same message in both.
  expect(await importAll(dir)).toMatchObject({ messages: 251, duplicates: 0 })
  expect(sources()).toHaveLength(251)
})

test('goes on where it was when mail or the store ended in the middle, and nothing is missing or double', async () => {
  const dir = folder()
  writeFileSync(
    join(dir, 'all.mbox'),
    Buffer.concat(Array.from({ length: 450 }, (_, n) => mboxEntry(letter(n), 'a@x', 0))),
  )
  await importer.stop()
  await store.app.call('transfer.import', {
    paths: [dir],
    name: 'old',
    target: { kind: 'new', name: 'Old', address: null },
  })
  let pages = 0
  const cut = {
    call: (async (name: never, input: never) => {
      if (name === 'import.page' && ++pages === 3) void importer.stop()
      return store.mail.call(name, input)
    }) as typeof store.mail.call,
  }
  importer = new Importer(parser)
  importer.connectStore(cut)
  await expect.poll(() => pages, patient).toBe(3)
  await importer.stop()
  expect(await last()).toMatchObject({ state: 'running' })
  await store.restart()
  importer = new Importer(parser)
  importer.connectStore(store.mail)
  await expect.poll(async () => (await last()).state).toBe('done')
  expect(sources()).toHaveLength(450)
  expect((await last()).messages + (await last()).duplicates).toBeGreaterThanOrEqual(450)
})

test.each(['vanished', 'changed'] as const)(
  'a file that %s while the program was not there leaves no piece of a message, and hides no other one',
  async (what) => {
    const dir = folder()
    const mbox = (from: number, to: number): Buffer =>
      Buffer.concat(Array.from({ length: to - from }, (_, n) => mboxEntry(letter(from + n), 'a@x', 0)))
    writeFileSync(join(dir, 'a.mbox'), mbox(0, 150))
    writeFileSync(join(dir, 'b.mbox'), mbox(200, 350))
    await importer.stop()
    await store.app.call('transfer.import', {
      paths: [dir],
      name: 'old',
      target: { kind: 'new', name: 'Old', address: null },
    })
    let pages = 0
    importer = new Importer(parser)
    importer.connectStore({
      call: (async (name: never, input: never) => {
        if (name === 'import.page' && ++pages === 3) void importer.stop()
        return store.mail.call(name, input)
      }) as typeof store.mail.call,
    })
    await expect.poll(() => pages, patient).toBe(3)
    await importer.stop()
    // Some were taken out of it by the program that it belongs to.
    if (what === 'vanished') rmSync(join(dir, 'b.mbox'))
    else writeFileSync(join(dir, 'b.mbox'), mbox(270, 400))
    importer = new Importer(parser)
    importer.connectStore(store.mail)
    await expect.poll(async () => (await last()).state, patient).toBe('done')
    const wanted =
      what === 'vanished'
        ? [...Array(150).keys()]
        : [...Array(150).keys(), ...[...Array(130).keys()].map((n) => 270 + n)]
    const all = sources()
    const known = new Set([...Array(400).keys()].map((n) => letter(n).toString('latin1')))
    expect(all.filter((source) => !known.has(source))).toEqual([])
    expect(wanted.filter((n) => !all.includes(letter(n).toString('latin1')))).toEqual([])
  },
)

test('mail of a Maildir that its own program reads meanwhile is not left out', async () => {
  const dir = folder()
  const [fresh, cur] = [join(dir, 'new'), join(dir, 'cur')]
  for (const one of [fresh, cur]) mkdirSync(one)
  for (let n = 0; n < 120; n++) writeFileSync(join(cur, `${1000 + n}.host:2,`), letter(n))
  for (let n = 120; n < 150; n++) writeFileSync(join(fresh, `${1000 + n}.host`), letter(n))
  await importer.stop()
  let pages = 0
  importer = new Importer(parser)
  importer.connectStore({
    call: (async (name: never, input: never) => {
      // Read, and taken from `new`, under another name each; one is deleted for good.
      if (name === 'import.page' && ++pages === 1) {
        for (let n = 110; n < 120; n++) renameSync(join(cur, `${1000 + n}.host:2,`), join(cur, `${1000 + n}.host:2,RS`))
        for (let n = 120; n < 149; n++) renameSync(join(fresh, `${1000 + n}.host`), join(cur, `${1000 + n}.host:2,`))
        rmSync(join(fresh, '1149.host'))
      }
      return store.mail.call(name, input)
    }) as typeof store.mail.call,
  })
  expect(await importAll(dir)).toMatchObject({ state: 'done', messages: 149, left: 1 })
  expect(store.db.read.get('SELECT count(*) AS answered FROM locations WHERE flags = 3')).toEqual({ answered: 10 })
})

test('a disk that takes nothing, not even that the import failed, is not tried again without a pause', async () => {
  const dir = folder()
  writeFileSync(join(dir, 'a.eml'), letter(1))
  await importer.stop()
  let isFull = true
  let tries = 0
  importer = new Importer(parser)
  importer.connectStore({
    call: (async (name: never, input: never) => {
      if (isFull && name !== 'imports.next') {
        tries++
        throw new PosternError('disk-full')
      }
      return store.mail.call(name, input)
    }) as typeof store.mail.call,
  })
  await store.app.call('transfer.import', {
    paths: [dir],
    name: 'old',
    target: { kind: 'new', name: 'Old', address: null },
  })
  importer.wake()
  await expect.poll(() => tries).toBeGreaterThan(0)
  await new Promise((resolve) => {
    setTimeout(resolve, 500)
  })
  // The page and the end of it, once.
  expect(tries).toBe(2)
  isFull = false
  importer.wake()
  await expect.poll(async () => (await last()).state).toBe('done')
  expect(sources()).toHaveLength(1)
})

test('what Thunderbird deleted and left in its file does not come back, and what it says was not read, answered or starred stays so', async () => {
  const dir = folder()
  const marked = (n: number, status: string): Buffer =>
    mboxEntry(Buffer.concat([Buffer.from(`X-Mozilla-Status: ${status}\r\n`), letter(n)]), 'a@x', 0)
  writeFileSync(
    join(dir, 'Inbox'),
    Buffer.concat([marked(1, '0009'), marked(2, '0000'), marked(3, '0007'), marked(4, '0008')]),
  )
  expect(await importAll(dir)).toMatchObject({ state: 'done', messages: 2, left: 0 })
  expect(
    store.db.read.all(
      'SELECT m.subject, l.flags FROM messages m JOIN locations l ON l.message_id = m.id ORDER BY m.subject',
    ),
  ).toEqual([
    { subject: 'Old 2', flags: 0 },
    { subject: 'Old 3', flags: 7 },
  ])
})

test('cancelled, it stops and keeps what came; what cannot be imported is refused with a reason', async () => {
  const dir = folder()
  writeFileSync(
    join(dir, 'all.mbox'),
    Buffer.concat(Array.from({ length: 900 }, (_, n) => mboxEntry(letter(n), 'a@x', 0))),
  )
  await importer.stop()
  const { id } = await store.app.call('transfer.import', {
    paths: [dir],
    name: 'old',
    target: { kind: 'new', name: 'Old', address: null },
  })
  let pages = 0
  importer = new Importer(parser)
  importer.connectStore({
    call: (async (name: never, input: never) => {
      if (name === 'import.page' && ++pages === 2) await store.call('transfers.cancel', { id })
      return store.mail.call(name, input)
    }) as typeof store.mail.call,
  })
  await expect.poll(async () => (await last()).state, patient).toBe('cancelled')
  await expect.poll(() => pages, patient).toBe(2)
  expect(sources()).toHaveLength(100)
  await store.call('transfers.forget', { id })
  expect((await store.call('transfers.list', {})).transfers).toEqual([])
  const empty = folder()
  importer = new Importer(parser)
  importer.connectStore(store.mail)
  const mailboxes = async (): Promise<string[]> =>
    (await store.call('mailboxes.list', {})).mailboxes.map(({ name }) => name)
  const before = await mailboxes()
  expect(await importAll(empty)).toMatchObject({ state: 'failed', error: 'not-found' })
  expect(await mailboxes(), 'nothing is left of an import that found nothing').toEqual(before)
  await store.mailbox('taken@acme.test')
  expect(
    await codeOf(
      store.app.call('transfer.import', {
        paths: [dir],
        name: 'x',
        target: { kind: 'new', name: 'X', address: 'taken@acme.test' },
      }),
    ),
  ).toBe('conflict')
})

test('what is exported and imported again is equal byte for byte, in every form', async () => {
  const { id: mailboxId, folders } = await store.mailbox()
  const raws = ['\r\n', '\n', '']
    .flatMap((end, n) => [
      `From: a@x.test\r\nMessage-ID: <e${n}@x>\r\nSubject: E${n}/:*\r\n\r\nFrom me\r\n>From you\r\n\r\nFrom a@b Thu Jan  1 10:00:00 2026\r\nlast${end}`,
      `From: b@x.test\r\nMessage-ID: <f${n}@x>\r\n\r\n\u00e9\0\u00ff${end}${end}${end}`,
    ])
    .map((text) => Buffer.from(text, 'latin1'))
  for (const [index, raw] of raws.entries()) {
    const message = await parseMessage(raw)
    await store.put(folders[index % 2 === 0 ? 'INBOX' : 'Archive'] ?? 0, message, { seen: index % 3 === 0 })
  }
  // One is starred too.
  store.db.write((tx) =>
    tx.run('UPDATE locations SET flags = flags | 4 WHERE message_id = (SELECT min(message_id) FROM locations)'),
  )
  const expected = raws.map((raw) => raw.toString('latin1')).toSorted()
  expect(sources()).toEqual(expected)
  for (const format of ['mbox', 'maildir', 'eml'] as const) {
    const dir = folder()
    await store.app.call('transfer.export', { dir, scope: { kind: 'mailbox', mailboxId }, format })
    await expect.poll(async () => (await last()).state, patient).toBe('done')
    expect(await last()).toMatchObject({ kind: 'export', messages: 6, total: 6, done: 6 })
    const other = await Harness.make()
    try {
      const reader = new Importer(parser)
      await other.app.call('transfer.import', {
        paths: [dir],
        name: 'back',
        target: { kind: 'new', name: 'Back', address: null },
      })
      reader.connectStore(other.mail)
      await expect.poll(async () => (await other.call('transfers.list', {})).transfers[0]?.state).toBe('done')
      const back = other.db.read
        .all<{ id: number }>('SELECT id FROM messages')
        .map(({ id }) => Buffer.from(sourceOf(other.db.read, id)).toString('latin1'))
        .toSorted()
      expect(back, format).toEqual(expected)
      const unread = other.db.read.get<{ n: number }>('SELECT count(*) AS n FROM messages WHERE seen = 0')?.n
      const starred = other.db.read.get<{ n: number }>('SELECT count(*) AS n FROM locations WHERE flags & 4')?.n
      if (format !== 'eml') expect([unread, starred], format).toEqual([4, 1])
      await reader.stop()
    } finally {
      await other.stop()
    }
  }
})

test('picked conversations and one folder are exported alone; names of files are safe and never meet', async () => {
  const { folders } = await store.mailbox()
  const inbox = folders['INBOX'] ?? 0
  const date = Date.UTC(2026, 0, 1)
  for (const n of [1, 2])
    await store.put(inbox, { from: `c${n}@x.test`, id: `c${n}@x`, subject: '../../etc/pass wd', date })
  await store.put(folders['Archive'] ?? 0, { from: 'c3@x.test', id: 'c3@x', subject: 'Other', date })
  const ids = (await store.list()).map(({ id }) => id)
  const dir = folder()
  await store.app.call('transfer.export', { dir, scope: { kind: 'conversations', ids }, format: 'eml' })
  await expect.poll(async () => (await last()).state, patient).toBe('done')
  const { path } = await store.app.call('transfer.path', { id: (await last()).id })
  expect(readdirSync(join(path, 'Conversations')).toSorted()).toEqual([
    '2026-01-01 0000 .._.._etc_pass wd (2).eml',
    '2026-01-01 0000 .._.._etc_pass wd.eml',
  ])
  await store.app.call('transfer.export', {
    dir,
    scope: { kind: 'folder', folderId: folders['Archive'] ?? 0 },
    format: 'mbox',
  })
  await expect.poll(async () => (await last()).state, patient).toBe('done')
  const second = (await store.app.call('transfer.path', { id: (await last()).id })).path
  expect(readdirSync(second)).toEqual(['Archive.mbox'])
  expect(readFileSync(join(second, 'Archive.mbox'), 'latin1')).toContain('Subject: Other')
  expect(
    await codeOf(
      store.app.call('transfer.export', {
        dir,
        scope: { kind: 'folder', folderId: folders['Junk'] ?? 0 },
        format: 'mbox',
      }),
    ),
  ).toBe('not-found')
})
