import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { managedPreferences, policyFolder, PolicyWatch, registryPolicies } from '../../src-main/app/policy'
import { readPolicies } from '../../src-main/shared/policy-reader'
import { Policy, policyShape } from '../../src-preload/contract/policy'
import { policyTemplates } from '../../src-preload/contract/policy-templates'
import { tempFolder } from '../servers/process.mjs'
import { policyInMemory } from './policy-in-memory'

const dir = tempFolder('policy')
afterAll(() => rmSync(dir, { recursive: true }))
const of = (...texts: (string | null)[]) => readPolicies(texts.map((text, n) => ({ file: `${n}.json`, text })))

describe('a policy that cannot be used opens nothing', () => {
  test('a value that does not fit locks its key at its safest, and only that', () => {
    const state = of('{"supportAccess":"alowed","supportAccessLongestDays":181,"managedBy":"IT"}')
    expect(state.policy).toEqual({ supportAccess: 'off', supportAccessLongestDays: 1, managedBy: 'IT' })
    expect(state.faults.map(({ key }) => key)).toEqual(['supportAccess', 'supportAccessLongestDays'])
  })
  test('a file that is no JSON, or cannot be read, locks every key that no other file sets', () => {
    for (const bad of ['{', 'null', '[1]', null]) {
      const state = of('{"supportAccess":"allowed"}', bad)
      expect(state.policy).toMatchObject({
        supportAccess: 'allowed',
        remoteContent: 'never',
        supportAccessLongestDays: 1,
        allowedMailHosts: ['policy.invalid'],
      })
    }
  })
  test('a key with a typing error is told and locks nothing', () => {
    expect(of('{"supportAcess":"off"}')).toMatchObject({ locked: [], faults: [{ key: 'supportAcess' }] })
  })
  test('a default that does not fit is told and given to nobody, and one that fits locks nothing', () => {
    expect(of('{"defaults":{"lockMinutes":-1}}')).toMatchObject({
      policy: {},
      faults: [{ key: 'defaults.lockMinutes' }],
    })
    expect(of('{"defaults":{"agentName":"Ana"}}').faults).toHaveLength(1)
    expect(of('{"defaults":{"lockMinutes":5}}')).toMatchObject({ locked: [], faults: [] })
  })
  test('later files win key by key', () => {
    expect(
      of('{"supportAccessLongestDays":30,"remoteContent":"never"}', '{"supportAccessLongestDays":7}').policy,
    ).toEqual({ supportAccessLongestDays: 7, remoteContent: 'never' })
  })
})

describe('a policy that is there and cannot be read is not taken for none', () => {
  const safe = { supportAccess: 'off', remoteContent: 'never', allowedMailHosts: ['policy.invalid'] }

  test('macOS: one that plutil cannot say as JSON', async () => {
    const file = '/Library/Managed Preferences/org.postern.desk.plist'
    const texts = await managedPreferences(
      'ana',
      () => Promise.resolve(null),
      (path) => path === file,
    ).read()
    expect(readPolicies(texts)).toMatchObject({ faults: [{ file, why: 'cannot be read' }], policy: safe })
  })

  test('macOS and Windows: where the tool of the system does not run or is too slow', async () => {
    for (const place of [managedPreferences('ana'), registryPolicies()]) {
      // Neither tool is on this system.
      const watch = new PolicyWatch({ ...place, watch: () => () => undefined })
      await watch.start()
      expect(watch.state.policy, place.name).toMatchObject(safe)
    }
  })

  test('Linux: a folder whose way leads nowhere', async () => {
    const loop = path.join(dir, 'loop')
    symlinkSync(loop, loop)
    const watch = new PolicyWatch({ ...policyFolder(path.join(loop, 'managed')), watch: () => () => undefined })
    await watch.start()
    expect(watch.state.policy).toMatchObject(safe)
  })

  test('Linux: a folder that is a link to what is not there, or lies behind one', async () => {
    const link = path.join(dir, 'dangling')
    symlinkSync(path.join(dir, 'unmounted'), link)
    for (const folder of [link, path.join(link, 'policies', 'managed')]) {
      const watch = new PolicyWatch({ ...policyFolder(folder), watch: () => () => undefined })
      await watch.start()
      expect(watch.state.policy, folder).toMatchObject(safe)
    }
    expect(policyFolder(path.join(dir, 'none', 'managed')).read()).toEqual([])
  })

  test('Windows: a key that is closed to the program, or lies below one that is', async () => {
    const lists: Record<string, string> = {
      'HKLM\\Software\\Policies': 'HKEY_LOCAL_MACHINE\\Software\\Policies\\Postern\r\n',
      'HKCU\\Software': 'HKEY_CURRENT_USER\\Software\\Policies\r\n',
    }
    for (const open of Object.keys(lists)) {
      const texts = await registryPolicies((_file, args) =>
        Promise.resolve(args[1] === open ? (lists[open] ?? null) : null),
      ).read()
      expect(readPolicies(texts).policy, open).toMatchObject(safe)
    }
    const others = 'HKEY_LOCAL_MACHINE\\Software\\Policies\\Postern Office\r\n'
    const none = registryPolicies((_file, args) => Promise.resolve(args.includes('/s') ? null : others))
    expect(await none.read()).toEqual([])
  })

  test.skipIf(process.geteuid?.() !== 0)(
    'Linux: a folder that its owner forgot to open for others, nor does it keep the program from starting',
    async () => {
      const above = path.join(dir, 'closed')
      const folder = path.join(above, 'managed')
      mkdirSync(folder, { recursive: true })
      writeFileSync(path.join(folder, '10.json'), '{"supportAccess":"off"}')
      for (const closed of [above, folder]) {
        chmodSync(closed, 0o700)
        process.seteuid?.(65534)
        try {
          const watch = new PolicyWatch(policyFolder(folder))
          await watch.start()
          expect(watch.state.policy, closed).toMatchObject(safe)
        } finally {
          process.seteuid?.(0)
          chmodSync(closed, 0o755)
        }
      }
    },
  )
})

test('a change of the folder is heard without a restart', async () => {
  const folder = path.join(dir, 'managed')
  mkdirSync(folder)
  const watch = new PolicyWatch(policyFolder(folder))
  await watch.start()
  expect(watch.state.locked).toEqual([])
  writeFileSync(path.join(folder, '10.json'), '{"supportAccess":"off"}')
  await expect.poll(() => watch.state.locked).toEqual(['supportAccess'])
})

test('a policy file that is read while it is being written locks nothing at its safest', async () => {
  const { watch, write } = policyInMemory('{"supportAccess":"allowed"}')
  await watch.start()
  const heard: unknown[] = []
  watch.onChange(({ policy }) => heard.push(policy))
  write('')
  write('{"remoteContent":"never"}')
  await expect.poll(() => heard).toEqual([{ remoteContent: 'never' }])
  // What stays broken counts.
  write('{')
  await expect.poll(() => watch.state.faults.length).toBe(1)
})

test('macOS: what plutil prints is taken, the computer over the person', async () => {
  const printed: Record<string, string> = {
    '/Library/Managed Preferences/ana/org.postern.desk.plist':
      '{"supportAccessLongestDays":90,"remoteContent":"never"}',
    '/Library/Managed Preferences/org.postern.desk.plist':
      '{"managedBy":"Northwind IT","supportAccessLongestDays":30,"allowedMailHosts":["*.northwindbikes.example"],"blockUnexpectedHosts":true}',
  }
  const texts = await managedPreferences('ana', (_file, args) =>
    Promise.resolve(printed[args.at(-1) ?? ''] ?? null),
  ).read()
  expect(readPolicies(texts)).toMatchObject({
    faults: [],
    policy: {
      managedBy: 'Northwind IT',
      supportAccessLongestDays: 30,
      remoteContent: 'never',
      allowedMailHosts: ['*.northwindbikes.example'],
      blockUnexpectedHosts: true,
    },
  })
  expect(await managedPreferences('ana', () => Promise.resolve(null)).read()).toEqual([])
})

test('Windows: what reg query prints is taken, numbers, switches and lists too', async () => {
  const server = { host: 'imap.northwindbikes.example', port: 993, security: 'tls', user: 'help' }
  const mailbox = { name: 'Help', address: 'help@northwindbikes.example', imap: server, smtp: { ...server, port: 465 } }
  const machine = [
    '',
    'HKEY_LOCAL_MACHINE\\Software\\Policies\\Postern',
    '    managedBy    REG_SZ    Northwind IT',
    '    SupportAccessLongestDays    REG_DWORD    0x1e',
    '    blockUnexpectedHosts    REG_DWORD    0x1',
    '    supportAccess    REG_SZ    allowed',
    '    defaults    REG_SZ    {"lockMinutes":5}',
    '',
    'HKEY_LOCAL_MACHINE\\Software\\Policies\\Postern\\allowedMailHosts',
    '    1    REG_SZ    imap.northwindbikes.example',
    '    2    REG_SZ    *.mailhost.example',
    '',
    'HKEY_LOCAL_MACHINE\\Software\\Policies\\Postern\\oauthClients',
    '    1    REG_SZ    {"host":"*.gmail.com","clientId":"northwind"}',
    '',
    'HKEY_LOCAL_MACHINE\\Software\\Policies\\Postern\\mailboxes',
    `    1    REG_SZ    ${JSON.stringify(mailbox)}`,
    '',
  ].join('\r\n')
  const person = [
    '',
    'HKEY_CURRENT_USER\\Software\\Policies\\Postern',
    '    supportAccess    REG_SZ    off',
    '    remoteContent    REG_SZ    never',
    '',
  ].join('\r\n')
  const texts = await registryPolicies((_file, args) =>
    Promise.resolve((args[1] ?? '').startsWith('HKLM') ? machine : person),
  ).read()
  expect(readPolicies(texts)).toMatchObject({
    faults: [],
    policy: {
      managedBy: 'Northwind IT',
      supportAccessLongestDays: 30,
      blockUnexpectedHosts: true,
      supportAccess: 'allowed',
      remoteContent: 'never',
      defaults: { lockMinutes: 5 },
      allowedMailHosts: ['imap.northwindbikes.example', '*.mailhost.example'],
      oauthClients: [{ host: '*.gmail.com', clientId: 'northwind' }],
      mailboxes: [mailbox],
    },
  })
  const broken = await registryPolicies((_file, args) =>
    Promise.resolve((args[1] ?? '').startsWith('HKLM') ? machine.replace('0x1e', '0xb5') : null),
  ).read()
  expect(readPolicies(broken).policy.supportAccessLongestDays, '181 days').toBe(1)
})

test('a mailbox of a policy with a password or an exception for a certificate is not taken', () => {
  const server = { host: 'imap.example', port: 993, security: 'tls', user: 'help' }
  const mailbox = { name: 'Help', address: 'help@example.com', imap: server, smtp: server }
  const faults = (change: object): string[] =>
    of(JSON.stringify({ mailboxes: [{ ...mailbox, ...change }] })).faults.map(({ key }) => key)
  expect(faults({})).toEqual([])
  expect(faults({ password: 'secret' })).toEqual(['mailboxes.0'])
  expect(faults({ imap: { ...server, pin: 'ab' } })).toEqual(['mailboxes.0.imap'])
})

test('no template has fallen behind the schema', () => {
  for (const [name, text] of Object.entries(policyTemplates())) {
    expect(
      readFileSync(path.join(import.meta.dirname, '../../resources/policy', name), 'utf8'),
      `${name}: run npm run policy:templates`,
    ).toBe(text)
    if (name !== 'example.json')
      for (const key of Object.keys(policyShape)) expect(text, `${name} has ${key}`).toContain(key)
  }
  expect(Policy.safeParse(JSON.parse(policyTemplates()['example.json'] ?? '')).success).toBe(true)
})
