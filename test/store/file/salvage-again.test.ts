import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { expect, test } from 'vitest'
import { setDatabaseAside } from '../../../src-main/app/profile-files'
import { databaseFile } from '../../../src-main/store/file/database'
import { finishRemovals } from '../../../src-main/store/mail/removal'
import { Workspace } from '../../../src-main/store/workspace'
import { mayMount, smallDisk } from '../../servers/small-disk.mjs'
import { codeOf, Harness } from '../helpers'
import { grant, signIn } from '../support'

/** A store with notes and drafts whose database was set aside as damaged, and not opened again yet. */
async function setAside(dir: string | null = null): Promise<Harness> {
  const key = randomBytes(32)
  const store = await Harness.make(dir, key)
  const { folders } = await store.mailbox()
  for (let n = 0; n < 20; n++) await store.put(folders['INBOX'] ?? 0, { from: `c${n}@x.test`, subject: `S${n}` })
  for (const { id } of await store.list()) {
    await store.call('notes.add', { conversationId: id, text: randomBytes(20_000).toString('hex') })
    const draft = await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
    await store.call('drafts.save', { ...draft, text: 'half written' })
  }
  store.service.closeStore()
  renameSync(databaseFile(store.dir), path.join(store.dir, 'postern-damaged-2026-11-22.db'))
  return store
}
const notes = (store: Harness): unknown => store.db.read.get('SELECT count(*) AS notes FROM notes')

test('what was to be taken over from a damaged database is not lost when the program is killed before all of it is (R46)', async () => {
  const store = await setAside()
  const { workspace } = Workspace.open(store.dir, Buffer.from(store.key), {
    device: Buffer.from(store.device),
    mail: () => null,
    app: () => null,
    onCommit: () => undefined,
  })
  // Killed here: the new database is there, and holds nothing yet.
  workspace.db.close()
  await store.start()
  expect(notes(store)).toEqual({ notes: 20 })
  expect((await store.call('drafts.list', {})).drafts).toHaveLength(20)

  // Once, and never again: what a person takes away stays away.
  store.db.write((tx) => tx.run('DELETE FROM notes'))
  await store.restart()
  expect(notes(store)).toEqual({ notes: 0 })
  await store.stop()
})

test('what was to be taken over is not lost where the new database is damaged before all of it was (R46)', async () => {
  const store = await setAside()
  const half = Workspace.open(store.dir, Buffer.from(store.key), {
    device: Buffer.from(store.device),
    mail: () => null,
    app: () => null,
    onCommit: () => undefined,
  })
  half.workspace.db.close()
  setDatabaseAside(store.dir)
  await store.start()
  expect(notes(store)).toEqual({ notes: 20 })
  expect((await store.call('drafts.list', {})).drafts).toHaveLength(20)
  await store.stop()
})

test('what was written since an earlier damage is not lost where the clock was ahead then (R46)', async () => {
  const store = await setAside()
  for (const name of readdirSync(store.dir).filter((one) => one.startsWith('postern-damaged')))
    renameSync(path.join(store.dir, name), path.join(store.dir, 'postern-damaged-2999-01-01T00-00-00-000Z.db'))
  await store.start()
  const conversationId = store.db.read.get<{ id: number }>('SELECT min(id) AS id FROM conversations')?.id ?? 0
  for (let n = 1; n <= 2; n++) {
    await store.call('notes.add', { conversationId, text: 'written since' })
    store.service.closeStore()
    setDatabaseAside(store.dir)
    await store.start()
    expect(notes(store)).toEqual({ notes: 20 + n })
  }
  await store.stop()
})

test('what lay in the journal only is not lost when the program is killed while a damaged database is set aside (R46)', async () => {
  const store = await Harness.make()
  const { folders } = await store.mailbox()
  await store.put(folders['INBOX'] ?? 0, { from: 'ana@x.test', subject: 'Bell' })
  const conversationId = (await store.list())[0]?.id ?? 0
  await store.call('notes.add', { conversationId, text: 'written last' })
  // As after a crash: not copied back.
  const left = ['', '-wal'].map((ending) => [ending, readFileSync(databaseFile(store.dir) + ending)] as const)
  store.service.closeStore()
  for (const [ending, bytes] of left) writeFileSync(databaseFile(store.dir) + ending, bytes)
  renameSync(databaseFile(store.dir), path.join(store.dir, 'postern-damaged-2026-11-22.db'))
  // Killed here, or Windows did not give the journal away; a second try changes nothing about it.
  setDatabaseAside(store.dir)
  await store.start()
  expect((await store.call('conversations.get', { id: conversationId })).notes.map(({ text }) => text)).toEqual([
    'written last',
  ])
  await store.stop()
})

test('words of mail that is not here any more are not kept in the search index after a damaged database was set aside (R48)', async () => {
  const store = await Harness.make()
  const { folders } = await store.mailbox()
  await store.put(folders['INBOX'] ?? 0, { from: 'ana@x.test', subject: 'Bell', text: 'the pennyfarthing' })
  const found = (): number => [...store.service.open.index.matches('"pennyfarthing"')].length
  await expect.poll(found).toBe(1)
  store.service.closeStore()
  setDatabaseAside(store.dir)
  await store.start()
  expect(store.db.read.get('SELECT count(*) AS messages FROM messages')).toEqual({ messages: 0 })
  expect(found()).toBe(0)
  await store.stop()
})

test.skipIf(!mayMount)(
  'a disk that is full while a damaged database is taken over says so, and nothing is lost (R46, R50)',
  { timeout: 60_000 },
  async () => {
    const disk = smallDisk('64m')
    try {
      const store = await setAside(disk.dir)
      disk.fill('of somebody else', 2_000_000)
      expect(existsSync(databaseFile(store.dir))).toBe(false)
      expect(await codeOf(store.start())).toBe('disk-full')
      disk.grow('128m')
      await store.start()
      expect(notes(store)).toEqual({ notes: 20 })
      expect((await store.call('drafts.list', {})).drafts).toHaveLength(20)
      store.service.closeStore()
    } finally {
      disk.remove()
    }
  },
)

/** As app does it; what is asked for is that the next database knows all of the one before. */
async function afterDamage(store: Harness): Promise<void> {
  store.service.closeStore()
  renameSync(databaseFile(store.dir), path.join(store.dir, 'postern-damaged-2026-11-22.db'))
  await store.start()
}

test('a mailbox that is added after damage is none that somebody was granted before it was removed (R56)', async () => {
  const store = await Harness.make()
  await store.mailbox()
  const gone = await store.mailbox('old@acme.test')
  await grant(store, { mailboxIds: [gone.id] })
  await store.app.call('mailbox.remove', { id: gone.id })
  await finishRemovals(store.service.open.workspace)
  await afterDamage(store)
  const { folders } = await store.mailbox('board@acme.test')
  await store.put(folders['INBOX'] ?? 0, { from: 'Hidden <hidden@cycle.test>', to: ['board@acme.test'] })
  const session = await signIn(store)
  expect((await session.ask('mailboxes.list', {})).mailboxes).toEqual([])
  expect((await session.ask('conversations.list', { view: 'inbox', offset: 0, limit: 50 })).rows).toEqual([])
  await store.stop()
})

test('the access log does not say after damage that somebody looked at a conversation that came later (R58)', async () => {
  const store = await Harness.make()
  const { id: mailboxId, folders } = await store.mailbox()
  await store.put(folders['INBOX'] ?? 0, { from: 'Priya <priya@cycle.test>' })
  const [{ id } = { id: 0 }] = await store.list()
  await grant(store)
  await (await signIn(store)).ask('conversations.get', { id })
  const number = async () =>
    (await store.call('accessLog.list', {})).entries.find(({ act }) => act === 'look-conversation')?.number
  expect(await number()).toMatch(/^[0-9A-Z]{7}$/)
  await afterDamage(store)
  const { folders: again } = await store.mail.call('folders.sync', {
    mailboxId,
    folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' }],
  })
  const folderId = again[0]?.folderId ?? 0
  await store.mail.call('folder.reset', { folderId, uidValidity: '1' })
  await store.put(folderId, { from: 'Somebody else <other@cycle.test>' })
  expect(await number()).toBeNull()
  await store.stop()
})

test('what nobody was told of a grant yet is told after damage too (R46)', async () => {
  const store = await Harness.make()
  await store.mailbox()
  await grant(store)
  // Somebody looked while nobody was at the window.
  await signIn(store)
  const told = async (): Promise<unknown> => (await store.call('grants.notices', {})).notices
  const before = await told()
  expect(before).toMatchObject([{ what: 'first-use' }])
  await afterDamage(store)
  expect(await told()).toEqual(before)
  await store.stop()
})
