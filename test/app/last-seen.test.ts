import { randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askedFirst } from '../../src-preload/contract/asked-first'
import { lastSeen, type LastSeen } from '../../src-preload/contract/last-seen'
import type { PolicyState } from '../../src-preload/contract/policy'
import { Settings } from '../../src-preload/contract/settings'
import { lastSeenFile, takeFile } from '../../src-main/app/files'
import { LastSeenFile } from '../../src-main/app/last-seen'
import { eraseFiles } from '../../src-main/app/profile-files'
import { countsOf } from '../fixtures/counts'
import { tempFolder } from '../servers/process.mjs'
import { mayMount, smallDisk } from '../servers/small-disk.mjs'
import { Harness } from '../store/helpers'
import { grant } from '../store/support'

const canary = 'canarysubject'
const noPolicy: PolicyState = { source: null, managedBy: null, policy: {}, locked: [], faults: [] }
const build = '1.0.0 part-app-1.cjs'
const key = randomBytes(32)
const anything: LastSeen = {
  'conversations.list': { rows: [], total: 0 },
  'settings.get': Settings.parse({}),
  'mailboxes.list': { mailboxes: [] },
  'sync.status': { overall: 'syncing', syncedAt: null, waiting: 0, mailboxes: [] },
  'views.list': { views: [] },
  'tags.list': { tags: [] },
  'labels.list': { labels: [], mailboxIds: [] },
  'people.list': { self: 'ada-at-home', people: [], groups: [], ofSelf: [] },
  'counts.get': countsOf(0),
}

let store: Harness
let mailboxId: number
let inbox: number
let file: string
beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  mailboxId = made.id
  inbox = made.folders['INBOX'] ?? 0
  await store.put(inbox, { from: 'Hanna <hanna@x.test>', subject: canary })
  file = lastSeenFile(store.dir)
})
afterEach(() => store.stop())

/** The program ends as a person ends it. */
async function end(): Promise<void> {
  const { seen } = await store.app.call('store.lastSeen', {})
  await store.app.call('store.close', {})
  if (seen) new LastSeenFile(store.dir, build, null).keep(store.key, noPolicy, seen)
}

interface Start {
  profile?: string
  key?: Uint8Array | null
  build?: string
  policy?: PolicyState
}

/** The next start up to where its window is given something, or nothing. */
async function begin(from: Start = {}): Promise<LastSeen | null> {
  const { profile = store.dir, key: its = store.key, build: other = build, policy = noPolicy } = from
  const next = new LastSeenFile(profile, other, takeFile(lastSeenFile(profile)))
  const offered = next.offer(its, policy)
  const given = await next.handOut()
  await offered
  expect(await next.handOut()).toBeNull()
  return given === null ? null : lastSeen().parse(JSON.parse(given))
}

test('what the next start shows first is what the store then answers, and no more than that', async () => {
  await store.mail.call('progress.set', {
    mailboxId,
    state: 'offline',
    error: null,
    done: 0,
    total: 0,
    reached: null,
    syncedAt: null,
  })
  expect((await store.call('sync.status', {})).overall).toBe('offline')
  await end()
  const seen = await begin()
  await store.start()
  for (const [name, input] of askedFirst) expect(seen?.[name], name).toEqual(await store.call(name, input))
  expect(Object.keys(seen ?? {})).toHaveLength(askedFirst.length)
  expect(seen?.['conversations.list'].rows.map(({ subject }) => subject)).toEqual([canary])
  // Nothing has been synced yet in this run.
  expect(seen?.['sync.status'].overall).toBe('syncing')
})

test('nothing of it can be read without the key, nor by others on the computer (R43)', async () => {
  await end()
  const bytes = readFileSync(file).toString('latin1')
  for (const word of [canary, 'hanna', 'Hanna', 'support@acme.test', 'subject']) expect(bytes).not.toContain(word)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await begin()
})

test('a start takes it away whatever comes of it, so that an end without a word leaves nothing', async () => {
  await end()
  expect(await begin({ key: null })).toBeNull()
  expect(existsSync(file)).toBe(false)
  expect(await begin()).toBeNull()
})

test('where it lay on the disk nothing of it stays once a start has read it (R48)', async () => {
  await end()
  const handle = openSync(file, 'r')
  expect(readFileSync(handle).some((byte) => byte !== 0)).toBe(true)
  expect(await begin()).not.toBeNull()
  const left = Buffer.alloc(16)
  await expect
    .poll(() => readSync(handle, left, 0, left.byteLength, 0) > 0 && left.every((byte) => byte === 0))
    .toBe(true)
  closeSync(handle)
})

describe('a start shows nothing when', () => {
  let profile: string
  let database: string
  beforeEach(() => {
    profile = tempFolder('last-seen')
    database = path.join(profile, 'postern.db')
    file = lastSeenFile(profile)
    writeFileSync(database, 'as it was left')
  })
  const cases: Record<string, () => Start | void> = {
    'its key is another one': () => ({ key: randomBytes(32) }),
    'the program is another one': () => ({ build: '1.0.1 part-app-1.cjs' }),
    'the program was built anew': () => ({ build: '1.0.0 part-app-2.cjs' }),
    'policy says something else': () => ({ policy: { ...noPolicy, source: 'test', locked: ['remoteContent'] } }),
    'the file was cut': () => writeFileSync(file, readFileSync(file).subarray(0, 900)),
    'the file is empty': () => writeFileSync(file, ''),
    'the file is of somebody else': () => writeFileSync(file, randomBytes(5000)),
    'a bit of it differs': () => {
      const bytes = readFileSync(file)
      bytes[700] = (bytes[700] ?? 0) ^ 1
      writeFileSync(file, bytes)
    },
    'the store was written since': () => utimesSync(database, new Date(), new Date()),
    'another copy of the store was put in its place': () => {
      const { atime, mtime } = statSync(database)
      copyFileSync(database, `${database}.copy`)
      rmSync(database)
      copyFileSync(`${database}.copy`, database)
      utimesSync(database, atime, mtime)
    },
    'a journal came to the store': () => writeFileSync(`${database}-wal`, 'x'),
    'the store is gone': () => rmSync(database),
  }
  test('(it shows it when nothing differs)', async () => {
    new LastSeenFile(profile, build, null).keep(key, noPolicy, anything)
    expect(await begin({ profile, key })).toEqual(anything)
  })
  test.each(Object.entries(cases))('%s', async (_name, change) => {
    new LastSeenFile(profile, build, null).keep(key, noPolicy, anything)
    expect(await begin({ profile, key, ...change() })).toBeNull()
    expect(existsSync(file)).toBe(false)
  })
})

describe('an end keeps nothing when', () => {
  test('the time without the team may run out before the next start', async () => {
    const policy = { offlineLeaseDays: 7 }
    await store.app.call('policy.set', { ...noPolicy, source: 'test', locked: ['offlineLeaseDays'], policy })
    await end()
    expect(existsSync(file)).toBe(false)
  })

  test('a grant is live, which may have ended by then', async () => {
    const id = await grant(store)
    await end()
    expect(existsSync(file)).toBe(false)
    await store.start()
    await store.call('grants.revoke', { id })
    await end()
    expect(existsSync(file)).toBe(true)
  })

  test.skipIf(!mayMount)('the disk takes a part of it only (R50)', () => {
    const disk = smallDisk('64k')
    try {
      disk.fill('postern.db', 4096)
      const seen = { ...anything, 'people.list': { ...anything['people.list'], self: canary.repeat(500) } }
      new LastSeenFile(disk.dir, build, null).keep(key, noPolicy, seen)
      expect(readdirSync(disk.dir)).toEqual(['postern.db'])
      // It is the size alone: with room it is kept.
      disk.grow('128k')
      new LastSeenFile(disk.dir, build, null).keep(key, noPolicy, seen)
      expect(readdirSync(disk.dir).toSorted()).toEqual(['postern-last-seen', 'postern.db'])
    } finally {
      disk.remove()
    }
  })
})

test('a message that went before the end is in nothing that is kept', async () => {
  await store.mail.call('folder.vanished', { folderId: inbox, uidValidity: '1', uids: [1] })
  await store.put(inbox, { from: 'Piet <piet@x.test>', subject: 'still here' })
  await end()
  const kept = JSON.stringify(await begin())
  expect(kept).toContain('still here')
  expect(kept).not.toContain(canary)
})

test('erasing this computer takes it away too', async () => {
  await end()
  eraseFiles(store.dir)
  expect(existsSync(file)).toBe(false)
})
