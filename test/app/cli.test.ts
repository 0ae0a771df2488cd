import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCommand, type Terminal } from '../../src-main/app/cli'
import { doctor } from '../../src-main/app/doctor'
import { lastSeenFile } from '../../src-main/app/files'
import { policyFolder, type PolicyPlace } from '../../src-main/app/policy'
import { commandOf } from '../../src-main/app/command'
import { Harness } from '../store/helpers'
import { grant } from '../store/support'
import { tempFolder } from '../servers/process.mjs'

const dir = tempFolder('cli')
afterAll(() => rmSync(dir, { recursive: true }))
const file = (name: string): string => path.join(dir, name)

async function run(
  command: Parameters<typeof runCommand>[0],
  ...rest: string[]
): Promise<{ code: number; said: string }> {
  const said: string[] = []
  const terminal: Terminal = {
    out: (line) => said.push(line),
    err: (line) => said.push(line),
    secret: () => Promise.resolve('a long passphrase'),
    profile: dir,
    version: '0.0.0',
  }
  return { code: await runCommand(command, rest, terminal), said: said.join('\n') }
}

test('a file or folder with the name of a command, or a link to open, is no command', () => {
  expect(commandOf(['postern', 'verify-log', 'x'])).toEqual({ command: 'verify-log', rest: ['x'] })
  expect(commandOf(['electron', '--no-sandbox', tmpdir(), 'doctor'])).toEqual({ command: 'doctor', rest: [] })
  expect(commandOf(['postern', 'mailto:a@b', 'doctor'])).toBeNull()
  expect(commandOf(['postern', '--provision=doctor'])).toBeNull()
  expect(commandOf(['postern'])).toBeNull()
})

test('a policy that does not fit is not called good, 181 days among it (R54)', async () => {
  writeFileSync(file('good.json'), '{"managedBy":"IT","supportAccessLongestDays":30,"defaults":{"lockMinutes":5}}')
  writeFileSync(file('long.json'), '{"supportAccessLongestDays":181}')
  writeFileSync(file('typo.json'), '{"supportAcess":"off"}')
  writeFileSync(file('broken.json'), '{')
  expect(await run('policy', 'check', file('good.json'))).toMatchObject({
    code: 0,
    said: 'Good. Locked by IT: supportAccessLongestDays.\nPeople begin with, and may change: lockMinutes.',
  })
  for (const name of ['long', 'typo', 'broken'])
    expect((await run('policy', 'check', file(`${name}.json`))).code, name).toBe(1)
  expect((await run('policy', 'check', file('absent.json'))).code).toBe(2)
})

test('an exported log with a line less is not called whole', async () => {
  const store = await Harness.make()
  await grant(store)
  await store.app.call('accessLog.export', {
    path: file('log.jsonl'),
    proofPath: file('log.jsonl.proof.json'),
    by: 'Ada',
  })
  await store.stop()
  expect(await run('verify-log', file('log.jsonl'))).toMatchObject({ code: 0 })
  writeFileSync(file('cut.jsonl'), readFileSync(file('log.jsonl'), 'utf8').split('\n').slice(0, 2).join('\n'))
  expect(await run('verify-log', file('cut.jsonl'), `--proof=${file('log.jsonl.proof.json')}`)).toEqual({
    code: 1,
    said: 'Broken: entry 3 is cut.',
  })
  // A script sees the code only: what could not be checked whole is not well.
  expect(await run('verify-log', file('cut.jsonl'))).toMatchObject({
    code: 2,
    said: expect.stringContaining('No proof was given'),
  })
})

test('what is no log is not called a log that holds: a folder, an empty file, none at all, one line without end', async () => {
  mkdirSync(file('folder'))
  writeFileSync(file('empty.jsonl'), '')
  writeFileSync(file('endless.jsonl'), Buffer.alloc(3_000_000, 'a'))
  expect(await run('verify-log', file('folder'))).toEqual({ code: 2, said: 'The file cannot be read.' })
  expect(await run('verify-log', file('absent.jsonl'))).toEqual({ code: 2, said: 'The file cannot be read.' })
  expect(await run('verify-log', file('empty.jsonl'))).toEqual({ code: 2, said: 'The file holds no entry.' })
  expect(await run('verify-log', file('endless.jsonl'))).toEqual({ code: 1, said: 'Broken: entry 1 is not-readable.' })
})

test('a name with a mark in it that some readers end lines with makes no whole log a broken one', async () => {
  const store = await Harness.make()
  const path = file('marked.jsonl')
  await store.app.call('accessLog.export', { path, proofPath: `${path}.proof.json`, by: 'Ada\u2028Byron\u2029' })
  await store.stop()
  expect(readFileSync(path, 'utf8')).toContain('\u2028')
  expect(await run('verify-log', path)).toMatchObject({ code: 0 })
})

test('a key file is never written over, and its card holds no secret', async () => {
  expect((await run('support-id', 'make', file('me.key'), '--name=Idris', '--organisation=Support')).code).toBe(0)
  const before = readFileSync(file('me.key'))
  expect((await run('support-id', 'make', file('me.key'), '--name=Other', '--organisation=Other')).code).toBe(2)
  expect(readFileSync(file('me.key'))).toEqual(before)
  expect((await run('support-id', 'card', file('me.key'), file('me.card'))).code).toBe(0)
  expect(existsSync(file('me.card')) && readFileSync(file('me.card'), 'utf8')).not.toContain('wrapped')
  expect((await run('support-id', 'show', file('me.card'))).said).toMatch(
    /^Idris, Support\n([0-9A-F]{4} ){5}[0-9A-F]{4}\n/,
  )
})

test('the doctor goes on where policies cannot be read, and does not call that well', async () => {
  const said: string[] = []
  const terminal: Terminal = {
    out: (line) => said.push(line),
    err: (line) => said.push(line),
    secret: () => Promise.resolve(null),
    profile: file('no profile'),
    version: '0.0.0',
  }
  const closed: PolicyPlace = {
    name: 'a closed place',
    read: () => {
      throw new Error('may not be read')
    },
    watch: () => () => undefined,
  }
  expect(await doctor(terminal, { policies: closed, keychain: () => Promise.resolve(true) })).toBe(1)
  expect(said.find((line) => line.includes('a closed place'))).toMatch(/^BAD /)
  expect(said.at(-1)).toContain('policy.invalid')
})

test('the doctor does not call a plain database, an open profile, a broken policy or a host without an address well', async () => {
  const profile = file('profile')
  const policies = file('policies')
  mkdirSync(profile, { mode: 0o700 })
  mkdirSync(policies)
  let said: string[] = []
  const look = async (keychain = true): Promise<{ code: number; bad: string[] }> => {
    said = []
    const terminal: Terminal = {
      out: (line) => said.push(line),
      err: () => undefined,
      secret: () => Promise.resolve(null),
      profile,
      version: '1.2.3',
    }
    const code = await doctor(terminal, { policies: policyFolder(policies), keychain: () => Promise.resolve(keychain) })
    expect(said[0]).toContain('Postern 1.2.3')
    return { code, bad: said.filter((line) => line.startsWith('BAD')) }
  }
  expect(await look()).toEqual({ code: 0, bad: [] })
  expect((await look(false)).bad).toEqual(['BAD  no keychain: Postern will ask for a passphrase'])
  writeFileSync(path.join(policies, '1.json'), '{"allowedMailHosts":["nowhere.invalid","*.example.com"]}')
  expect((await look()).bad).toEqual(['BAD  nowhere.invalid is not resolved'])
  writeFileSync(path.join(policies, '1.json'), '{')
  expect((await look()).code).toBe(1)
  rmSync(path.join(policies, '1.json'))
  chmodSync(profile, 0o755)
  expect((await look()).bad).toEqual(['BAD  the profile can be read by others on this computer'])
  chmodSync(profile, 0o700)
  writeFileSync(path.join(profile, 'postern.db'), 'SQLite format 3\0 and more')
  expect((await look()).bad).toContain('BAD  the database is not encrypted')
  expect(said.join('\n')).not.toContain('next start')
  writeFileSync(lastSeenFile(profile), 'sealed')
  await look()
  expect(said).toContain('ok   what the window showed first is kept for the next start, encrypted')
})
