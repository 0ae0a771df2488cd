import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCommand, type Terminal } from '../../src-main/app/cli'
import { commandOf } from '../../src-main/app/command'
import { Harness } from '../store/helpers'
import { grant } from '../store/support'

const dir = mkdtempSync(path.join(tmpdir(), 'postern-cli-'))
afterAll(() => rmSync(dir, { recursive: true }))
const file = (name: string): string => path.join(dir, name)

async function run(command: Parameters<typeof runCommand>[0], ...rest: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = []
  const terminal: Terminal = { out: (line) => said.push(line), err: (line) => said.push(line), secret: () => Promise.resolve('a long passphrase'), profile: dir, version: '0.0.0' }
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
  writeFileSync(file('good.json'), '{"managedBy":"IT","supportAccessLongestDays":30}')
  writeFileSync(file('long.json'), '{"supportAccessLongestDays":181}')
  writeFileSync(file('typo.json'), '{"supportAcess":"off"}')
  writeFileSync(file('broken.json'), '{')
  expect(await run('policy', 'check', file('good.json'))).toMatchObject({ code: 0, said: 'Good. Locked by IT: supportAccessLongestDays.' })
  for (const name of ['long', 'typo', 'broken']) expect((await run('policy', 'check', file(`${name}.json`))).code, name).toBe(1)
  expect((await run('policy', 'check', file('absent.json'))).code).toBe(2)
})

test('an exported log with a line less is not called whole', async () => {
  const store = await Harness.make()
  await grant(store)
  await store.app.call('accessLog.export', { path: file('log.jsonl'), proofPath: file('log.jsonl.proof.json'), by: 'Ada' })
  await store.stop()
  expect(await run('verify-log', file('log.jsonl'))).toMatchObject({ code: 0 })
  writeFileSync(file('cut.jsonl'), readFileSync(file('log.jsonl'), 'utf8').split('\n').slice(0, 2).join('\n'))
  expect(await run('verify-log', file('cut.jsonl'), `--proof=${file('log.jsonl.proof.json')}`)).toEqual({ code: 1, said: 'Broken: entry 3 is cut.' })
  expect((await run('verify-log', file('cut.jsonl'))).said).toContain('No proof was given')
})

test('a key file is never written over, and its card holds no secret', async () => {
  expect((await run('support-id', 'make', file('me.key'), '--name=Idris', '--organisation=Support')).code).toBe(0)
  const before = readFileSync(file('me.key'))
  expect((await run('support-id', 'make', file('me.key'), '--name=Other', '--organisation=Other')).code).toBe(2)
  expect(readFileSync(file('me.key'))).toEqual(before)
  expect((await run('support-id', 'card', file('me.key'), file('me.card'))).code).toBe(0)
  expect(existsSync(file('me.card')) && readFileSync(file('me.card'), 'utf8')).not.toContain('wrapped')
  expect((await run('support-id', 'show', file('me.card'))).said).toMatch(/^Idris, Support\n([0-9A-F]{4} ){5}[0-9A-F]{4}\n/)
})
