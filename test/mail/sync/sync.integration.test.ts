import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startDovecot } from '../../servers/dovecot.mjs'
import { startCutProxy } from '../../servers/cut-proxy.mjs'
import {
  mailboxAt,
  run,
  seed,
  serverAt,
  serverDigest,
  untilIdle,
  user,
  waitFor,
  type Dovecot,
  type Running,
} from '../harness'

let dovecot: Dovecot
let running: Running[] = []
const started = (one: Running): Running => (running.push(one), one)

beforeEach(async () => {
  dovecot = await startDovecot({ users: [user] })
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
  await dovecot.stop()
})

function deliver(subject: string, folder = 'INBOX'): void {
  const raw = `From: a@b.test\nTo: ${user.name}\nSubject: ${subject}\nMessage-ID: <${subject}@b.test>\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n\nhello\n`
  doveadmSave(raw, folder)
}
function doveadmSave(raw: string, folder: string): void {
  const file = `/tmp/postern-save-${process.pid}-${Math.random().toString(36).slice(2)}.eml`
  writeFileSync(file, raw, { mode: 0o644 })
  try {
    dovecot.doveadm('save', '-u', user.name, '-m', folder, file)
  } finally {
    rmSync(file)
  }
}

test('a look before an answer leaves is not held up for ever by a server that lets one connection in', async () => {
  await dovecot.stop()
  dovecot = await startDovecot({ users: [user], config: 'mail_max_userip_connections = 1\n' })
  seed(dovecot, 3)
  const { store, sync } = started(run(mailboxAt(serverAt(dovecot.port))))
  await untilIdle(store)
  deliver('meanwhile', 'Sent')
  await sync.seeAnswers()
  expect(store.folder('Sent').messages.size).toBe(1)
  // and the connection idles on the inbox again
  deliver('later')
  await waitFor(() => store.folder('INBOX').messages.size === 4, { ms: 20_000, what: () => 'the new mail' })
})

describe('full sync', () => {
  test('no message of any folder is missing or changed, and the newest come first', async () => {
    seed(dovecot, 620)
    seed(dovecot, 30, 'Sent', 620)
    seed(dovecot, 20, 'Projekte/Größe', 650)
    const { store } = started(run(mailboxAt(serverAt(dovecot.port))))
    await untilIdle(store)
    expect(store.digest()).toMatchObject(serverDigest(dovecot, ['INBOX', 'Sent', 'Projekte/Größe']))
    expect(store.folder('INBOX').messages.size).toBe(620)
    const inOrder = [...store.folder('INBOX').messages.values()]
      .toSorted((a, b) => a.order - b.order)
      .map((one) => one.uid)
    expect(Math.min(...inOrder.slice(0, 20))).toBe(601)
    expect(inOrder.indexOf(1)).toBeGreaterThan(200)
    expect(store.folders.every((folder) => folder.cursor.complete && folder.cursor.lowUid === 1)).toBe(true)
    expect(store.folders.find((folder) => folder.cursor.path === 'Sent')?.cursor.role).toBe('sent')
    expect(store.progress).toMatchObject({ state: 'idle', done: 670, total: 670 })
  })

  test('a sync that is stopped half way does not fetch again what it has, and ends equal to a fresh one', async () => {
    seed(dovecot, 900)
    const first = started(run(mailboxAt(serverAt(dovecot.port))))
    await waitFor(() => (first.store.folders[0]?.messages.size ?? 0) >= 150)
    await first.stop()
    const had = first.store.folder('INBOX').messages.size
    expect(had).toBeLessThan(900)
    const orderBefore = new Map([...first.store.folder('INBOX').messages].map(([uid, one]) => [uid, one.order]))
    deliver('while-stopped')
    const second = started(run(mailboxAt(serverAt(dovecot.port)), first.store))
    second.store.progress = null
    await untilIdle(second.store)
    expect(second.store.digest()).toMatchObject(serverDigest(dovecot, ['INBOX']))
    const again = [...second.store.folder('INBOX').messages].filter(
      ([uid, one]) => orderBefore.has(uid) && orderBefore.get(uid) !== one.order,
    )
    expect(again.length).toBe(0)
  })

  test('a connection cut in the middle of a FETCH loses nothing (R37)', async () => {
    seed(dovecot, 700)
    const proxy = await startCutProxy({ port: dovecot.port })
    const { store } = started(run(mailboxAt(serverAt(proxy.port))))
    let before = 0
    for (const bytes of [300_000, 700_000, 1_500_000]) {
      proxy.cutAfterBytes(bytes)
      await waitFor(() => proxy.counters().open === 0 && proxy.counters().connections > before)
      before = proxy.counters().connections
      await proxy.restore()
    }
    expect(proxy.counters().toClient).toBe(2_500_000)
    await untilIdle(store)
    expect(store.digest()).toMatchObject(serverDigest(dovecot, ['INBOX']))
    await proxy.stop()
  })
})

describe('live', () => {
  test('new mail is not waited for: IDLE brings it within a second', async () => {
    seed(dovecot, 10)
    const { store } = started(run(mailboxAt(serverAt(dovecot.port))))
    await untilIdle(store)
    await new Promise((resolve) => setTimeout(resolve, 400))
    deliver('by-idle')
    const from = Date.now()
    await waitFor(() => [...store.folder('INBOX').messages.values()].some((one) => one.message.subject === 'by-idle'))
    // Well before the next time it asks.
    expect(Date.now() - from).toBeLessThan(15_000)
    expect(
      [...store.folder('INBOX').messages.values()].find((one) => one.message.subject === 'by-idle')?.backfill,
    ).toBe(false)
  })

  test('flags, deletions and moves made elsewhere are not missed', async () => {
    seed(dovecot, 30)
    const { store } = started(run(mailboxAt(serverAt(dovecot.port))))
    await untilIdle(store)
    dovecot.doveadm('flags', 'add', '-u', user.name, '\\Flagged', 'mailbox', 'INBOX', 'uid', '3:5')
    dovecot.doveadm('expunge', '-u', user.name, 'mailbox', 'INBOX', 'uid', '7')
    dovecot.doveadm('move', '-u', user.name, 'Archive', 'mailbox', 'INBOX', 'uid', '9')
    await waitFor(
      () =>
        store.folder('INBOX').messages.size === 28 &&
        store.folder('INBOX').messages.get(4)?.flags.includes('\\Flagged'),
    )
    running[0]?.sync.wake()
    await waitFor(() => store.folder('Archive').messages.size === 1)
    expect(store.digest()).toMatchObject(serverDigest(dovecot, ['INBOX', 'Archive']))
  })

  test('our own flags and moves do not stay behind, and a moved message gets its new UID', async () => {
    seed(dovecot, 12)
    const { store, sync } = started(run(mailboxAt(serverAt(dovecot.port))))
    await untilIdle(store)
    const { folderId, uidValidity } = store.folder('INBOX').cursor
    const base = {
      mailboxId: 1,
      folderId,
      folderPath: 'INBOX',
      uidValidity: uidValidity ?? '',
      targetRole: null,
      targetPath: null,
      flags: [],
    }
    store.ops.push(
      { ...base, id: 1, kind: 'add-flags', uids: [1, 2], flags: ['\\Flagged'] },
      { ...base, id: 2, kind: 'remove-flags', uids: [1], flags: ['\\Flagged'] },
      { ...base, id: 3, kind: 'move', uids: [5], targetRole: 'trash' },
    )
    sync.actsWaiting()
    await waitFor(() => store.ops.length === 0)
    expect(store.settledOps.map(({ id, result }) => `${id} ${result}`)).toEqual(['1 done', '2 done', '3 done'])
    expect(store.settledOps[2]).toMatchObject({ newUids: [{ uid: 5, newUid: 1 }], newPath: 'Trash' })
    await waitFor(() => store.folder('Trash').messages.size === 1 && !store.folder('INBOX').messages.has(5))
    expect(serverDigest(dovecot, ['INBOX'])['INBOX']?.filter((line) => line.includes('\\Flagged')).length).toBe(1)
    expect(store.digest()).toMatchObject(serverDigest(dovecot, ['INBOX', 'Trash']))
  })

  test('mail that a rule files into any other folder is not waited for either, nor a folder that is new (NOTIFY)', async () => {
    seed(dovecot, 3)
    seed(dovecot, 2, 'Projekte/Größe', 3)
    seed(dovecot, 2, 'Sent', 5)
    const { store } = started(run(mailboxAt(serverAt(dovecot.port))))
    await untilIdle(store)
    await new Promise((resolve) => setTimeout(resolve, 500))
    let slowest = 0
    for (const folder of ['Projekte/Größe', 'Sent', 'INBOX', 'Projekte/Größe']) {
      const subject = `filed-${folder.length}-${Math.random().toString(36).slice(2)}`
      deliver(subject, folder)
      const delivered = Date.now()
      await waitFor(() => [...store.folder(folder).messages.values()].some((one) => one.message.subject === subject))
      slowest = Math.max(slowest, Date.now() - delivered)
    }
    console.log(`figure sync.told-of-other-folder ${slowest} ms`)
    dovecot.doveadm('mailbox', 'create', '-u', user.name, 'Neu')
    deliver('in-new', 'Neu')
    await waitFor(() => store.folders.find(({ cursor }) => cursor.path === 'Neu')?.messages.size === 1)
    dovecot.doveadm('flags', 'add', '-u', user.name, '\\Flagged', 'mailbox', 'Sent', 'all')
    await waitFor(() => [...store.folder('Sent').messages.values()].every(({ flags }) => flags.includes('\\Flagged')))
  })

  test('acts on UIDs of another UIDVALIDITY touch nothing (R35)', async () => {
    seed(dovecot, 3)
    const { store, sync } = started(run(mailboxAt(serverAt(dovecot.port))))
    await untilIdle(store)
    store.ops.push({
      id: 9,
      mailboxId: 1,
      kind: 'add-flags',
      folderId: store.folder('INBOX').cursor.folderId,
      folderPath: 'INBOX',
      uidValidity: '12345',
      uids: [1],
      flags: ['\\Deleted'],
      targetRole: null,
      targetPath: null,
    })
    sync.actsWaiting()
    await waitFor(() => store.settledOps.length > 0)
    // The act waits for its messages to be found again; until then it is done to nothing.
    expect(store.settledOps[0]?.result).toBe('retry')
    expect(store.ops).toHaveLength(1)
    expect(serverDigest(dovecot, ['INBOX'])['INBOX']?.some((line) => line.includes('\\Deleted'))).toBe(false)
  })
})

test('a changed UIDVALIDITY shows no old body under a new message (R35)', async () => {
  seed(dovecot, 40, 'Orders')
  const first = started(run(mailboxAt(serverAt(dovecot.port))))
  await untilIdle(first.store)
  const before = first.store.folder('Orders').cursor.uidValidity
  await first.stop()
  dovecot.doveadm('mailbox', 'delete', '-u', user.name, '-s', 'Orders')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  dovecot.doveadm('mailbox', 'create', '-u', user.name, '-s', 'Orders')
  for (const subject of ['one', 'two']) deliver(subject, 'Orders')
  const second = started(run(mailboxAt(serverAt(dovecot.port)), first.store))
  first.store.progress = null
  await untilIdle(second.store)
  expect(second.store.folder('Orders').cursor.uidValidity).not.toBe(before)
  expect(second.store.digest()).toMatchObject(serverDigest(dovecot, ['Orders']))
  expect(second.store.folder('Orders').messages.size).toBe(2)
})
