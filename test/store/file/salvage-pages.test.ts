import { closeSync, copyFileSync, openSync, renameSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseFile, pageBytes } from '../../../src-main/store/file/database'
import { openDriver } from '../../../src-main/store/file/driver'
import { packPage } from '../../../src-main/shared/page-bytes'
import { tempFolder } from '../../servers/process.mjs'
import { Harness, parsed } from '../helpers'

interface Page {
  readonly number: number
  readonly rows: number
}

let whole: Harness
let mailboxId: number
let events: number
/** Leaves of each table and index, in their order. */
const leaves = new Map<string, Page[]>()

/** Notes and drafts on mail of a server, and mail from files whose dates lie across each other, each over many pages. */
beforeAll(async () => {
  whole = await Harness.make()
  const made = await whole.mailbox()
  mailboxId = made.id
  for (let n = 0; n < 100; n++)
    await whole.put(made.folders['INBOX'] ?? 0, { from: `c${n}@x.test`, id: `m${n}@x`, subject: `S${n}` })
  for (const { id } of whole.db.read.all<{ id: number }>('SELECT id FROM conversations ORDER BY id')) {
    await whole.call('notes.add', { conversationId: id, text: `note ${id} ${randomBytes(500).toString('hex')}` })
    const draft = await whole.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
    await whole.call('drafts.save', { ...draft, text: `half written ${randomBytes(500).toString('hex')}` })
  }
  const { id } = await whole.app.call('transfer.import', {
    paths: ['/old'],
    name: 'old',
    target: { kind: 'new', name: 'Old shop', address: null },
  })
  for (let page = 0; page < 15; page++)
    await whole.mail.call('import.page', {
      id,
      folder: 'Letters',
      role: 'other',
      position: null,
      done: 1,
      total: 1,
      left: 0,
      ...packPage(
        Array.from({ length: 40 }, (_, n) => ({
          flags: [],
          internalDate: 1_500_000_000_000,
          message: parsed({
            from: `old${n}@x.test`,
            id: `old${page}-${n}@x`,
            subject: `Years ago ${page} ${n}`,
            text: `velocipede ${randomBytes(600).toString('hex')}`,
            date: 1_600_000_000_000 + ((n * 919 + page * 31) % 1000) * 100_000,
            files: [{ name: 'a.pdf' }],
          }),
        })),
      ),
    })
  events = count(whole, 'team_events')
  whole.service.closeStore()
  const db = openDriver(databaseFile(whole.dir), whole.key)
  for (const { name, ...page } of db
    .prepare<[], Page & { name: string }>(
      "SELECT name, pageno AS number, ncell AS rows FROM dbstat WHERE pagetype = 'leaf' ORDER BY name, path",
    )
    .all())
    leaves.set(name, [...(leaves.get(name) ?? []), page])
  db.close()
}, 120_000)
afterAll(() => whole.stop())

const leaf = (name: string, part: number): Page => {
  const some = leaves.get(name) ?? []
  const one = some[Math.floor(some.length * part)]
  if (!one || some.length < 2) throw new Error(`${name} is too small`)
  return one
}

/** What is there after these pages were damaged and the database was set aside. */
async function after(damaged: readonly Page[], look: (store: Harness) => Promise<void>): Promise<void> {
  const dir = tempFolder('salvage')
  const file = path.join(dir, 'postern-damaged-2026-11-22.db')
  copyFileSync(databaseFile(whole.dir), file)
  const handle = openSync(file, 'r+')
  for (const { number } of damaged) writeSync(handle, Buffer.from('damage'), 0, 6, (number - 1) * pageBytes + 500)
  closeSync(handle)
  const store = await Harness.make(dir, whole.key, whole.device)
  await look(store)
  await store.stop()
}
const count = (store: Harness, table: string): number =>
  store.db.read.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0

test.each(['messages', 'message_bodies', 'attachments', 'locations_by_message', 'sqlite_autoindex_message_bodies_1'])(
  'one damaged page of %s never takes along mail from files that lies in others (R46)',
  { timeout: 60_000 },
  async (name) => {
    const page = leaf(name, 0.8)
    await after([page], async (store) => {
      const lost = name.includes('_by_') || name.startsWith('sqlite') ? 0 : page.rows
      for (const table of ['messages', 'message_bodies', 'attachments', 'locations'])
        expect(count(store, table), table).toBeGreaterThanOrEqual(600 - lost)
      await expect
        .poll(async () => (await store.call('search.query', { text: 'velocipede' })).total)
        .toBeGreaterThanOrEqual(Math.min(500, 600 - lost))
    })
  },
)

test(
  'a damaged page of conversations never takes along notes, drafts and mail from files that can be read (R46)',
  { timeout: 60_000 },
  async () => {
    await after([leaf('conversations', 0), leaf('conversations', 0.99)], async (store) => {
      expect(count(store, 'notes')).toBe(100)
      expect((await store.call('drafts.list', {})).drafts).toHaveLength(100)
      expect(count(store, 'messages')).toBe(600)
      // Its mail comes again and finds them.
      const { folders } = await store.mail.call('folders.sync', {
        mailboxId,
        folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' }],
      })
      const folderId = folders[0]?.folderId ?? 0
      await store.mail.call('folder.reset', { folderId, uidValidity: '1' })
      for (let n = 0; n < 3; n++) await store.put(folderId, { from: `c${n}@x.test`, id: `m${n}@x`, subject: `S${n}` })
      const rows = (await store.list()).toSorted((a, b) => (a.subject < b.subject ? -1 : 1))
      expect(rows.map(({ subject, hasDraft }) => [subject, hasDraft])).toEqual([
        ['S0', true],
        ['S1', true],
        ['S2', true],
      ])
      for (const { id } of rows) expect((await store.call('conversations.get', { id })).notes).toHaveLength(1)
    })
  },
)

test.each(['notes', 'drafts', 'messages', 'message_bodies', 'team_events'])(
  'two damaged pages of %s never take along what lies between them (R46)',
  { timeout: 60_000 },
  async (name) => {
    const [one, other] = [leaf(name, 0.2), leaf(name, 0.8)]
    const all = { notes: 100, drafts: 100, team_events: events }[name] ?? 600
    await after([one, other], async (store) => {
      // A row that stands above two leaves is reached through the first of them.
      const above = name === 'team_events' ? 2 : 0
      expect(count(store, name)).toBeGreaterThanOrEqual(all - one.rows - other.rows - above)
      return Promise.resolve()
    })
  },
)

function setAside(store: Harness): void {
  store.service.closeStore()
  renameSync(databaseFile(store.dir), path.join(store.dir, 'postern-damaged-2026-11-22.db'))
}

test('words of a note that was not added yet, what was taken back, and where a conversation was moved outlive damage (R46)', async () => {
  const store = await Harness.make()
  const { folders } = await store.mailbox()
  const { id: other } = await store.mailbox('sales@acme.test')
  await store.put(folders['INBOX'] ?? 0, { from: 'ana@x.test', id: 'ana@x', subject: 'Bell' })
  await store.put(folders['INBOX'] ?? 0, { from: 'ben@x.test', id: 'ben@x', subject: 'Pedal' })
  const byName = async (name: string): Promise<number> =>
    (await store.list()).find(({ subject }) => subject === name)?.id ?? 0
  const [bell, pedal] = [await byName('Bell'), await byName('Pedal')]
  await store.call('notes.keepDraft', { conversationId: bell, text: 'ask the wholesaler first' })
  await store.call('conversations.move', { ids: [pedal], mailboxId: other })
  store.db.write((tx) =>
    tx.run(
      "INSERT INTO history(conversation_id, at, kind, by, dot, taken_back) VALUES(?, 1, 'closed', 'Bo', 'd/1/0', 1)",
      bell,
    ),
  )
  setAside(store)
  await store.start()
  expect(store.db.read.all('SELECT conversation_id, text FROM note_drafts')).toEqual([
    { conversation_id: bell, text: 'ask the wholesaler first' },
  ])
  expect(store.db.read.all("SELECT dot, taken_back FROM history WHERE by = 'Bo'")).toEqual([
    { dot: 'd/1/0', taken_back: 1 },
  ])
  expect(store.db.read.get('SELECT moved_to, mailbox_ids FROM conversations WHERE id = ?', pedal)).toEqual({
    moved_to: other,
    mailbox_ids: JSON.stringify([other]),
  })
  await store.stop()
})

test('imported mail that waits for the archive on the server still goes there after damage, and is not called done (R46)', async () => {
  const store = await Harness.make()
  const { id: mailbox } = await store.mailbox()
  const { id } = await store.app.call('transfer.import', {
    paths: ['/old'],
    name: 'old',
    target: { kind: 'server', mailboxId: mailbox },
  })
  await store.mail.call('import.page', {
    id,
    folder: 'Letters',
    role: 'archive',
    position: null,
    done: 1,
    total: 1,
    left: 0,
    ...packPage([{ flags: [], internalDate: 1_500_000_000_000, message: parsed({ from: 'old@x.test', id: 'old@x' }) }]),
  })
  const waiting = async (): Promise<number | undefined> =>
    (await store.call('transfers.list', {})).transfers[0]?.waiting
  expect(await waiting()).toBe(1)
  setAside(store)
  await store.start()
  expect(await waiting()).toBe(1)
  await store.stop()
})
