import { randomBytes } from 'node:crypto'
import { closeSync, copyFileSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packPage } from '../../../src-main/shared/page-bytes'
import { databaseFile, pageBytes } from '../../../src-main/store/file/database'
import { openDriver } from '../../../src-main/store/file/driver'
import { tempFolder } from '../../servers/process.mjs'
import { Harness, parsed, settings } from '../helpers'

const imported = 40
const mails = 30
const answers = mails / 3

let whole: Harness
let support: number
/** The first leaf that holds something of each table and index. */
const pages = new Map<string, number>()

const importTo = async (store: Harness, id: number, name: string): Promise<void> => {
  await store.mail.call('import.page', {
    id,
    folder: 'Letters',
    role: 'archive',
    position: null,
    done: 1,
    total: 1,
    left: 0,
    ...packPage(
      Array.from({ length: imported }, (_, n) => ({
        flags: [],
        internalDate: 1_500_000_000_000,
        message: parsed({ from: `${name}${n}@x.test`, id: `${name}${n}@x`, subject: `Years ago ${n}` }),
      })),
    ),
  })
}

/** Drafts and answers that wait to leave, mail from files, and a log of who looked. */
beforeAll(async () => {
  whole = await Harness.make()
  const { id, folders } = await whole.mailbox()
  support = id
  for (let n = 0; n < mails; n++)
    await whole.put(folders['INBOX'] ?? 0, { from: `c${n}@x.test`, id: `m${n}@x`, subject: `S${n}` })
  const conversations = whole.db.read.all<{ id: number }>('SELECT id FROM conversations ORDER BY id')
  for (const [n, { id: conversationId }] of conversations.entries()) {
    const draft = await whole.call('drafts.start', { kind: 'reply', conversationId, messageId: null })
    await whole.call('drafts.save', { ...draft, text: `Answer <${n}> ${randomBytes(300).toString('hex')}` })
    if (n % 3 === 0)
      await whole.call('outbox.send', {
        draftId: draft.id,
        thenStatus: 'closed',
        sendAt: null,
        unlessAnswered: false,
      })
  }
  const { id: transfer } = await whole.app.call('transfer.import', {
    paths: ['/old'],
    name: 'old',
    target: { kind: 'new', name: 'Old shop', address: null },
  })
  await importTo(whole, transfer, 'old')
  const { workspace } = whole.service.open
  for (let n = 0; n < 20; n++)
    workspace.db.write((tx) => workspace.accessLog.append(tx, { who: { kind: 'agent', name: 'Ada' }, act: 'exported' }))
  whole.service.closeStore()
  const db = openDriver(databaseFile(whole.dir), whole.key)
  for (const { name, number } of db
    .prepare<[], { name: string; number: number }>(
      "SELECT name, min(pageno) AS number FROM dbstat WHERE pagetype = 'leaf' AND ncell > 0 GROUP BY name",
    )
    .all())
    pages.set(name, number)
  db.close()
}, 60_000)
afterAll(() => whole.stop())

/** What is there after a page of each of these was damaged and the database was set aside. */
async function after(names: readonly string[], look: (store: Harness) => Promise<void>): Promise<void> {
  const dir = tempFolder('salvage')
  const file = path.join(dir, 'postern-damaged-2026-11-22.db')
  copyFileSync(databaseFile(whole.dir), file)
  const handle = openSync(file, 'r+')
  for (const name of names) {
    const number = pages.get(name)
    if (number === undefined) throw new Error(`there is no ${name}`)
    writeSync(handle, Buffer.from('damage'), 0, 6, (number - 1) * pageBytes + 500)
  }
  closeSync(handle)
  const store = await Harness.make(dir, whole.key, whole.device)
  await look(store)
  await store.stop()
}
const count = (store: Harness, table: string): number =>
  store.db.read.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0
const here = async (store: Harness): Promise<{ name: string; local: boolean; paused: boolean }[]> =>
  (await store.call('mailboxes.list', {})).mailboxes.map(({ name, local, paused }) => ({ name, local, paused }))

test('a damaged page of mailboxes never takes along drafts, answers that wait to leave and mail from files (R46)', async () => {
  await after(['mailboxes'], async (store) => {
    expect((await store.call('drafts.list', {})).drafts).toHaveLength(mails - answers)
    const { items } = await store.call('outbox.list', {})
    expect(items.map(({ state }) => state)).toEqual(Array.from({ length: answers }, () => 'queued'))
    expect(count(store, 'locations')).toBe(imported)
    // It is known by its address and does nothing until somebody says how it is reached.
    expect(await here(store)).toEqual([
      { name: 'support@acme.test', local: false, paused: true },
      { name: expect.stringContaining('import-'), local: true, paused: false },
    ])
    await store.app.call('mailbox.update', { id: support, settings: settings() })
    await store.call('mailboxes.pause', { id: support, paused: false })
    expect(await here(store)).toContainEqual({ name: 'Support', local: false, paused: false })
  })
})

test('where nothing says any more what a mailbox was called, its drafts and answers wait until somebody does (R46)', async () => {
  await after(['mailboxes', 'mailboxes_by_address'], async (store) => {
    expect((await store.call('drafts.list', {})).drafts).toHaveLength(mails - answers)
    expect((await store.call('outbox.list', {})).items).toHaveLength(answers)
    expect(count(store, 'locations')).toBe(imported)
    expect(await here(store)).toMatchObject([{ paused: true }, { local: true }])
    await store.app.call('mailbox.update', { id: support, settings: settings() })
    expect((await here(store)).map(({ name }) => name)).toContain('Support')
  })
})

test('a damaged page of folders never takes along mail from files, nor does what is imported next lie in its place (R46)', async () => {
  await after(['folders'], async (store) => {
    for (const table of ['messages', 'message_bodies', 'locations']) expect(count(store, table), table).toBe(imported)
    const { mailboxes } = await store.call('mailboxes.list', {})
    const { id } = await store.app.call('transfer.import', {
      paths: ['/more'],
      name: 'more',
      target: { kind: 'archive', mailboxId: mailboxes.find(({ local }) => local)?.id ?? 0 },
    })
    await importTo(store, id, 'more')
    expect(count(store, 'locations')).toBe(2 * imported)
    expect(count(store, 'folders')).toBe(1)
  })
})

test('a damaged page of what lies where never takes along mail from files (R46)', async () => {
  await after(['locations'], async (store) => {
    for (const table of ['messages', 'message_bodies', 'locations']) expect(count(store, table), table).toBe(imported)
    return Promise.resolve()
  })
})

test('who looked is not forgotten with the page of the key that checks it (R46, R58)', async () => {
  await after(['access_chains'], async (store) => {
    expect(count(store, 'access_log')).toBe(20)
    expect(await store.call('accessLog.verify', {})).toMatchObject({ entries: 20, fault: null })
  })
})

test('an answer that waited to leave does not vanish with the page of its words: it is a draft that says how it began (R46)', async () => {
  await after(['drafts'], async (store) => {
    const { drafts } = await store.call('drafts.list', {})
    const { items } = await store.call('outbox.list', {})
    const wordless = drafts.filter(({ to }) => to.length === 0)
    expect(wordless.length).toBeGreaterThan(0)
    expect(wordless.length + items.length).toBe(answers)
    expect(count(store, 'outbox')).toBe(items.length)
    for (const { text, html, kind } of wordless) {
      expect(text).toMatch(/^Answer <\d+> [0-9a-f]+$/)
      expect(html).toContain('Answer &lt;')
      expect(kind).toBe('reply')
    }
  })
})
