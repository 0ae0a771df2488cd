import { spawn } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { ensureElectron } from '../../build/electron.mjs'
import { smallNursery } from '../../src-main/shared/nursery'
import { calls } from '../../src-preload/contract/calls'
import { services } from './hands'
import { descendants, newProfile, startPostern, type Desk } from './harness'

let desk: Desk

test.beforeAll(async () => {
  desk = await startPostern({ profile: newProfile() })
  await desk.page.getByRole('heading', { level: 1 }).first().waitFor()
})
test.afterAll(async () => desk.close())

test('no window runs without its walls (R1)', async () => {
  const names = [
    'contextIsolation',
    'sandbox',
    'webSecurity',
    'nodeIntegration',
    'nodeIntegrationInWorker',
    'nodeIntegrationInSubFrames',
    'webviewTag',
    'allowRunningInsecureContent',
    'experimentalFeatures',
  ] as const
  const all = await desk.app.evaluate(
    ({ webContents }, wanted) =>
      webContents.getAllWebContents().map((contents) => {
        const preferences: unknown = Reflect.apply(Reflect.get(contents, 'getLastWebPreferences'), contents, [])
        return Object.fromEntries(wanted.map((name) => [name, Reflect.get(Object(preferences), name) === true]))
      }),
    names,
  )
  expect(all.length).toBeGreaterThan(0)
  for (const preferences of all) {
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      webviewTag: false,
    })
    for (const off of [
      'nodeIntegrationInWorker',
      'nodeIntegrationInSubFrames',
      'allowRunningInsecureContent',
      'experimentalFeatures',
    ] as const)
      expect(preferences[off], off).toBe(false)
  }
  for (const frame of desk.page.frames()) {
    expect(await frame.evaluate('[typeof require, typeof process, typeof module, typeof Buffer].join()')).toBe(
      'undefined,undefined,undefined,undefined',
    )
  }
})

test('no page is served from the file system or from outside its folder (R4)', async () => {
  for (const frame of desk.page.frames())
    expect(frame.url()).toMatch(/^(postern:\/\/app\/|postern-mail:\/\/frame\/|about:srcdoc)/)
  const answers = await desk.app.evaluate(async ({ session }) => {
    const urls = [
      'postern://app/%2e%2e/%2e%2e/package.json',
      'postern://app/..%2f..%2fpackage.json',
      'postern://app/..%5c..%5cpackage.json',
      'postern://app/assets/',
      'postern://app/nothing.html',
      'postern://other/index.html',
      'postern-mail://frame/index.html',
      'postern-mail://frame/%2e%2e/main/index.js',
      'postern-mail://app/mail-frame.html',
      'postern://app/mail-frame.html',
      'postern://app/pdf-frame.html',
      'postern://app/index.html%00.js',
    ]
    return Promise.all(
      urls.map(async (url) => [
        url,
        (await session.defaultSession.fetch(url).catch(() => ({ status: 'refused' }))).status,
      ]),
    )
  })
  for (const [url, status] of answers) expect([404, 'refused'], String(url)).toContain(status)
  expect(
    await desk.page.evaluate(async () =>
      fetch('file:///etc/passwd').then(
        () => 'read',
        () => 'refused',
      ),
    ),
  ).toBe('refused')
})

test('no inline script, eval or foreign script runs in the app page (R5)', async () => {
  const policy = await desk.app.evaluate(async ({ session }) =>
    (await session.defaultSession.fetch('postern://app/index.html')).headers.get('content-security-policy'),
  )
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  for (const rule of ["object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])
    expect(policy).toContain(rule)
  const ran = await desk.page.evaluate(async () => {
    const box = document.createElement('div')
    box.innerHTML = '<img src="x" onerror="window.canary=1"><svg onload="window.canary=2"></svg>'
    const inline = document.createElement('script')
    inline.textContent = 'window.canary = 3'
    const foreign = document.createElement('script')
    foreign.src = 'https://example.com/x.js'
    document.body.append(box, inline, foreign)
    await new Promise((resolve) => setTimeout(resolve, 300))
    box.remove()
    return Reflect.get(window, 'canary') ?? 'nothing'
  })
  expect(ran).toBe('nothing')
})

test('no call gets past the gate with input that does not fit, and none echoes it (R6)', async () => {
  const names = Object.entries(calls)
    .filter(([, def]) => def.home === 'app')
    .map(([name]) => name)
  expect(names.length).toBeGreaterThan(10)
  const results = await desk.page.evaluate(async (all) => {
    const bridge = Reflect.get(window, 'postern') as { call(name: string, input: unknown): Promise<unknown> }
    const bad = [
      'canary',
      7,
      null,
      [],
      {
        id: 'canary',
        ids: 'canary',
        url: 7,
        act: 'canary',
        theme: 'canary',
        passphrase: 7,
        current: {},
        service: 'canary',
        testId: 9,
        settings: 'canary',
        confirmed: 'canary',
      },
    ]
    const out: [string, unknown][] = []
    for (const name of all) for (const input of bad) out.push([name, await bridge.call(name, input)])
    for (const name of ['app.', 'app.constructor', 'app.__proto__', 'postern:call'])
      out.push([name, await bridge.call(name, {})])
    return out
  }, names)
  for (const [name, result] of results) {
    expect(result, name).toMatchObject({ ok: false })
    expect(JSON.stringify(result), name).not.toContain('canary')
  }
})

test('the page is handed nothing but two functions (R7)', async () => {
  const graph = await desk.page.evaluate(() => {
    const bridge: unknown = Reflect.get(window, 'postern')
    return typeof bridge === 'object' && bridge !== null
      ? Object.entries(bridge)
          .map(([key, value]) => `${key}: ${typeof value}`)
          .sort()
      : []
  })
  expect(graph).toEqual(['call: function', 'on: function'])
  for (const frame of desk.page.frames().slice(1))
    expect(await frame.evaluate('typeof window.postern')).toBe('undefined')
})

test('no page navigates, opens windows, asks for devices or downloads (R8)', async () => {
  const before = desk.page.url()
  const results = await desk.page.evaluate(async () => {
    const opened = window.open('https://example.com/') === null
    const permission = await Promise.race([
      Notification.requestPermission(),
      new Promise((resolve) => setTimeout(() => resolve('no answer'), 1000)),
    ])
    const media = await navigator.mediaDevices?.getUserMedia({ audio: true }).then(
      () => 'given',
      () => 'refused',
    )
    const place = await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        () => resolve('refused'),
        { timeout: 1000 },
      ),
    )
    const clipboard = await navigator.clipboard.readText().then(
      () => 'given',
      () => 'refused',
    )
    const link = document.createElement('a')
    link.href = 'postern://app/index.html'
    link.download = 'x'
    document.body.append(link)
    link.click()
    location.href = 'https://example.com/'
    await new Promise((resolve) => setTimeout(resolve, 500))
    return { opened, permission, media, place, clipboard }
  })
  expect(results).toMatchObject({ opened: true, media: 'refused', place: 'refused', clipboard: 'refused' })
  expect(results.permission).not.toBe('granted')
  expect(desk.page.url()).toBe(before)
  expect(await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})

test('store and mail run with the small nursery, without which a sync fills their memory with what is long done with', async () => {
  test.skip(process.platform !== 'linux', 'it reads the command lines of processes')
  // Chromium writes its command line anew, with spaces.
  for (const pid of Object.values(await services(desk.app)))
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').split(' ')).toContain(smallNursery)
})

test('the first page of a first mailbox does not stand behind the window that waits for it', async () => {
  expect(getPriority((await services(desk.app)).mail)).toBe(getPriority())
})

/** Starts the program on this profile as a person would; what it ended with. */
async function startAgain(): Promise<number | null> {
  const { path } = await ensureElectron()
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, `--user-data-dir=${desk.profile}`]
  return new Promise((resolve) => spawn(path, args, { stdio: 'ignore' }).on('exit', resolve))
}

/** Ends a process, where it has not ended with another one. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

test('who starts the program while it still ends gets it, and no window that goes with the end', async () => {
  const { store } = await services(desk.app)
  const main = desk.app.process().pid ?? 0
  /** The process that has this profile; 0: none. */
  const holder = (): number => {
    try {
      return Number(/\d+$/.exec(readlinkSync(`${desk.profile}/SingletonLock`))?.[0])
    } catch {
      return 0
    }
  }
  expect(holder()).toBe(main)
  const gone = new Promise((resolve) => desk.app.process().once('exit', resolve))
  const closed = desk.page.waitForEvent('close')
  // A store that does not answer: the end waits for it.
  process.kill(store, 'SIGSTOP')
  await desk.page.evaluate(`void window.postern.call('app.window', { act: 'quit' })`)
  await closed
  expect(await startAgain()).toBe(0)
  expect(holder()).toBe(main)
  await gone
  end(store)
  await expect.poll(() => ![0, main].includes(holder()), { timeout: 20_000 }).toBe(true)
  const next = holder()
  for (const pid of [...descendants(next), next]) end(pid)
  desk = await startPostern({ profile: desk.profile })
  await desk.page.getByRole('heading', { level: 1 }).first().waitFor()
})

test('a second start on the same profile brings the first window forward and ends; a stale lock does not block (R52)', async () => {
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  expect(await Promise.all(Array.from({ length: 4 }, startAgain))).toEqual([0, 0, 0, 0])
  await expect
    .poll(() => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isMinimized())))
    .toEqual([false])
  await desk.kill()
  desk = await startPostern({ profile: desk.profile })
  await desk.page.getByRole('heading', { level: 1 }).first().waitFor()
})

test('an answer of the main process that V8 took away before it came is asked for again by these tests', async () => {
  const times = await desk.app.evaluate(async () => {
    const asked = Number(Reflect.get(globalThis, 'asked') ?? 0) + 1
    Reflect.set(globalThis, 'asked', asked)
    if (asked > 1) return asked
    process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc')
    const collect: unknown = process.getBuiltinModule('node:vm').runInNewContext('gc')
    if (typeof collect === 'function') setTimeout(() => void collect(), 100)
    return new Promise<number>(() => undefined)
  })
  expect(times).toBe(2)
})
