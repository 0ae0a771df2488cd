import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyMark } from '../../../src-main/crypto/key-mark'
import { databaseFile } from '../../../src-main/store/file/database'
import { openDriver } from '../../../src-main/store/file/driver'
import { IndexFile } from '../../../src-main/store/search/index-file'
import { rotate } from '../../../src-main/store/file/rotation'
import { Harness } from '../helpers'
import { mayMount, smallDisk } from '../../servers/small-disk.mjs'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
  const { folders } = await store.mailbox()
  for (let n = 0; n < 40; n++)
    await store.put(folders['INBOX'] ?? 0, {
      from: `p${n}@x.test`,
      subject: `Velocipede ${n}`,
      text: `canarywords ${'wheel '.repeat(400)} ${n}`,
    })
})
afterEach(() => store.stop())

const rows = (key: Uint8Array): unknown => {
  const db = openDriver(databaseFile(store.dir), key)
  try {
    return db
      .prepare<[], { name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all()
      .map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}" ORDER BY 1`).all()])
  } finally {
    db.close()
  }
}
const opens = (key: Uint8Array): boolean => {
  try {
    rows(key)
    return true
  } catch {
    return false
  }
}

test('a changed key opens the same rows, the old one nothing any more, and the search index goes on (R47)', async () => {
  store.service.closeStore()
  const before = rows(store.key)
  const next = randomBytes(32)
  const indexed = IndexFile.open(store.dir, store.key)
  indexed.close()
  const steps: string[] = []
  await rotate(store.dir, store.key, next, (step, done, total) => steps.push(`${step} ${done <= total}`))
  expect([...new Set(steps)]).toEqual(['copying true', 'encrypting true', 'checking true'])
  expect(rows(next)).toEqual(before)
  expect(opens(store.key)).toBe(false)
  const index = IndexFile.open(store.dir, next)
  expect(index.id).toBe(indexed.id)
  index.close()
  expect(readFileSync(databaseFile(store.dir)).subarray(0, 16).equals(keyMark(next))).toBe(true)
  expect(readdirSync(store.dir).filter((name) => name.includes('-next'))).toEqual([])
  for (const name of readdirSync(store.dir))
    expect(readFileSync(path.join(store.dir, name)).includes('canarywords'), name).toBe(false)
  store.key.set(next)
  await store.start()
  expect((await store.call('search.query', { text: 'velocipede' })).hits).toHaveLength(40)
})

test('while somebody has the store open the key is not changed, and the old key still opens it', async () => {
  const reader = openDriver(databaseFile(store.dir), store.key)
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM messages').get()
  try {
    await store.call('settings.set', { workspaceName: 'After' })
    await expect(rotate(store.dir, store.key, randomBytes(32), () => undefined)).rejects.toMatchObject({
      code: 'profile-in-use',
    })
  } finally {
    reader.exec('COMMIT')
    reader.close()
  }
  store.service.closeStore()
  expect(opens(store.key)).toBe(true)
})

test('a copy that was left behind is thrown away at the next start, never taken for the store', async () => {
  store.service.closeStore()
  const left = `${databaseFile(store.dir)}-next`
  openDriver(left, randomBytes(32)).exec('CREATE TABLE t(x)').close()
  await store.start()
  expect(existsSync(left)).toBe(false)
  expect(statSync(databaseFile(store.dir)).size).toBeGreaterThan(4096)
  expect(await store.list()).toHaveLength(40)
})

test.skipIf(!mayMount)(
  'a disk that fills up under the copy is told as that, and the old key holds (R47, R50)',
  async () => {
    const disk = smallDisk('300m')
    try {
      const large = await Harness.make(disk.dir)
      const { folders } = await large.mailbox()
      for (let n = 0; n < 60; n++)
        await large.put(folders['INBOX'] ?? 0, { from: 'p@x.test', text: randomBytes(200_000).toString('base64') })
      large.service.closeStore()
      const whole = readFileSync(databaseFile(disk.dir))
      let full = false
      await expect(
        rotate(disk.dir, large.key, randomBytes(32), () => {
          if (!full) disk.fill('of somebody else', 4096)
          full = true
        }),
      ).rejects.toMatchObject({ code: 'disk-full' })
      expect(full).toBe(true)
      expect(readFileSync(databaseFile(disk.dir)).equals(whole)).toBe(true)
      expect(readdirSync(disk.dir).filter((name) => /copy|next|new/.test(name))).toEqual([])
    } finally {
      disk.remove()
    }
  },
)
