import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, Harness, parsed } from '../helpers'

let store: Harness
let folders: Record<string, number>
let mailboxId: number
beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  folders = made.folders
  mailboxId = made.id
})
afterEach(() => store.stop())

const ops = async (): Promise<
  { kind: string; uids: number[]; flags: string[]; targetRole: string | null; folderPath: string; id: number }[]
> => (await store.mail.call('ops.next', { mailboxId, limit: 50 })).ops

const inbox = (): number => folders['INBOX'] ?? 0

describe('acts reach the server once', () => {
  test('read marks are gathered into one act and unread cancels them before they leave', async () => {
    await store.put(inbox(), { from: 'a@x.test' })
    await store.put(inbox(), { from: 'b@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    await store.call('conversations.setRead', { ids, read: true })
    expect((await store.list()).every(({ unread }) => !unread)).toBe(true)
    await expect.poll(() => store.woken).toContain(`ops ${mailboxId}`)
    expect((await store.call('sync.status', {})).waiting).toBe(2)
    await store.call('conversations.setRead', { ids: ids.slice(0, 1), read: false })
    const all = await ops()
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({ kind: 'add-flags', flags: ['\\Seen'], folderPath: 'INBOX' })
    expect(all[0]?.uids).toHaveLength(1)
  })

  test('an act that mail has taken is not cancelled but answered by its opposite', async () => {
    await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    await store.call('conversations.setRead', { ids, read: true })
    await ops()
    await store.call('conversations.setRead', { ids, read: false })
    expect((await ops()).map(({ kind }) => kind)).toEqual(['add-flags', 'remove-flags'])
  })

  test('flags from the server do not undo an act that waits', async () => {
    const uid = await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    await store.call('conversations.setRead', { ids, read: true })
    await store.mail.call('flags.apply', {
      folderId: inbox(),
      uidValidity: '1',
      changes: [{ uid, flags: [] }],
      modSeq: null,
    })
    expect((await store.list())[0]?.unread).toBe(false)
    for (const { id } of await ops())
      await store.mail.call('ops.settle', { id, result: 'done', newUids: [], newPath: null })
    await store.mail.call('flags.apply', {
      folderId: inbox(),
      uidValidity: '1',
      changes: [{ uid, flags: [] }],
      modSeq: '7',
    })
    expect((await store.list())[0]?.unread).toBe(true)
  })

  test('a refused act is taken back on the screen', async () => {
    await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    await store.call('conversations.setRead', { ids, read: true })
    for (const { id } of await ops())
      await store.mail.call('ops.settle', { id, result: 'refused', newUids: [], newPath: null })
    expect((await store.list())[0]?.unread).toBe(true)
    await store.call('conversations.trash', { ids })
    for (const { id } of await ops())
      await store.mail.call('ops.settle', { id, result: 'refused', newUids: [], newPath: null })
    expect(await store.list()).toHaveLength(1)
  })

  test('trash leaves the lists at once; undone before it left, nothing is asked of the server', async () => {
    await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.trash', { ids })
    expect(await store.list()).toEqual([])
    await store.call('acts.undo', { undo })
    expect(await store.list()).toHaveLength(1)
    expect(await ops()).toEqual([])
    expect(await codeOf(store.call('acts.undo', { undo }))).toBe('not-found')
  })

  test('trash that was carried out is undone by a move back', async () => {
    const uid = await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.trash', { ids })
    const [move] = await ops()
    expect(move).toMatchObject({ kind: 'move', targetRole: 'trash', uids: [uid] })
    await store.mail.call('ops.settle', {
      id: move?.id ?? 0,
      result: 'done',
      newUids: [{ uid, newUid: 77 }],
      newPath: 'Trash',
    })
    expect(await store.list()).toEqual([])
    await store.call('acts.undo', { undo })
    expect(await store.list()).toHaveLength(1)
    expect(await ops()).toMatchObject([{ kind: 'move', targetRole: 'inbox', folderPath: 'Trash', uids: [77] }])
  })

  test('a message that lay in two folders, and in the Trash before, is not gathered in one of them by an undo', async () => {
    const sent = folders['Sent'] ?? 0
    const trash = folders['Trash'] ?? 0
    const message = parsed({ from: 'a@x.test', id: 'a@x' })
    await store.put(inbox(), message)
    await store.put(sent, message, { uid: 5 })
    await store.put(trash, message, { uid: 9 })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.trash', { ids })
    for (const { id, uids, folderPath } of await ops())
      await store.mail.call('ops.settle', {
        id,
        result: 'done',
        newUids: uids.map((one) => ({ uid: one, newUid: folderPath === 'Sent' ? 50 : 10 })),
        newPath: 'Trash',
      })
    await store.call('acts.undo', { undo })
    const back = (await ops()).map(({ folderPath, targetRole, uids }) => `${uids.join()} ${folderPath} ${targetRole}`)
    expect(back.toSorted()).toEqual(['10 Trash inbox', '50 Trash sent'])
  })

  test('an undo while the move is on its way, and what is marked meanwhile, is not lost with the old place', async () => {
    const uid = await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.trash', { ids })
    const [move] = await ops()
    await store.call('acts.undo', { undo })
    await store.call('conversations.setRead', { ids, read: true })
    await store.mail.call('ops.settle', {
      id: move?.id ?? 0,
      result: 'done',
      newUids: [{ uid, newUid: 77 }],
      newPath: 'Trash',
    })
    expect(await store.list()).toMatchObject([{ unread: false }])
    expect(await ops()).toMatchObject([
      { kind: 'move', targetRole: 'inbox', folderPath: 'Trash', uids: [77] },
      { kind: 'add-flags', flags: ['\\Seen'], folderPath: 'Trash', uids: [77] },
    ])
  })

  test('trashed, taken back and trashed again while the first move is on its way, it lies in the Trash and keeps its place there', async () => {
    const uid = await store.put(inbox(), { from: 'a@x.test' })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.trash', { ids })
    const [first] = await ops()
    await store.call('acts.undo', { undo })
    await store.call('conversations.trash', { ids })
    const settle = (id = 0, newUids: { uid: number; newUid: number }[] = []) =>
      store.mail.call('ops.settle', { id, result: 'done', newUids, newPath: 'Trash' })
    await settle(first?.id, [{ uid, newUid: 77 }])
    for (const { id } of await ops()) await settle(id)
    expect(await store.list()).toEqual([])
    expect(await ops()).toEqual([])
    expect(store.db.read.all('SELECT folder_id, uid, moving_to FROM locations')).toEqual([
      { folder_id: folders['Trash'], uid: 77, moving_to: null },
    ])
  })

  test('a move to a server that gives no new UIDs does not bring the conversation back', async () => {
    const uid = await store.put(inbox(), { from: 'a@x.test', id: 'a@x' })
    const ids = (await store.list()).map(({ id }) => id)
    await store.call('conversations.trash', { ids })
    const [move] = await ops()
    await store.mail.call('ops.settle', { id: move?.id ?? 0, result: 'done', newUids: [], newPath: 'Trash' })
    await store.mail.call('folder.vanished', { folderId: inbox(), uidValidity: '1', uids: [uid] })
    expect(await store.list()).toEqual([])
    expect((await store.call('conversations.get', { id: ids[0] ?? 0 })).messages).toHaveLength(1)
  })

  test('spam moves to Junk, un-spam to the inbox; moved by another program, the status follows', async () => {
    await store.put(inbox(), { from: 'a@x.test', id: 'a@x', text: 'win' })
    const ids = (await store.list()).map(({ id }) => id)
    await store.call('conversations.setStatus', { ids, status: 'spam' })
    expect(await store.list('spam')).toHaveLength(1)
    const [toJunk] = await ops()
    expect(toJunk).toMatchObject({ kind: 'move', targetRole: 'junk' })
    await store.mail.call('ops.settle', {
      id: toJunk?.id ?? 0,
      result: 'done',
      newUids: [{ uid: 1, newUid: 5 }],
      newPath: 'Junk',
    })
    await store.call('conversations.setStatus', { ids, status: 'open' })
    const [back] = await ops()
    expect(back).toMatchObject({ kind: 'move', targetRole: 'inbox', folderPath: 'Junk', uids: [5] })
    await store.mail.call('ops.settle', {
      id: back?.id ?? 0,
      result: 'done',
      newUids: [{ uid: 5, newUid: 9 }],
      newPath: 'INBOX',
    })
    expect(await store.list('inbox')).toHaveLength(1)
  })

  test('an undo finds what was done in the conversation that went into another one meanwhile', async () => {
    await store.put(inbox(), { from: 'h@x.test', subject: 'Bell', id: 'a@x' })
    await store.put(inbox(), { from: 'h@x.test', subject: 'Horn', id: 'b@x' })
    const [horn = 0, bell = 0] = (await store.list()).map(({ id }) => id)
    const { self } = await store.call('people.list', {})
    const { name: tag } = await store.call('tags.create', { label: 'Urgent', hue: 'stone' })
    const { name: field } = await store.call('fields.save', { name: null, label: 'Order', kind: 'text' })
    const undos = [
      await store.call('conversations.assign', { ids: [horn], to: self }),
      await store.call('conversations.tag', { ids: [horn], tag, on: true }),
      await store.call('conversations.snooze', { ids: [horn], until: Date.now() + 3_600_000 }),
      await store.call('conversations.setField', { ids: [horn], field, value: 'NW-1' }),
      await store.call('conversations.follow', { ids: [horn], on: true }),
    ]
    await store.put(inbox(), { from: 'h@x.test', id: 'c@x', references: ['a@x', 'b@x'], auto: 'auto-reply' })
    const now = async () => {
      const { assignee, tags, snoozedUntil, fields, followers } = await store.call('conversations.get', { id: bell })
      return [assignee?.id, tags.length, snoozedUntil !== null, fields.length, followers.length]
    }
    expect(await now()).toEqual([self, 1, true, 1, 1])
    const told = []
    for (const { undo } of undos.toReversed()) told.push((await store.call('acts.undo', { undo })).left)
    expect([await now(), told]).toEqual([
      [undefined, 0, false, 0, 0],
      [0, 0, 0, 0, 0],
    ])
  })

  test('an undo that a full disk cut short can be done again, and takes back the rest', async () => {
    for (let n = 0; n < 30; n++) await store.put(inbox(), { from: `a${n}@x.test` })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.setStatus', { ids, status: 'closed' })
    store.db.write((tx) =>
      tx.run(
        `CREATE TRIGGER disk_full BEFORE UPDATE ON conversations WHEN old.id = ${ids[0]} BEGIN SELECT RAISE(ABORT, 'full'); END`,
      ),
    )
    expect(await codeOf(store.call('acts.undo', { undo }))).not.toBe('none')
    store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
    expect(await codeOf(store.call('acts.undo', { undo }))).toBe('none')
    expect(await store.list()).toHaveLength(30)
  })

  test('an act that fails midway is not done in part; what cannot be taken back at once is before the next act', async () => {
    for (let n = 0; n < 30; n++) await store.put(inbox(), { from: `a${n}@x.test` })
    const ids = (await store.list()).map(({ id }) => id)
    const close = () => codeOf(store.call('conversations.setStatus', { ids, status: 'closed' }))
    const fullFor = (when: string): void =>
      store.db.write((tx) => {
        tx.run('DROP TRIGGER IF EXISTS disk_full')
        tx.run(
          `CREATE TRIGGER disk_full BEFORE UPDATE ON conversations WHEN ${when} BEGIN SELECT RAISE(ABORT, 'full'); END`,
        )
      })
    fullFor(`old.id = ${ids[29]}`)
    expect(await close()).not.toBe('none')
    expect(await store.list()).toHaveLength(30)
    // Nothing can be written any more once it failed.
    fullFor(`old.id = ${ids[29]} OR new.status < old.status`)
    expect(await close()).not.toBe('none')
    expect(await store.list()).toHaveLength(5)
    store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
    await store.call('conversations.setRead', { ids: ids.slice(0, 1), read: true })
    expect(await store.list()).toHaveLength(30)
  })

  test('an act on many conversations is undone for all of them', async () => {
    for (let n = 0; n < 5; n++) await store.put(inbox(), { from: `c${n}@x.test` })
    const ids = (await store.list()).map(({ id }) => id)
    const { undo } = await store.call('conversations.setStatus', { ids, status: 'closed' })
    expect(await store.list('closed')).toHaveLength(5)
    await store.call('acts.undo', { undo })
    expect(await store.list('inbox')).toHaveLength(5)
    expect((await store.call('conversations.get', { id: ids[0] ?? 0 })).history).toMatchObject([
      { kind: 'closed', takenBack: true },
    ])
  })
})

describe('folders that change on the server', () => {
  test('a new UIDVALIDITY forgets the numbers, not the messages, and refuses pages of the old one (R35)', async () => {
    await store.put(inbox(), { from: 'a@x.test', id: 'a@x', text: 'kept', raw: 'same bytes', date: 1_790_000_000_000 })
    const { folderId } = await store.mail.call('folder.reset', { folderId: inbox(), uidValidity: '2' })
    expect(await codeOf(store.put(inbox(), { from: 'b@x.test' }))).toBe('conflict')
    expect(
      await codeOf(
        store.mail.call('flags.apply', {
          folderId: inbox(),
          uidValidity: '1',
          changes: [{ uid: 1, flags: ['\\Seen'] }],
          modSeq: null,
        }),
      ),
    ).toBe('conflict')
    await store.mail.call('folder.reset', { folderId, uidValidity: '1' })
    await store.put(
      folderId,
      { from: 'a@x.test', id: 'a@x', text: 'kept', raw: 'same bytes', date: 1_790_000_000_000 },
      { uid: 900 },
    )
    const rows = await store.list()
    expect(rows.map(({ messageCount }) => messageCount)).toEqual([1])
  })

  test('a folder that is gone takes its places along, never its messages (R38)', async () => {
    await store.put(inbox(), { from: 'a@x.test' })
    const id = (await store.list())[0]?.id ?? 0
    await store.mail.call('folders.sync', { mailboxId, folders: [{ path: 'Other', delimiter: '/', role: 'inbox' }] })
    expect((await store.call('conversations.get', { id })).messages).toHaveLength(1)
    expect((await store.call('sync.status', {})).mailboxes[0]?.folders.map(({ path }) => path)).toEqual(['Other'])
  })

  test('the local count of a folder is what is stored of it', async () => {
    for (let n = 0; n < 4; n++) await store.put(inbox(), { from: `c${n}@x.test` })
    await store.mail.call('folder.vanished', { folderId: inbox(), uidValidity: '1', uids: [2, 99] })
    expect(
      await store.mail.call('folder.checked', { folderId: inbox(), serverCount: 3, at: 1, missing: 0, verified: true }),
    ).toEqual({ localCount: 3 })
  })
})

describe('removing a mailbox', () => {
  test('its mail goes, what another mailbox has too stays', async () => {
    const other = await store.mailbox('sales@acme.test')
    const shared = {
      from: 'h@x.test',
      to: ['support@acme.test', 'sales@acme.test'],
      id: 'both@x',
      date: 1_790_000_000_000,
      text: 'shared word',
    }
    await store.put(inbox(), shared)
    await store.put(other.folders['INBOX'] ?? 0, shared)
    await store.put(inbox(), { from: 'only@x.test', text: 'lonely word', subject: 'Only here' })
    const tag = await store.call('tags.create', { label: 'Bell' })
    await store.call('conversations.tag', { ids: (await store.list()).map(({ id }) => id), tag: tag.name, on: true })
    await store.app.call('mailbox.remove', { id: mailboxId })
    await expect.poll(() => store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM mailboxes')?.n).toBe(1)
    expect(await store.list()).toHaveLength(1)
    expect((await store.list())[0]?.mailboxIds).toEqual([other.id])
    expect((await store.call('search.query', { text: 'lonely' })).hits).toEqual([])
    expect((await store.call('search.query', { text: 'shared' })).hits).toHaveLength(1)
    expect((await store.call('customers.suggest', { text: 'only' })).addresses).toEqual([])
    expect((await store.call('counts.get', {})).views.inbox).toBe(1)
  })
})
