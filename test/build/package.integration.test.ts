import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureElectron } from '../../build/electron.mjs'
import { buildIfNeeded } from '../../build/lib/app.mjs'
import { root } from '../../build/lib/machine.mjs'
import { packArguments } from '../../build/lib/pack.mjs'
import { Keys } from '../../src-main/app/keys'
import { keyMark } from '../../src-main/crypto/key-mark'
import { compiledOf } from '../../src-main/shared/compiled'
import { newSupportIdentity, type KeyFile } from '../../src-main/crypto/support-identity'
import { PosternError } from '../../src-preload/contract/errors'
import { Harness } from '../store/helpers'
import { grant } from '../store/support'
import { isRoot, tempFolder } from '../servers/process.mjs'

/**
 * The program as it is packed for users, made with whatever Electron is here and thrown away afterwards; what leaves the
 * house is only ever made from the official one (build/package.mjs). Electron itself does not run as root with its
 * sandbox, and the packed program refuses to go without, so it runs as nobody then.
 */
const dir = tempFolder('packed')
const home = path.join(dir, 'home')
const nobody = 65_534
let program = ''
let resources = ''
const onLinux = process.platform === 'linux'

beforeAll(async () => {
  if (!onLinux) return
  await buildIfNeeded()
  const electron = await ensureElectron()
  const packing = spawnSync(
    'node',
    packArguments({ dist: path.dirname(electron.path), version: electron.version }, [`-c.directories.output=${dir}`]),
    { cwd: root, encoding: 'utf8', env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined } },
  )
  expect(packing.status, packing.stderr + packing.stdout).toBe(0)
  program = path.join(dir, 'linux-unpacked', 'postern')
  resources = path.join(dir, 'linux-unpacked', 'resources')
  fs.mkdirSync(home)
  if (isRoot) fs.chownSync(home, nobody, nobody)
  fs.chmodSync(dir, 0o755)
})
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }))

function postern(args: readonly string[], env: Record<string, string> = {}): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(program, [...args], {
    encoding: 'utf8',
    timeout: 40_000,
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home, ...env },
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  })
  // Chromium complains of a desktop bus that is not there.
  const said = `${stdout}${stderr}`.split('\n').filter((line) => !line.includes('dbus'))
  return { code: status, said: said.join('\n') }
}
function file(name: string, text: string): string {
  const made = path.join(home, name)
  fs.writeFileSync(made, text, { mode: 0o644 })
  return made
}

/** A profile whose passphrase is forgotten, opened by the packed program for whom policy named; held against its key. */
async function recovered(by: KeyFile): Promise<ReturnType<typeof postern>> {
  const profile = path.join(home, 'profile')
  const noKeychain = { get: rejected, set: rejected, remove: rejected }
  const keys = new Keys(profile, noKeychain)
  await keys.find()
  const made = await keys.setPassphrase('a passphrase that is forgotten', undefined)
  if (made.is !== 'ready') throw new Error('no key')
  keys.sealRecovery(by.card)
  fs.writeFileSync(path.join(profile, 'postern.db'), keyMark(made.key))
  if (isRoot)
    for (const name of ['', ...fs.readdirSync(profile)]) fs.chownSync(path.join(profile, name), nobody, nobody)
  const keyFile = file('it.key', JSON.stringify(by))
  const said = postern([`--user-data-dir=${profile}`, 'recover', keyFile], {
    POSTERN_PASSPHRASE: 'a long passphrase',
    POSTERN_NEW_PASSPHRASE: 'a passphrase that is known',
  })
  const again = new Keys(profile, noKeychain)
  await again.find()
  expect((await again.unlock('a passphrase that is known')).equals(made.key)).toBe(true)
  return said
}
const rejected = () => Promise.reject(new PosternError('keychain-failed'))

test.runIf(onLinux)('no fuse is left that opens the packed program to another one (R2)', async () => {
  const wire = await getCurrentFuseWire(program)
  const on = (fuse: FuseV1Options): boolean => wire[fuse] === '1'.charCodeAt(0)
  expect(on(FuseV1Options.RunAsNode)).toBe(false)
  expect(on(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false)
  expect(on(FuseV1Options.EnableNodeCliInspectArguments)).toBe(false)
  expect(on(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false)
  expect(on(FuseV1Options.EnableCookieEncryption)).toBe(true)
  expect(on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe(true)
  expect(on(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true)
  const script = file('run.cjs', "require('fs').writeFileSync(require('path').join(__dirname, 'ran'), '')")
  postern(['help'], { ELECTRON_RUN_AS_NODE: '1' })
  postern([script], { ELECTRON_RUN_AS_NODE: '1' })
  postern(['help'], { NODE_OPTIONS: `--require ${script}` })
  expect(fs.existsSync(path.join(home, 'ran'))).toBe(false)
})

test.runIf(onLinux)('the packed program does not start with a switch that opens it (R3)', () => {
  const refused = {
    '--remote-debugging-port=0': '--remote-debugging-port',
    '--inspect=0': '--inspect',
    '--no-sandbox': '--no-sandbox',
    '--js-flags=--expose-gc': '--js-flags',
    '--disable-dev-shm-usage': '--disable-dev-shm-usage',
    // Chromium takes these as well.
    '-no-sandbox': '--no-sandbox',
    ' --remote-debugging-port=0': '--remote-debugging-port',
  }
  for (const [given, name] of Object.entries(refused))
    expect(postern([given, 'help']), given).toEqual({
      code: 1,
      said: expect.stringContaining(`does not start with ${name}:`),
    })
  expect(postern(['help'])).toMatchObject({ code: 0 })
})

test.runIf(onLinux)('no key, test, source, other program or address of updates is packed (R10)', () => {
  expect(fs.readdirSync(resources).toSorted()).toEqual(['app.asar', 'app.asar.unpacked'])
  const files = listPackage(path.join(resources, 'app.asar'), { isPack: false })
  expect(files).toContain('/out/main/index.cjs')
  const ours = files.filter((name) => name.startsWith('/out/main/') && name.endsWith('.cjs'))
  expect(
    ours.filter((name) => !files.includes(compiledOf(name))),
    'compiled at each start',
  ).toEqual([])
  const own = files.filter((name) => !name.startsWith('/node_modules'))
  expect(own.filter((name) => !/^\/(out(\/.*)?|package\.json|LICENSE)$/.test(name))).toEqual([])
  const native = files.filter((name) => name.endsWith('.node'))
  expect(native.filter((name) => !/prebuilds\/linux-/.test(name))).toEqual([])
  for (const module of ['better-sqlite3-multiple-ciphers', 'argon2', 'keytar'])
    expect(native.filter((name) => name.includes(`/${module}/`) && name.includes('linux-x64'))).not.toEqual([])
  expect(
    files.filter((name) => /\.(pem|p12|pfx|key|map)$|app-update\.yml$|\/electron-updater|\.test\.|\.tsx?$/.test(name)),
  ).toEqual([])
})

test.runIf(onLinux)('commands for IT and auditors answer without a screen, and say what is wrong', async () => {
  expect(postern(['policy', 'check', file('good.json', '{"supportAccessLongestDays":30}')])).toMatchObject({ code: 0 })
  expect(postern(['policy', 'check', file('long.json', '{"supportAccessLongestDays":181}')])).toMatchObject({ code: 1 })
  const store = await Harness.make()
  await grant(store)
  const [log, proof] = [path.join(dir, 'log.jsonl'), path.join(dir, 'log.jsonl.proof.json')]
  await store.app.call('accessLog.export', { path: log, proofPath: proof, by: 'Ada' })
  await store.stop()
  const lines = fs.readFileSync(log, 'utf8')
  const kept = file('log.jsonl', lines)
  file('log.jsonl.proof.json', fs.readFileSync(proof, 'utf8'))
  expect(postern(['verify-log', kept])).toMatchObject({ code: 0, said: expect.stringContaining('The chain holds') })
  file('log.jsonl', lines.replace('granted', 'revoked'))
  expect(postern(['verify-log', kept])).toMatchObject({ code: 1, said: expect.stringContaining('Broken: entry') })
  const identity = await newSupportIdentity('Idris', 'Support', 'a long passphrase')
  expect(postern(['support-id', 'show', file('me.key', JSON.stringify(identity))]).said).toContain('Idris, Support')
  expect(
    postern(['support-id', 'make', path.join(home, 'new.key'), '--name=Ida', '--organisation=Support'], {
      POSTERN_PASSPHRASE: 'a long passphrase',
    }),
  ).toMatchObject({ code: 0, said: expect.stringContaining('Ida, Support') })
  expect(await recovered(identity)).toEqual({
    code: 0,
    said: expect.stringContaining('Postern opens with the new passphrase'),
  })
  const doctor = postern(['doctor'])
  expect(doctor.said).toMatch(/^ok {3}Postern \d+\.\d+\.\d+, Electron \d+/)
  // There is no keychain for nobody, and the doctor says so.
  expect(doctor).toMatchObject({ code: 1, said: expect.stringContaining('BAD  no keychain') })
})
