import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { Harness, parsed, start, type Sent } from '../helpers'
import { packPage } from '../../../src-main/shared/page-bytes'

let store: Harness
let mailboxId: number
let inbox: number
const one: Sent = { from: 'ana@x.test', id: 'one@x', subject: 'One', text: 'first', raw: 'first bytes', date: start }
const two: Sent = {
  from: 'ben@x.test',
  id: 'two@x',
  subject: 'Two',
  text: 'second',
  raw: 'second bytes',
  date: start + 1,
}

beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  mailboxId = made.id
  inbox = made.folders['INBOX'] ?? 0
  await store.put(inbox, one, { uid: 1 })
  await store.put(inbox, two, { uid: 2 })
})
afterEach(() => store.stop())

const anew = async (): Promise<number> =>
  (await store.mail.call('folder.reset', { folderId: inbox, uidValidity: '2' })).folderId
/** A page of the new numbering. */
const page = (folderId: number, items: readonly { sent: Sent; uid: number; flags?: string[] }[], complete: boolean) =>
  store.mail.call('ingest.page', {
    folderId,
    uidValidity: '2',
    backfill: true,
    cursor: complete ? { complete, lowUid: 1, highUid: 9 } : {},
    ...packPage(items.map(({ sent, uid, flags = [] }) => ({ uid, flags, internalDate: start, message: parsed(sent) }))),
  })
const rows = async (): Promise<string[]> =>
  (await store.list()).map(({ subject, checking }) => `${subject}${checking ? ' checking' : ''}`).toSorted()

test('conversations stay in the list while a folder that was numbered anew is read again, and leave it only when it has been (R35)', async () => {
  const folderId = await anew()
  expect(await rows()).toEqual(['One checking', 'Two checking'])
  expect((await store.call('counts.get', {})).views.inbox).toBe(2)
  expect(
    (await store.call('sync.status', {})).mailboxes[0]?.folders.find(({ role }) => role === 'inbox'),
  ).toMatchObject({ id: folderId, localCount: 0, checking: 2, complete: false })
  await page(folderId, [{ sent: one, uid: 7 }], false)
  expect(await rows()).toEqual(['One', 'Two checking'])
  await page(folderId, [], true)
  expect(await rows()).toEqual(['One'])
  expect(store.db.read.all('SELECT path, local_count FROM folders WHERE role = ?', 'inbox')).toEqual([
    { path: 'INBOX', local_count: 1 },
  ])
  expect(store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM messages')?.n).toBe(2)
})

test('what a person did before and while it is read again reaches the server under the new number', async () => {
  const [first, second] = ['One', 'Two'].map(
    (subject) =>
      store.db.read.get<{ id: number }>('SELECT conversation_id AS id FROM messages WHERE subject = ?', subject)?.id ??
      0,
  )
  await store.call('conversations.setRead', { ids: [first ?? 0], read: true })
  // Handed to mail, which meets the new numbering before the store does.
  const {
    ops: [taken],
  } = await store.mail.call('ops.next', { mailboxId, limit: 5 })
  await store.mail.call('ops.settle', { id: taken?.id ?? 0, result: 'retry', newUids: [], newPath: null })
  const folderId = await anew()
  const { undo } = await store.call('conversations.trash', { ids: [second ?? 0] })
  expect((await store.mail.call('ops.next', { mailboxId, limit: 5 })).ops).toEqual([])
  expect(await rows()).toEqual(['One checking'])
  await page(
    folderId,
    [
      { sent: one, uid: 7 },
      { sent: two, uid: 8 },
    ],
    true,
  )
  expect((await store.list()).map(({ subject, unread }) => [subject, unread])).toEqual([['One', false]])
  const { ops } = await store.mail.call('ops.next', { mailboxId, limit: 5 })
  expect(
    ops.map(({ kind, folderPath, uidValidity, uids, flags, targetRole }) => [
      kind,
      folderPath,
      uidValidity,
      uids,
      flags,
      targetRole,
    ]),
  ).toEqual([
    ['add-flags', 'INBOX', '2', [7], ['\\Seen'], null],
    ['move', 'INBOX', '2', [8], [], 'trash'],
  ])
  await store.call('acts.undo', { undo })
  expect((await store.list()).map(({ subject }) => subject).toSorted()).toEqual(['One', 'Two'])
})

test('a second new numbering in the middle of the first, an end of the program and a folder that is gone lose no message', async () => {
  const folderId = await anew()
  await page(folderId, [{ sent: one, uid: 7 }], false)
  const third = (await store.mail.call('folder.reset', { folderId, uidValidity: '3' })).folderId
  await store.restart()
  expect(await rows()).toEqual(['One checking', 'Two checking'])
  await store.mail.call('ingest.page', {
    folderId: third,
    uidValidity: '3',
    backfill: true,
    cursor: {},
    ...packPage([{ uid: 1, flags: [], internalDate: start, message: parsed(two) }]),
  })
  expect(await rows()).toEqual(['One checking', 'Two'])
  await store.mail.call('folders.sync', { mailboxId, folders: [{ path: 'Other', delimiter: '/', role: 'other' }] })
  expect(await rows()).toEqual([])
  expect(store.db.read.all('SELECT path FROM folders')).toEqual([{ path: 'Other' }])
  expect(store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM messages WHERE place = 5')?.n).toBe(2)
})

test('a message is known again by the very bytes of its header and its size, never by its Message-ID alone (R35)', async () => {
  const raw = (header: string, body: string): Buffer => Buffer.from(`Message-ID: <three@x>\r\n${header}\r\n\r\n${body}`)
  const stored = raw('Subject: Three', 'third')
  await store.put(inbox, { ...(await parseMessage(stored)), date: start + 2 }, { uid: 3 })
  const folderId = await anew()
  const ask = (source: Buffer, uid: number, size = source.length) =>
    store.mail.call('folder.reattach', {
      folderId,
      uidValidity: '2',
      items: [{ uid, flags: ['\\Flagged'], size, header: source.subarray(0, source.indexOf('\r\n\r\n') + 4) }],
    })
  expect(await ask(raw('Subject: Threx', 'third'), 4)).toEqual({ uids: [] })
  expect(await ask(stored, 5, stored.length + 1)).toEqual({ uids: [] })
  expect(await ask(Buffer.from('Subject: Three\r\n\r\nthird'), 6)).toEqual({ uids: [] })
  expect(await ask(stored, 7)).toEqual({ uids: [7] })
  // A second time it is no news, and nothing takes its place twice.
  expect(await ask(stored, 7)).toEqual({ uids: [] })
  expect(await ask(stored, 8)).toEqual({ uids: [] })
  expect(
    store.db.read.all(
      "SELECT l.folder_id AS folder, l.uid FROM locations l JOIN messages m ON m.id = l.message_id WHERE m.message_id = 'three@x'",
    ),
  ).toEqual([{ folder: folderId, uid: 7 }])
})
