import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { newDeviceSecret } from '../../../src-main/crypto/device-keys'
import { Harness } from '../../store/helpers'
import { tempFolder } from '../../servers/process.mjs'
import { imitate, letter, until, type Imitation } from './imitation'
import { RealStore } from '../real-store'
import { mailboxAt, serverAt } from '../harness'
import { inSlice, isSweeping } from '../../sweep'

const root = path.join(import.meta.dirname, '../../..')
const built = path.join(root, 'node_modules/.cache/test-kill')
const messages = 60

/** `npm run sweep:kill` sets this: 500 points instead of a few. */
const sweeping = isSweeping('kill')
/** What is met at a system call, and at how many points. Moments at which a file is made durable, cut or put away are swept apart from its writes. */
const faults = [
  { call: 'pwrite64', fault: 'signal=SIGKILL', points: sweeping ? 500 : 3 },
  { call: 'fsync', fault: 'signal=SIGKILL', points: sweeping ? 100 : 1 },
  { call: 'ftruncate', fault: 'signal=SIGKILL', points: sweeping ? 20 : 1 },
  { call: 'unlink', fault: 'signal=SIGKILL', points: sweeping ? 20 : 1 },
] as const
const reads = sweeping ? 100 : 2

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(import.meta.dirname, 'kill-child.ts'),
      outDir: built,
      emptyOutDir: false,
      target: 'node22',
      rollupOptions: {
        external: ['better-sqlite3-multiple-ciphers', 'imapflow', 'vitest'],
        output: { entryFileNames: 'kill-child.mjs' },
      },
    },
  })
})

interface Run {
  dir: string
  key: Buffer
  device: Uint8Array
  said: Map<string, string[]>
  calls: Map<string, number>
}

/** Runs the child and lets it meet `fault` at its `at`-th `call`; without one: lets it end, and counts its calls. */
async function runChild(server: Imitation, met: { call: string; fault: string; at: number } | null): Promise<Run> {
  const dir = tempFolder('kill')
  mkdirSync(path.join(dir, 'store'))
  const key = randomBytes(32)
  const device = newDeviceSecret()
  const trace = path.join(dir, 'trace')
  const how =
    met === null
      ? ['-e', 'trace=pwrite64,fsync,ftruncate,unlink,pread64', '-o', trace]
      : ['-e', `inject=${met.call}:${met.fault}:when=${met.at}`, '-e', `trace=${met.call}`, '-o', '/dev/null']
  const child = spawn(
    'strace',
    [
      '-f',
      '-qq',
      ...how,
      process.execPath,
      path.join(built, 'kill-child.mjs'),
      path.join(dir, 'store'),
      key.toString('hex'),
      Buffer.from(device).toString('hex'),
      String(server.port),
    ],
    {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', met === null ? 'inherit' : 'ignore'],
    },
  )
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await new Promise<void>((resolve) => child.once('close', () => resolve()))
  const said = Map.groupBy(text.split('\n').filter(Boolean), (line) => line.split(' ')[0] ?? '')
  const traced =
    met === null
      ? readFileSync(trace, 'utf8')
          .split('\n')
          .flatMap((line) => /^\d+ +(\w+)\(/.exec(line)?.[1] ?? [])
      : []
  const calls = new Map([...Map.groupBy(traced, (call) => call)].map(([call, all]) => [call, all.length]))
  return {
    dir,
    key,
    device,
    said: new Map([...said].map(([what, lines]) => [what, lines.map((line) => line.split(' ')[1] ?? '')])),
    calls,
  }
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
  for (const synced of said.get('synced') ?? [])
    expect(n('SELECT count(*) AS n FROM locations'), 'mail that was said to be here').toBe(Number(synced))
  for (const draft of said.get('drafted') ?? [])
    expect(n('SELECT count(*) AS n FROM drafts WHERE id = ?', Number(draft)), 'an acknowledged draft').toBe(1)
  for (const queued of said.get('queued') ?? [])
    expect(
      n("SELECT count(*) AS n FROM outbox WHERE id = ? AND state IN ('queued', 'held')", Number(queued)),
      'an acknowledged answer',
    ).toBe(1)
  expect(n('SELECT coalesce(sum(total), 0) AS n FROM view_counts WHERE mailbox_id = 0')).toBe(
    n('SELECT count(*) AS n FROM conversations WHERE hidden = 0'),
  )
  for (const folder of db.read.all<{ id: number; local_count: number }>('SELECT id, local_count FROM folders'))
    expect(n('SELECT count(*) AS n FROM locations WHERE folder_id = ?', folder.id)).toBe(folder.local_count)
  // And the sync goes on from there to the whole.
  const mailbox = mailboxAt(serverAt(server.port))
  const { id: _id, paused: _paused, ...settings } = mailbox
  const { id } = await harness.app.call('mailbox.create', { settings })
  const store = new RealStore(harness, { ...settings, id, paused: false })
  const sync = store.follow()
  await until(() => store.state() === 'idle', 'in step again')
  expect(n('SELECT count(*) AS n FROM messages WHERE direction = 0')).toBe(messages)
  expect(n('SELECT count(*) AS n FROM locations')).toBe(messages)
  await sync.stop()
  await harness.stop()
  rmSync(dir, { recursive: true, force: true })
}

/** A server with its mail, and how many calls of each kind the child makes when it meets nothing. */
async function prepare(): Promise<{ server: Imitation; calls: ReadonlyMap<string, number> }> {
  const server = await imitate('qresync')
  for (let m = 0; m < messages; m++)
    server.mail.add('INBOX', letter(`m${m}`, m % 3 === 2 ? `In-Reply-To: <m${m - 1}@customer.test>\r\n` : ''))
  const whole = await runChild(server, null)
  expect(whole.said.has('end'), 'the child does its work when it meets nothing').toBe(true)
  rmSync(whole.dir, { recursive: true, force: true })
  expect(whole.calls.get('pwrite64') ?? 0).toBeGreaterThan(60)
  return { server, calls: whole.calls }
}
const without = !existsSync('/usr/bin/strace')
const longest = sweeping ? 7_200_000 : undefined

test.skipIf(without)(
  'killed at any write, sync, cut or removal of a file during sync, acts and answers: what was acknowledged is there, and the rest is fetched again (R51) (skipped without strace)',
  async () => {
    const { server, calls } = await prepare()
    let all = 0
    for (const { call, fault, points } of faults) {
      // Calls are counted thread by thread: with few in all, late points would be met by nobody.
      const most = Math.max(1, Math.floor((calls.get(call) ?? 0) * (call === 'pwrite64' ? 0.9 : 0.3)))
      const rounds = inSlice(Array.from({ length: points * 2 }, (_, at) => at + 1))
      const wanted = inSlice(Array.from({ length: Math.min(points, most) })).length
      let killed = 0
      // How many calls there are differs from run to run: a run that ended before its point is checked too, and not counted.
      for (const round of rounds) {
        if (killed === wanted) break
        const run = await runChild(server, { call, fault, at: 1 + (Math.floor((most * round) / points) % most) })
        if (!run.said.has('end')) killed += 1
        await check(server, run)
      }
      if (call === 'pwrite64') expect(killed).toBe(wanted)
      if (call === 'fsync' && wanted > 0) expect(killed, call).toBeGreaterThan(0)
      all += killed
    }
    console.log(`figure sync.kill-points ${all} kills`)
  },
  longest,
)

test.skipIf(without)(
  'a disk that cannot be read once (EIO) is told as just that, nothing acknowledged is lost, and it works again (R50) (skipped without strace)',
  async () => {
    const { server, calls } = await prepare()
    const most = calls.get('pread64') ?? 0
    expect(most).toBeGreaterThan(reads)
    let told = 0
    const rounds = inSlice(Array.from({ length: reads }, (_, at) => at + 1))
    for (const round of rounds) {
      const run = await runChild(server, {
        call: 'pread64',
        fault: 'error=EIO',
        at: 1 + Math.floor((most * round) / (reads + 1)),
      })
      for (const code of run.said.get('failed') ?? []) {
        told += 1
        expect(code).toBe('disk-error')
      }
      await check(server, run)
    }
    console.log(`figure sync.read-errors ${rounds.length} points`)
    console.log(`figure sync.read-errors-told ${told} points`)
  },
  longest,
)
