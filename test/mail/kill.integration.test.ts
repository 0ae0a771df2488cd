import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { Harness } from '../store/helpers'
import { imitate, letter, until, type Imitation } from './imitation'
import { RealStore } from './real-store'
import { mailboxAt, serverAt } from './harness'

const root = path.join(import.meta.dirname, '../..')
const built = path.join(root, 'node_modules/.cache/test-kill')
const messages = 60

/** `npm run sweep:kill` sets this: 500 points instead of a few. */
const points = process.env['POSTERN_SWEEP'] === 'kill' ? 500 : 6

beforeAll(async () => {
  await build({
    root, configFile: false, logLevel: 'error',
    build: { ssr: path.join(import.meta.dirname, 'kill-child.ts'), outDir: built, emptyOutDir: false, target: 'node22', rollupOptions: { external: ['better-sqlite3-multiple-ciphers', 'imapflow', 'vitest'], output: { entryFileNames: 'kill-child.mjs' } } },
  })
}, 60_000)

interface Run { dir: string; key: Buffer; device: Uint8Array; said: Map<string, string[]>; writes: number }

/** Runs the child and kills it right before its `at`-th write to a file; 0: lets it end, and counts the writes. */
async function runChild(server: Imitation, at: number): Promise<Run> {
  const dir = mkdtempSync(path.join(tmpdir(), 'postern-kill-'))
  mkdirSync(path.join(dir, 'store'))
  const key = randomBytes(32)
  const device = newDeviceSecret()
  const trace = path.join(dir, 'trace')
  const how = at === 0 ? ['-e', 'trace=pwrite64', '-o', trace] : ['-e', `inject=pwrite64:signal=SIGKILL:when=${at}`, '-e', 'trace=pwrite64', '-o', '/dev/null']
  const child = spawn('strace', ['-f', '-qq', ...how, process.execPath, path.join(built, 'kill-child.mjs'), path.join(dir, 'store'), key.toString('hex'), Buffer.from(device).toString('hex'), String(server.port)],
    { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, stdio: ['ignore', 'pipe', at === 0 ? 'inherit' : 'ignore'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => { text += chunk.toString() })
  await new Promise<void>((resolve) => child.once('close', () => resolve()))
  const said = Map.groupBy(text.split('\n').filter(Boolean), (line) => line.split(' ')[0] ?? '')
  return { dir, key, device, said: new Map([...said].map(([what, lines]) => [what, lines.map((line) => line.split(' ')[1] ?? '')])), writes: at === 0 ? readFileSync(trace, 'utf8').split('\n').filter((line) => line.includes('pwrite64')).length : 0 }
}

/** What must hold in the store after the kill at any point. */
async function check(server: Imitation, { dir, key, device, said }: Run): Promise<void> {
  const from = performance.now()
  const harness = await Harness.make(path.join(dir, 'store'), key, device)
  expect(performance.now() - from).toBeLessThan(10_000)
  const { db } = harness
  const n = (sql: string, ...values: (string | number)[]): number => db.read.get<{ n: number }>(sql, ...values)?.n ?? -1
  expect(db.read.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(db.read.all('PRAGMA foreign_key_check')).toEqual([])
  if (said.has('created')) expect(n('SELECT count(*) AS n FROM mailboxes')).toBe(1)
  for (const synced of said.get('synced') ?? []) expect(n('SELECT count(*) AS n FROM locations'), 'mail that was said to be here').toBe(Number(synced))
  for (const draft of said.get('drafted') ?? []) expect(n("SELECT count(*) AS n FROM drafts WHERE id = ?", Number(draft)), 'an acknowledged draft').toBe(1)
  for (const queued of said.get('queued') ?? []) expect(n("SELECT count(*) AS n FROM outbox WHERE id = ? AND state IN ('queued', 'held')", Number(queued)), 'an acknowledged answer').toBe(1)
  expect(n('SELECT coalesce(sum(total), 0) AS n FROM view_counts WHERE mailbox_id = 0')).toBe(n('SELECT count(*) AS n FROM conversations WHERE hidden = 0'))
  for (const folder of db.read.all<{ id: number; local_count: number }>('SELECT id, local_count FROM folders')) expect(n('SELECT count(*) AS n FROM locations WHERE folder_id = ?', folder.id)).toBe(folder.local_count)
  // And the sync goes on from there to the whole.
  const mailbox = mailboxAt(serverAt(server.port))
  const { id: _id, paused: _paused, ...settings } = mailbox
  const { id } = await harness.app.call('mailbox.create', { settings })
  const store = new RealStore(harness, { ...settings, id, paused: false })
  const sync = store.follow()
  await until(() => store.state() === 'idle', 'in step again', 20_000)
  expect(n('SELECT count(*) AS n FROM messages WHERE direction = 0')).toBe(messages)
  expect(n('SELECT count(*) AS n FROM locations')).toBe(messages)
  await sync.stop()
  await harness.stop()
  rmSync(dir, { recursive: true, force: true })
}

test.skipIf(!existsSync('/usr/bin/strace'))('killed at any write during sync, acts and answers: what was acknowledged is there, and the rest is fetched again (R51) (skipped without strace)', async () => {
  const server = await imitate('qresync')
  for (let m = 0; m < messages; m++) server.mail.add('INBOX', letter(`m${m}`, m % 3 === 2 ? `In-Reply-To: <m${m - 1}@customer.test>\r\n` : ''))
  const whole = await runChild(server, 0)
  expect(whole.said.has('end'), 'the child does its work when nobody kills it').toBe(true)
  rmSync(whole.dir, { recursive: true, force: true })
  expect(whole.writes).toBeGreaterThan(60)
  let killed = 0
  // How many writes there are differs from run to run: a run that ended before its point is checked too, and not counted.
  for (let round = 1; killed < points && round <= points * 2; round++) {
    const run = await runChild(server, 1 + Math.floor((whole.writes * 0.9 * round) / points) % Math.floor(whole.writes * 0.9))
    if (!run.said.has('end')) killed += 1
    await check(server, run)
  }
  expect(killed).toBe(points)
  console.log(`figure sync.kill-points ${killed} kills`)
}, points > 10 ? 7_200_000 : 120_000)
