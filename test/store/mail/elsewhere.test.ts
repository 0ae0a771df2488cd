import { afterEach, beforeEach, expect, test } from 'vitest'
import { Harness } from '../helpers'

let store: Harness
let folders: Record<string, number>
beforeEach(async () => {
  store = await Harness.make()
  folders = (await store.mailbox()).folders
})
afterEach(() => store.stop())

const inbox = (): number => folders['INBOX'] ?? 0
const flags = (uid: number, ...set: string[]) =>
  store.mail.call('flags.apply', { folderId: inbox(), uidValidity: '1', changes: [{ uid, flags: set }], modSeq: null })
const get = async () => store.call('conversations.get', { id: (await store.list())[0]?.id ?? 1 })
const lines = async (): Promise<string[]> => (await get()).history.map(({ kind }) => kind)

test('what another mail program read or answered is told once, and nothing of it for what was done here', async () => {
  const uid = await store.put(inbox(), { from: 'c@x.test', id: 'one@x.test' })
  await flags(uid, '\\Seen')
  expect(await lines()).toEqual(['read-elsewhere'])
  expect((await store.list())[0]?.unread).toBe(false)
  await flags(uid)
  await flags(uid, '\\Seen')
  expect(await lines()).toEqual(['read-elsewhere'])
  await flags(uid, '\\Seen', '\\Answered')
  expect(await lines()).toEqual(['read-elsewhere', 'answered-elsewhere'])
  expect((await get()).status).toBe('open')
  // What this console marked itself comes back as it is.
  const second = await store.put(
    inbox(),
    { from: 'c@x.test', id: 'two@x.test', inReplyTo: ['one@x.test'] },
    { live: true },
  )
  await store.call('conversations.setRead', { ids: [(await get()).id], read: true })
  await flags(second, '\\Seen')
  expect((await lines()).filter((kind) => kind === 'read-elsewhere')).toHaveLength(1)
})

test('an answer whose copy is found is a message with its mark, and no line says that there is none', async () => {
  const uid = await store.put(inbox(), { from: 'c@x.test', id: 'one@x.test', date: Date.now() - 60_000 })
  await flags(uid, '\\Answered')
  expect(await lines()).toEqual(['answered-elsewhere'])
  await store.put(
    folders['Sent'] ?? 0,
    { from: 'support@acme.test', to: ['c@x.test'], inReplyTo: ['one@x.test'], date: Date.now() },
    { live: true },
  )
  expect(await lines()).toEqual([])
  const { messages } = await store.call('conversations.get', { id: 1 })
  expect(messages.map(({ direction, elsewhere }) => [direction, elsewhere])).toEqual([
    ['in', false],
    ['out', true],
  ])
  // Old mail of before Postern bears no mark, nor does what a Postern wrote.
  await store.put(folders['Sent'] ?? 0, {
    from: 'support@acme.test',
    to: ['c@x.test'],
    inReplyTo: ['one@x.test'],
    date: Date.now() + 1,
  })
  await store.put(
    folders['Sent'] ?? 0,
    { from: 'support@acme.test', to: ['c@x.test'], inReplyTo: ['one@x.test'], date: Date.now() + 2, posternId: 'p-1' },
    { live: true },
  )
  expect((await store.call('conversations.get', { id: 1 })).messages.map(({ elsewhere }) => elsewhere)).toEqual([
    false,
    true,
    false,
    false,
  ])
})

test('a message that was deleted or thrown into the trash elsewhere is still here and says where it lies', async () => {
  const uid = await store.put(inbox(), { from: 'c@x.test', id: 'one@x.test' })
  await store.put(inbox(), { from: 'c@x.test', id: 'two@x.test', inReplyTo: ['one@x.test'] })
  await store.mail.call('folder.vanished', { folderId: inbox(), uidValidity: '1', uids: [uid] })
  expect((await get()).messages.map(({ lies }) => lies)).toEqual(['gone', null])
  await store.put(folders['Trash'] ?? 0, { from: 'c@x.test', id: 'one@x.test', raw: 'moved' })
  expect((await get()).messages.map(({ lies }) => lies).includes('trash')).toBe(true)
})

test('old mail that a colleague puts into the archive opens nothing, and is no news for a reply that is being written; new mail filed there is', async () => {
  const archive = folders['Archive'] ?? 0
  await store.put(inbox(), { from: 'c@x.test', id: 'one@x.test' })
  const id = (await store.list())[0]?.id ?? 0
  const draft = await store.call('drafts.start', {
    kind: 'reply',
    conversationId: id,
    messageId: null,
    mailboxId: 1,
    visibleText: null,
  })
  await store.call('conversations.setStatus', { ids: [id], status: 'closed' })
  const years = Date.UTC(2015, 2, 3)
  await store.put(archive, { from: 'c@x.test', inReplyTo: ['one@x.test'], date: years }, { live: true, seen: true })
  await store.put(archive, { from: 'd@x.test', subject: 'Of old', date: years }, { live: true, seen: true })
  expect(await store.list()).toEqual([])
  expect((await store.call('conversations.get', { id })).history.map(({ kind }) => kind)).not.toContain('reopened')
  expect(store.db.read.all('SELECT 1 FROM draft_news WHERE draft_id = ?', draft.id)).toEqual([])
  await store.put(archive, { from: 'e@x.test', subject: 'Of today', date: Date.now() - 60_000 }, { live: true })
  expect((await store.list()).map(({ subject }) => subject)).toEqual(['Of today'])
})
