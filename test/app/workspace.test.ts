import { EventEmitter } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UtilityProcess } from 'electron'
import * as z from 'zod'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PosternError, type ErrorCode } from '../../src-preload/contract/errors'
import type { OauthService, OauthTokens } from '../../src-preload/contract/sign-in'
import { Keys } from '../../src-main/app/keys'
import { lastSeenFile } from '../../src-main/app/files'
import { LastSeenFile } from '../../src-main/app/last-seen'
import { Workspace } from '../../src-main/app/workspace'
import { setLogSink, type LogLine } from '../../src-main/shared/log'
import { StoreService } from '../../src-main/store/service'
import { tempFolder } from '../servers/process.mjs'
import { keychainInMemory } from './keychain'
import { policyInMemory } from './policy-in-memory'

/** A process as Electron's main process sees it: what is posted arrives as a copy, later. */
class Child extends EventEmitter {
  readonly pid = 1
  readonly stdout = null
  readonly stderr = null
  hears: (message: unknown) => void = () => undefined
  ends: () => void = () => undefined
  postMessage(message: { t: string }): void {
    const copy: unknown = message.t === 'port' ? null : structuredClone(message)
    if (copy !== null) setImmediate(() => this.hears(copy))
  }
  says(message: unknown): void {
    const copy: unknown = structuredClone(message)
    setImmediate(() => this.emit('message', copy))
  }
  kill(): boolean {
    this.ends()
    setImmediate(() => this.emit('exit', 0))
    return true
  }
}

const { forked } = vi.hoisted(() => ({ forked: { make: (_name: string): unknown => null } }))
vi.mock('electron', () => ({
  MessageChannelMain: class {
    readonly port1 = {}
    readonly port2 = {}
  },
}))
vi.mock('../../src-main/app/fork', () => ({ forkService: (name: string) => forked.make(name) }))

const Call = z.object({ t: z.literal('call'), id: z.int(), name: z.string() })
/** Calls of the store that fail, by their names; `never`: they are not answered. */
const failing = new Map<string, ErrorCode | 'never'>()

/** Heads of the access log that the store was asked about, by their number of entries, and whether its log goes through them. */
const marks: { mark: number | null; holds: boolean }[] = []
const Mark = z.object({ input: z.object({ marks: z.array(z.object({ entries: z.int() })) }) })
const Holds = z.object({ t: z.literal('answer'), id: z.int(), value: z.object({ holds: z.boolean() }) })

/** What mail answers, by the names of calls; `{}` to all others. */
const answers = new Map<string, Promise<object>>()

let lastStore: Child | null = null

/** The store as it is; mail that says yes to everything. */
forked.make = (name) => {
  const child = new Child()
  const asked = new Map<number, number | null>()
  if (name === 'store') {
    lastStore = child
    const service = new StoreService()
    service.joinApp({
      post: (message) => {
        const { data } = Holds.safeParse(message)
        const mark = asked.get(data?.id ?? 0)
        if (data && mark !== undefined) marks.push({ mark, holds: data.value.holds })
        child.says(message)
      },
      onMessage: (listener) => {
        child.hears = (message) => {
          const { data } = Call.safeParse(message)
          const code = failing.get(data?.name ?? '')
          if (data?.name === 'access.marks') asked.set(data.id, Mark.parse(message).input.marks.at(-1)?.entries ?? null)
          if (code === undefined || !data) listener(message)
          else if (code !== 'never') child.says({ t: 'refusal', id: data.id, error: new PosternError(code).toWire() })
        }
      },
    })
    child.ends = () => service.closeStore()
  } else
    child.hears = (message) => {
      const { data } = Call.safeParse(message)
      if (!data) return
      void Promise.resolve(answers.get(data.name) ?? {}).then((value) =>
        child.says({ t: 'answer', id: data.id, value }),
      )
    }
  return child as unknown as UtilityProcess
}

const hosts = [{ host: 'imap.mail.example', port: 993 }] as const
const endpoints = { authorization: 'https://id.example/a', token: 'https://id.example/t' }
const service: OauthService = {
  name: 'Example',
  issuer: 'https://id.example',
  endpoints,
  clientId: 'c',
  clientSecret: null,
  scope: 'mail',
  parameters: {},
}
const grant = { service, endpoints, hosts, scope: 'mail', at: 1, endsAt: null, lasting: true, ended: false }
const tokens: OauthTokens = {
  accessToken: 'access',
  accessUntil: Date.now() + 3_600_000,
  refreshToken: 'new',
  refreshUntil: null,
  scope: 'mail',
  address: null,
}

let profile: string
let keychain: ReturnType<typeof keychainInMemory>
let forNextStart: string
beforeEach(() => {
  profile = tempFolder('workspace')
  keychain = keychainInMemory()
  forNextStart = lastSeenFile(profile)
})
afterEach(() => {
  failing.clear()
  answers.clear()
  marks.length = 0
  rmSync(profile, { recursive: true, force: true })
})

/** The program on this profile, where the system itself can say that its owner is there; up to where mail is at work, or where it stands. */
async function begin(): Promise<Workspace> {
  const keys = new Keys(profile, keychain)
  const { promise: filled, resolve } = Promise.withResolvers<void>()
  const workspace = new Workspace({
    profile,
    keys,
    found: keys.find(),
    storeProcess: null,
    lastSeen: new LastSeenFile(profile, '1', null),
    drawn: Promise.resolve(),
    provisionFile: null,
    sampleDir: null,
    onLog: () => undefined,
    emit: () => undefined,
    systemUnlock: { available: () => true, ask: () => Promise.resolve(true) },
    emptyWindow: () => undefined,
    openBrowser: () => Promise.resolve(),
    policy: policyInMemory('{}').watch,
    onFilled: () => resolve(),
    windowPort: () => undefined,
  })
  await workspace.start()
  await Promise.race([filled, vi.waitFor(() => expect(workspace.phase).toBe('failed'), { timeout: 60_000 })])
  return workspace
}

test('an end keeps what the next start draws', async () => {
  await (await begin()).stop()
  expect(existsSync(forNextStart)).toBe(true)
})

test('an end keeps nothing while the window is locked, also when the store is open for somebody of support', async () => {
  const locked = await begin()
  await locked.keyActs.lock()
  await locked.stop()
  expect(existsSync(forNextStart)).toBe(false)

  const withGuest = await begin()
  await withGuest.keyActs.lock()
  await withGuest.guest.letIn(null)
  expect(withGuest.phase).toBe('locked')
  expect((await withGuest.storeForSupport.call('store.lastSeen', {})).seen).not.toBeNull()
  await withGuest.stop()
  expect(existsSync(forNextStart)).toBe(false)
})

test('a lock takes the store away from everybody, and whoever unlocks gets the same one back', async () => {
  const workspace = await begin()
  await workspace.store.call('settings.set', { undoSeconds: 7 })
  await workspace.keyActs.lock()
  expect(() => workspace.store).toThrow(expect.objectContaining({ code: 'store-locked' }))
  expect(workspace.services.store.running).toBe(false)
  await workspace.keyActs.unlockWithSystem()
  await expect.poll(() => workspace.phase).toBe('ready')
  expect(await workspace.store.call('settings.get', {})).toMatchObject({ undoSeconds: 7 })
  await workspace.stop()
})

test('nobody unlocks without a line in the access log, also where the store took none at first', async () => {
  const workspace = await begin()
  const entries = (): string | undefined =>
    /"entries":\d+/.exec([...keychain.values].find(([name]) => name.startsWith('access-head'))?.[1] ?? '')?.[0]
  const lockAndUnlock = async (): Promise<void> => {
    await workspace.keyActs.lock()
    marks.length = 0
    await workspace.keyActs.unlockWithSystem()
    // Asked once the store is open for the window.
    await expect.poll(() => marks.length).toBe(1)
  }
  failing.set('access.unlocked', 'disk-full')
  await lockAndUnlock()
  expect(workspace.phase).toBe('ready')
  failing.clear()
  await lockAndUnlock()
  await workspace.keyActs.lock()
  expect(entries()).toBe('"entries":2')
  await workspace.stop()
})

test('where the access log stood in the last second before a lock is not forgotten (R58)', async () => {
  const workspace = await begin()
  await workspace.store.call('report.text', {})
  await workspace.keyActs.lock()
  const [, head = ''] = [...keychain.values].find(([name]) => name.startsWith('access-head')) ?? []
  expect(head).toContain('"entries":1')
  await workspace.stop()
})

test('a password that is on its way to the keychain is not lost at the end of the program, nor at a lock', async () => {
  for (const end of ['stop', 'lock'] as const) {
    const workspace = await begin()
    const answer = slowKeychain()
    const kept = workspace.keys.setSecret('mailbox:1:imap', end)
    let ended = false
    const ending = (end === 'stop' ? workspace.stop() : workspace.keyActs.lock()).then(() => (ended = true))
    await expect.poll(() => workspace.services.store.running).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(ended, end).toBe(false)
    answer()
    await Promise.all([kept, ending])
    if (end === 'lock') await workspace.stop()
  }
})

/** What the keychain is given to keep waits until the answer is called. */
function slowKeychain(): () => void {
  const { set } = keychain
  const slow = Promise.withResolvers<void>()
  keychain.set = async (name, value) => {
    await slow.promise
    await set(name, value)
  }
  return () => {
    keychain.set = set
    slow.resolve()
  }
}

/** A keychain from whom no answer comes any more to what is given it to keep. */
function fallsSilent(): void {
  keychain.set = () => new Promise<never>(() => undefined)
}

test('a keychain that never answers holds up no end of the program, and what it did not take is named in the log', async () => {
  const workspace = await begin()
  fallsSilent()
  const lines: LogLine[] = []
  setLogSink((line) => lines.push(line))
  for (const use of ['imap', 'smtp']) void workspace.keys.setSecret(`mailbox:1:${use}`, 'secret')
  const begun = performance.now()
  try {
    await workspace.stop()
  } finally {
    setLogSink(() => undefined)
  }
  expect(performance.now() - begun).toBeLessThan(15_000)
  const said = JSON.stringify(lines.filter(({ level }) => level === 'error'))
  expect(said).toContain('mailbox:1:imap mailbox:1:smtp')
}, 30_000)

test('an older database is noticed though the keychain fell silent before the end, and the right one is not called broken (R58)', async () => {
  const first = await begin()
  await first.store.call('report.text', {})
  await first.stop()
  const older = readFileSync(join(profile, 'postern.db'))
  const second = await begin()
  await expect
    .poll(() => marks)
    .toEqual([
      { mark: null, holds: true },
      { mark: 1, holds: true },
    ])
  await second.store.call('report.text', {})
  const { set } = keychain
  fallsSilent()
  await second.stop()
  keychain.set = set
  const newer = readFileSync(join(profile, 'postern.db'))
  marks.length = 0

  writeFileSync(join(profile, 'postern.db'), older)
  await (await begin()).stop()
  writeFileSync(join(profile, 'postern.db'), newer)
  await (await begin()).stop()
  expect(marks).toEqual([
    { mark: 2, holds: false },
    { mark: 2, holds: true },
  ])
}, 60_000)

test('a keychain that does not answer once at the start is asked again where the access log stood (R58)', async () => {
  const first = await begin()
  await first.store.call('report.text', {})
  await first.stop()
  marks.length = 0
  const { get } = keychain
  keychain.get = (name) =>
    name.startsWith('access-head') ? Promise.reject(new PosternError('keychain-failed')) : get(name)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  try {
    const workspace = await begin()
    keychain.get = get
    await vi.advanceTimersByTimeAsync(60_000)
    await expect.poll(() => marks).toEqual([{ mark: 1, holds: true }])
    await workspace.stop()
  } finally {
    vi.useRealTimers()
  }
}, 60_000)

test('the token that a provider gave in place of a used one is not lost at the end of the program (R34)', async () => {
  const workspace = await begin()
  const [server] = hosts
  await workspace.keys.setSecrets(
    new Map([
      ['grant:g', JSON.stringify(grant)],
      ['grant:g:refresh', 'used'],
    ]),
  )
  const { promise, resolve } = Promise.withResolvers<OauthTokens>()
  answers.set('oauth.refresh', promise)
  const renewed = workspace.signIns.token('g', server, true).catch((fault: unknown) => fault)
  await new Promise((done) => setTimeout(done, 20))
  const ending = workspace.stop()
  await new Promise((done) => setTimeout(done, 20))
  resolve(tokens)
  await ending
  expect(await renewed).toBe('access')
  expect([...keychain.values].find(([name]) => name.startsWith('grant:g:refresh'))?.[1]).toBe('new')
})

test('a store that does not take the policy is no open window without mail: it is told, and another try opens it', async () => {
  failing.set('policy.set', 'disk-full')
  const workspace = await begin()
  expect(workspace.error).toMatchObject({ code: 'disk-full' })
  failing.clear()
  await workspace.restart('store')
  expect(workspace.phase).toBe('ready')
  await workspace.stop()
})

test('a lock while the store comes up again is a lock, and no failure', async () => {
  const workspace = await begin()
  // Its answer never comes: it is on its way when somebody locks.
  failing.set('store.open', 'never')
  await workspace.services.store.stop()
  workspace.services.store.start()
  await workspace.keyActs.lock()
  await new Promise((resolve) => setImmediate(resolve))
  expect(workspace.phase).toBe('locked')
  await workspace.stop()
})

test('whoever unlocks while a lock is still closing the store is not left with an open window that has none', async () => {
  const workspace = await begin()
  const { promise, resolve } = Promise.withResolvers<object>()
  answers.set('mail.stop', promise)
  const locking = workspace.keyActs.lock()
  const unlocking = workspace.keyActs.unlockWithSystem()
  await new Promise((done) => setTimeout(done, 50))
  resolve({})
  await Promise.all([locking, unlocking])
  answers.clear()
  await expect.poll(() => workspace.phase).toBe('ready')
  expect(await workspace.store.call('mailbox.all', {})).toEqual({ mailboxes: [] })
  await workspace.stop()
})

test('a lock while another key is being begun is a lock, whichever is done first', async () => {
  for (const first of ['lock', 'key'] as const) {
    const workspace = await begin()
    const answer = slowKeychain()
    const changing = workspace.keyActs.changeKey(undefined).catch((fault: unknown) => fault)
    const locking = workspace.keyActs.lock()
    if (first === 'lock') await locking
    answer()
    expect(await changing, first).toMatchObject({ code: 'store-locked' })
    await locking
    expect(workspace.phase, first).toBe('locked')
    await workspace.keyActs.unlockWithSystem()
    await expect.poll(() => workspace.phase).toBe('ready')
    await workspace.stop()
  }
})

test('whoever lets support in while a lock is still closing the store gets a store', async () => {
  const workspace = await begin()
  const { promise, resolve } = Promise.withResolvers<object>()
  answers.set('mail.stop', promise)
  const locking = workspace.keyActs.lock()
  const letting = workspace.guest.letIn(null)
  await new Promise((done) => setTimeout(done, 50))
  resolve({})
  await Promise.all([locking, letting])
  expect((await workspace.storeForSupport.call('store.lastSeen', {})).seen).not.toBeNull()
  await workspace.stop()
})

test('whoever lets support in twice at once waits for nothing that never comes, and the session is not closed under way', async () => {
  const workspace = await begin()
  await workspace.keyActs.lock()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const both = Promise.all([workspace.guest.letIn(null), workspace.guest.letIn(null)])
    await expect.poll(() => workspace.services.store.running).toBe(true)
    let isIn = false
    void both.then(() => (isIn = true))
    await vi.waitFor(() => expect(isIn).toBe(true), { timeout: 5000 })
    workspace.guest.signedIn()
    await vi.advanceTimersByTimeAsync(3 * 60_000)
    expect(workspace.guest.isHere).toBe(true)
  } finally {
    vi.useRealTimers()
  }
  await workspace.guest.leave()
  await workspace.stop()
})

test('whoever unlocks while the store that was open for support is being closed is not left without one', async () => {
  const workspace = await begin()
  await workspace.keyActs.lock()
  await workspace.guest.letIn(null)
  const leaving = workspace.guest.leave()
  await workspace.keyActs.unlockWithSystem()
  await leaving
  await expect.poll(() => workspace.phase).toBe('ready')
  expect(await workspace.store.call('mailbox.all', {})).toEqual({ mailboxes: [] })
  await workspace.stop()
})

test('a keychain that is gone when the database has its new key is told, and is no progress that never ends', async () => {
  const workspace = await begin()
  const { set } = keychain
  keychain.set = async (name, value) => {
    await set(name, value)
    if (name.startsWith('database-next')) keychain.dead = true
  }
  const changed = await workspace.keyActs.changeKey(undefined).catch((fault: unknown) => fault)
  expect(changed).toMatchObject({ code: 'keychain-failed' })
  expect(workspace.phase).toBe('failed')
  expect(workspace.error).toMatchObject({ code: 'keychain-failed' })
  keychain.dead = false
  keychain.set = set
  await workspace.restart('store')
  await expect.poll(() => workspace.phase).toBe('ready')
  await workspace.stop()
})

test('a store that dies under a support session behind the lock screen does not come up again for nobody', async () => {
  const workspace = await begin()
  await workspace.keyActs.lock()
  await workspace.guest.letIn(null)
  workspace.guest.signedIn()
  lastStore?.kill()
  await expect.poll(() => workspace.guest.isHere).toBe(false)
  // Longer than it takes to start another.
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(workspace.services.store.running).toBe(false)
  expect(workspace.phase).toBe('locked')
  await workspace.keyActs.unlockWithSystem()
  await expect.poll(() => workspace.phase).toBe('ready')
  await workspace.stop()
})
