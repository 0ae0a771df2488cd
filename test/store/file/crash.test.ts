import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDeviceSecret } from '../../../src-main/crypto/device-keys'
import { openDriver } from '../../../src-main/store/file/driver'
import { IndexFile } from '../../../src-main/store/search/index-file'
import { journalDamage } from '../../../src-main/store/file/journal-damage'
import { SearchIndex } from '../../../src-main/store/search/search-index'
import { StoreThread } from '../../../src-main/store/store-thread'
import { Workspace } from '../../../src-main/store/workspace'
import { Harness, parsed } from '../helpers'
import { tempFolder } from '../../servers/process.mjs'
import { mayMount, smallDisk } from '../../servers/small-disk.mjs'

const root = path.join(import.meta.dirname, '../../..')
/** Inside node_modules, so that the bundled child finds the database driver. */
const built = path.join(root, 'node_modules/.cache/test-store')

let dir: string
beforeEach(() => {
  dir = tempFolder('crash')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('killed at any moment (R39, R51)', () => {
  beforeAll(async () => {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: path.join(import.meta.dirname, 'crash-child.ts'),
        outDir: built,
        emptyOutDir: false,
        target: 'node22',
        rollupOptions: { external: ['better-sqlite3-multiple-ciphers'], output: { entryFileNames: 'crash-child.mjs' } },
      },
    })
  })

  test('what was acknowledged is there, and nothing is torn', { timeout: 300_000 }, async () => {
    const key = randomBytes(32)
    let stored = 0
    let queued = 0
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [path.join(built, 'crash-child.mjs'), dir, key.toString('hex')], {
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let ready = (): void => undefined
      const begun = new Promise<void>((resolve) => {
        ready = resolve
      })
      let rest = ''
      child.stdout.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const [what, n] = line.split(' ')
          if (what === 'ready') ready()
          if (what === 'stored') stored = Math.max(stored, Number(n))
          if (what === 'queued') queued = Math.max(queued, Number(n))
        }
      })
      const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
      await Promise.race([begun, gone])
      await new Promise((resolve) => setTimeout(resolve, 5 + round * 50 + Math.random() * 30))
      child.kill('SIGKILL')
      await gone

      const { workspace } = Workspace.open(dir, Buffer.from(key), {
        device: newDeviceSecret(),
        mail: () => null,
        app: () => null,
        onCommit: () => undefined,
      })
      const { db } = workspace
      expect(journalDamage(db.read)).toBeNull()
      const n = (sql: string): number => db.read.get<{ n: number }>(sql)?.n ?? -1
      expect(db.read.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      expect(db.read.all('PRAGMA foreign_key_check')).toEqual([])
      expect(n('SELECT count(*) AS n FROM messages')).toBeGreaterThanOrEqual(stored)
      expect(n('SELECT max(id) AS n FROM outbox')).toBeGreaterThanOrEqual(queued === 0 ? -1 : queued)
      // Message, place and counts belong to one transaction.
      expect(n('SELECT count(*) AS n FROM locations')).toBe(n('SELECT count(*) AS n FROM messages'))
      expect(n('SELECT coalesce(sum(total), 0) AS n FROM view_counts WHERE mailbox_id = 0')).toBe(
        n('SELECT count(*) AS n FROM conversations WHERE hidden = 0'),
      )
      expect(n('SELECT coalesce(max(high_uid), 0) AS n FROM folders')).toBeLessThanOrEqual(
        n('SELECT coalesce(max(uid), 0) AS n FROM locations'),
      )
      // What the index had not taken up is noted, and taken up now.
      const thread = new StoreThread(dir, key, null)
      const index = new SearchIndex(workspace, dir, key, thread)
      // Shorter than the pause after a failure: opening it after a kill is none.
      await expect.poll(() => index.waiting).toBe(0)
      index.stop()
      thread.stop()
      const file = openDriver(IndexFile.path(dir), key)
      expect(file.prepare('SELECT id FROM search_docsize ORDER BY id').pluck().all()).toEqual(
        db.read.all<{ id: number }>('SELECT id FROM messages ORDER BY id').map(({ id }) => id),
      )
      expect(file.pragma('integrity_check', { simple: true })).toBe('ok')
      file.exec("INSERT INTO search(search) VALUES('integrity-check')")
      file.close()
      db.close()
    }
    expect(stored).toBeGreaterThan(100)
    expect(queued).toBeGreaterThan(3)
  })
})

describe('a full disk (R50)', () => {
  test.skipIf(!mayMount)(
    'stops writing, not reading; nothing is torn, and it goes on when there is room',
    { timeout: 60_000 },
    async () => {
      const disk = smallDisk('8m')
      try {
        const store = await Harness.make(disk.dir)
        const { folders } = await store.mailbox()
        const inbox = folders['INBOX'] ?? 0
        let refused: unknown = null
        for (let n = 0; n < 400 && refused === null; n++) {
          try {
            await store.put(
              inbox,
              parsed({ from: `c${n}@x.test`, subject: `S${n}`, text: randomBytes(6000).toString('base64') }),
            )
          } catch (fault) {
            refused = fault
          }
        }
        expect(refused).toMatchObject({ code: 'disk-full' })
        const before = await store.list()
        expect(before.length).toBeGreaterThan(20)
        expect((await store.call('conversations.get', { id: before[0]?.id ?? 0 })).messages).toHaveLength(1)
        expect((await store.call('search.query', { text: 'S1 ' })).hits.length).toBeGreaterThan(0)
        // Again and again: no half of a transaction stays.
        for (let n = 0; n < 5; n++)
          await expect(
            store.put(inbox, parsed({ from: 'x@x.test', text: randomBytes(60_000).toString('base64') })),
          ).rejects.toMatchObject({ code: 'disk-full' })
        expect(await store.list()).toHaveLength(before.length)
        // An end and a start on it say so and harm nothing.
        await expect(store.app.call('store.close', {})).rejects.toMatchObject({ code: 'disk-full' })
        disk.fill('of somebody else')
        await expect(store.start()).rejects.toMatchObject({ code: 'disk-full' })
        disk.grow('40m')
        await store.start()
        expect(await store.list()).toHaveLength(before.length)
        await store.put(inbox, parsed({ from: 'room@x.test', text: randomBytes(60_000).toString('base64') }))
        expect(await store.list()).toHaveLength(before.length + 1)
        expect(store.db.read.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
        await store.restart()
        expect(await store.list()).toHaveLength(before.length + 1)
        store.service.closeStore()
      } finally {
        disk.remove()
      }
    },
  )
})
