import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SyncStatus } from '../../../src-preload/contract/mailboxes'
import { Harness } from '../helpers'

let store: Harness
let mailboxId: number
let inbox: number
const minute = 60_000

beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  mailboxId = made.id
  inbox = made.folders['INBOX'] ?? 0
  for (const n of [1, 2, 3]) await store.put(inbox, { from: 'ana@x.test', id: `m${n}@x` }, { uid: n })
  store.db.write((tx) => tx.run('UPDATE folders SET complete = 1 WHERE id = ?', inbox))
})
afterEach(() => store.stop())

/** What mail does at a look, when the server counts so many. */
async function look(serverCount: number, at: number): Promise<void> {
  await store.mail.call('folders.counted', { at, counts: [{ folderId: inbox, serverCount }] })
  await store.mail.call('folder.checked', { folderId: inbox, serverCount, at, missing: 0, verified: false })
}
async function standing(leftOut = 0): Promise<SyncStatus['overall']> {
  await store.mail.call('progress.set', {
    mailboxId,
    state: 'idle',
    error: null,
    done: 3,
    total: 3,
    reached: null,
    syncedAt: Date.now(),
    leftOut,
  })
  return (await store.call('sync.status', {})).overall
}

test('a count that differs at every look is not called up to date because the last look was just now', async () => {
  const now = Date.now()
  await look(3, now - 4 * minute)
  expect(await standing()).toBe('up-to-date')
  for (const ago of [3, 2, 1]) await look(4, now - ago * minute)
  expect(await standing()).toBe('differs')
  await look(4, now)
  expect(await standing()).toBe('differs')
  await look(3, now)
  expect(await standing()).toBe('up-to-date')
})

test('a mailbox of which folders are left out is not called up to date', async () => {
  await look(3, Date.now())
  expect(await standing()).toBe('up-to-date')
  expect(await standing(12)).toBe('differs')
  expect((await store.call('sync.status', {})).mailboxes[0]?.leftOut).toBe(12)
  expect(await standing()).toBe('up-to-date')
})

test('one that has only just been found is not called missing, whatever was before', async () => {
  const now = Date.now()
  for (const ago of [9, 8, 7]) await look(4, now - ago * minute)
  await look(3, now - 6 * minute)
  await look(4, now)
  expect(await standing()).toBe('up-to-date')
})

test('a clock that is set back does not put it off', async () => {
  const now = Date.now()
  await look(4, now + 600 * minute)
  await look(4, now - 3 * minute)
  await look(4, now)
  expect(await standing()).toBe('differs')
})
