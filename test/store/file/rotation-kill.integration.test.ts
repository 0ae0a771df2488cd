import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { databaseFile } from '../../../src-main/store/file/database'
import { openDriver } from '../../../src-main/store/file/driver'
import { Harness } from '../helpers'
import { inSlice, isSweeping } from '../../sweep'
import { tempFolder } from '../../servers/process.mjs'

const root = path.join(import.meta.dirname, '../../..')
const built = path.join(root, 'node_modules/.cache/test-rotation')
/** `npm run sweep:rotate` sets this: every call instead of a few. */
const whole = isSweeping('rotate')
const [key, next] = [randomBytes(32), randomBytes(32)]
let template: string
let rows: string

/** Everything in the store; null when this key does not open it. */
function digest(dir: string, under: Uint8Array): string | null {
  try {
    const db = openDriver(databaseFile(dir), under)
    try {
      return JSON.stringify(
        db
          .prepare<[], { name: string }>(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
          )
          .all()
          .map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}" ORDER BY 1`).all()]),
      )
    } finally {
      db.close()
    }
  } catch {
    return null
  }
}

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(import.meta.dirname, 'rotation-child.ts'),
      outDir: built,
      emptyOutDir: false,
      target: 'node22',
      rollupOptions: {
        external: ['better-sqlite3-multiple-ciphers'],
        output: { entryFileNames: 'rotation-child.mjs' },
      },
    },
  })
  template = tempFolder('rotation')
  const harness = await Harness.make(template, key)
  const { folders } = await harness.mailbox()
  for (let n = 0; n < 30; n++)
    await harness.put(folders['INBOX'] ?? 0, { from: `p${n}@x.test`, text: 'wheel '.repeat(300) })
  harness.service.closeStore()
  rows = digest(template, key) ?? ''
})
afterAll(() => rmSync(template, { recursive: true, force: true }))

async function run(dir: string, how: readonly string[]): Promise<string> {
  const program = [
    process.execPath,
    path.join(built, 'rotation-child.mjs'),
    dir,
    key.toString('hex'),
    next.toString('hex'),
  ]
  const child = spawn('strace', ['-f', '-qq', ...how, ...program], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await new Promise<void>((resolve) => child.once('close', () => resolve()))
  return text
}
const copy = (): string => {
  const dir = tempFolder('rotate')
  cpSync(template, dir, { recursive: true })
  return dir
}

test.skipIf(!existsSync('/usr/bin/strace'))(
  'a change of the key killed at any system call leaves one key that opens all rows, and the other opens nothing (R47, skipped without strace)',
  async () => {
    const calls = ['pwrite64', 'write', 'fsync', 'fdatasync', 'rename', 'unlink', 'ftruncate', 'openat']
    const first = copy()
    expect(await run(first, ['-e', `trace=${calls.join(',')}`, '-o', path.join(first, 'trace')])).toContain('changed')
    const inProfile = readFileSync(path.join(first, 'trace'), 'utf8').split('\n')
    rmSync(first, { recursive: true, force: true })
    // Opening files begins with the runtime's own; only the last ones are of interest.
    const points = calls.flatMap((name) => {
      const threads = new Map<string, number>()
      for (const line of inProfile)
        if (line.includes(` ${name}(`))
          threads.set(line.split(' ')[0] ?? '', (threads.get(line.split(' ')[0] ?? '') ?? 0) + 1)
      const most = Math.max(0, ...threads.values())
      return Array.from({ length: most }, (_, at) => [name, at + 1] as const).slice(name === 'openat' ? -12 : 0)
    })
    const chosen = whole
      ? inSlice(points)
      : points.filter(([name], index) => name === 'rename' || index % Math.ceil(points.length / 4) === 3)
    let [old, fresh] = [0, 0]
    for (const [name, at] of chosen) {
      const dir = copy()
      await run(dir, ['-e', `inject=${name}:signal=SIGKILL:when=${at}`, '-e', `trace=${name}`, '-o', '/dev/null'])
      const [before, after] = [digest(dir, key), digest(dir, next)]
      expect(
        [before, after].filter((one) => one === rows),
        `${name} ${at}`,
      ).toHaveLength(1)
      expect(
        [before, after].filter((one) => one !== null),
        `${name} ${at}`,
      ).toHaveLength(1)
      if (before === null) fresh++
      else old++
      // Whichever holds, the program starts with it and clears up what was left behind.
      const harness = await Harness.make(dir, before === null ? next : key)
      expect(
        readdirSync(dir).filter((file) => file.includes('-next')),
        `${name} ${at}`,
      ).toEqual([])
      await harness.stop()
    }
    console.log(`figure rotate.kill-points ${chosen.length} points`)
    console.log(`figure rotate.old-key ${old} stores`)
    console.log(`figure rotate.new-key ${fresh} stores`)
    expect(old + fresh).toBe(chosen.length)
  },
  whole ? 3_600_000 : undefined,
)
