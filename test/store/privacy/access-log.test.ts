import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeviceKeys, newDeviceSecret } from '../../../src-main/crypto/device-keys'
import { ChainCheck, chainStart, linkHash, logPurpose, type ChainLink } from '../../../src-main/crypto/hash-chain'
import { ExportCheck } from '../../../src-main/crypto/log-export'
import { Database, databaseFile } from '../../../src-main/store/file/database'
import { access } from '../../../src-main/store/migrations/0011-access'
import { openAt } from '../earlier'
import { codeOf, Harness } from '../helpers'
import { grant, signIn } from '../support'
import { tempFolder } from '../../servers/process.mjs'
import { mayMount, smallDisk } from '../../servers/small-disk.mjs'

const keys = new DeviceKeys(newDeviceSecret())

/** A log of `count` entries as a device writes it. */
function chain(count: number, from: readonly ChainLink[] = [], by: DeviceKeys = keys, word = 'entry'): ChainLink[] {
  const links = [...from]
  for (let seq = links.length + 1; seq <= count; seq++) {
    const prev = links.at(-1)?.hash ?? chainStart(keys.signKey)
    const body = JSON.stringify({ v: 1, seq, at: seq, what: `${word} ${seq}` })
    const hash = linkHash(prev, body)
    links.push({ body, prev, hash, signature: by.sign(logPurpose, hash) })
  }
  return links
}
function faultOf(links: readonly ChainLink[], mark: { entries: number; hash: Uint8Array } | null = null) {
  const check = new ChainCheck(keys.signKey, mark)
  for (const link of links) if (!check.add(link)) break
  return check.finish(() => links)
}
const headOf = (links: readonly ChainLink[]) => ({
  entries: links.length,
  hash: links.at(-1)?.hash ?? new Uint8Array(32),
})
const good = chain(20)
const renumbered = (link: ChainLink, seq: number): ChainLink => ({
  ...link,
  body: link.body.replace(/"seq":\d+/, `"seq":${seq}`),
})
const mended = (links: ChainLink[], by: DeviceKeys | null): ChainLink[] => {
  // Whoever changes one entry makes all hashes after it fit again; with the device's key, the signatures too.
  let prev: Uint8Array = chainStart(keys.signKey)
  return links.map((link, index) => {
    const { body } = renumbered(link, index + 1)
    const hash = linkHash(prev, body)
    const changed = Buffer.compare(hash, link.hash) !== 0
    const mine: ChainLink = { body, prev, hash, signature: changed && by ? by.sign(logPurpose, hash) : link.signature }
    prev = hash
    return mine
  })
}

function checkExport(lines: readonly string[], proofText: string | null): ReturnType<ExportCheck['finish']> {
  const check = new ExportCheck(proofText)
  for (const line of lines) if (!check.add(line)) break
  return check.finish()
}

describe('tampering with the log is found, and the first bad entry named (R58)', () => {
  test('a log that nobody touched holds', () => {
    expect(faultOf(good)).toBeNull()
    expect(faultOf(good, headOf(chain(12, [], keys, 'other')))).toEqual({ entry: 12, why: 'forked' })
    expect(faultOf(good, headOf(good.slice(0, 12)))).toBeNull()
    expect(faultOf([])).toBeNull()
  })
  const edited = good.with(6, {
    ...(good[6] as ChainLink),
    body: (good[6] as ChainLink).body.replace('entry', 'ENTRY'),
  })
  test('an edited entry', () => expect(faultOf(edited)).toEqual({ entry: 7, why: 'edited' }))
  test('a deleted entry', () => expect(faultOf(good.toSpliced(6, 1))).toEqual({ entry: 7, why: 'missing' }))
  test('two entries in another order', () =>
    expect(faultOf(good.with(6, good[7] as ChainLink).with(7, good[6] as ChainLink))).toEqual({
      entry: 7,
      why: 'missing',
    }))
  test('an inserted entry', () =>
    expect(faultOf(good.toSpliced(6, 0, good[3] as ChainLink))).toEqual({ entry: 7, why: 'out-of-order' }))
  test('an inserted entry that numbers and hashes were made to fit for', () =>
    expect(faultOf(mended(good.toSpliced(6, 0, good[3] as ChainLink), null))).toEqual({ entry: 7, why: 'forged' }))
  test('a deleted entry that numbers and hashes were made to fit for', () =>
    expect(faultOf(mended(good.toSpliced(6, 1), null))).toEqual({ entry: 7, why: 'forged' }))
  test('a log that somebody with another key wrote anew', () =>
    expect(faultOf(chain(20, good.slice(0, 9), new DeviceKeys(newDeviceSecret())))).toEqual({
      entry: 10,
      why: 'forged',
    }))
  test('a tail that was cut, once its head is known elsewhere', () =>
    expect(faultOf(good.slice(0, 15), headOf(good))).toEqual({ entry: 16, why: 'cut' }))
  test('everything cut', () => expect(faultOf([], headOf(good))).toEqual({ entry: 1, why: 'cut' }))
  test("a log that was cut and went on differently, even with the device's own key", () =>
    expect(faultOf(chain(30, good.slice(0, 15), keys, 'other'), headOf(good))).toEqual({ entry: 20, why: 'forked' }))
  test('a log of another device', () => {
    const other = new DeviceKeys(newDeviceSecret())
    const check = new ChainCheck(other.signKey)
    for (const link of good) if (!check.add(link)) break
    expect(check.finish(() => good)).toMatchObject({ entry: 1 })
  })
  test('any single byte of any entry', () => {
    for (let n = 0; n < 300; n++) {
      const at = n % good.length
      const link = good[at] as ChainLink
      const flip = (bytes: Uint8Array): Uint8Array => {
        const copy = Buffer.from(bytes)
        copy.writeUInt8(copy.readUInt8(n % copy.length) ^ (1 << (n % 8)), n % copy.length)
        return copy
      }
      const bad: ChainLink =
        n % 3 === 0
          ? { ...link, hash: flip(link.hash) }
          : n % 3 === 1
            ? { ...link, prev: flip(link.prev) }
            : { ...link, body: link.body.replace(String(at + 1), String(at + 2)) }
      expect(faultOf(good.with(at, bad)), `${n}`).toMatchObject({ entry: at + 1 })
    }
  })
})

describe('the log of a workspace', () => {
  let store: Harness
  beforeEach(async () => {
    store = await Harness.make()
  })
  afterEach(() => store.stop())

  test('takes no update and no delete, and its fault is found when the guards were taken away', async () => {
    await grant(store)
    for (const sql of [
      "UPDATE access_log SET body = '{}'",
      'DELETE FROM access_log',
      'DELETE FROM access_chains',
      "UPDATE access_chains SET sign_key = x'00'",
    ]) {
      expect(() => store.db.write((tx) => tx.run(sql)), sql).toThrow()
    }
    expect((await store.call('accessLog.verify', {})).fault).toBeNull()
    store.db.write((tx) => {
      tx.run('DROP TRIGGER access_log_unchanged')
      tx.run("UPDATE access_log SET body = replace(body, 'Idris', 'Doris') WHERE seq = 2")
    })
    expect((await store.call('accessLog.verify', {})).fault).toMatchObject({ entry: 2, why: 'edited' })
    expect((await store.call('accessLog.verdict', {})).verdict?.fault).toMatchObject({ entry: 2 })
  })

  test("yesterday's database in place of today's is an alarm, and the alarm stays in the log", async () => {
    await grant(store)
    store.service.closeStore()
    const copy = path.join(tempFolder('yesterday'), 'postern.db')
    copyFileSync(databaseFile(store.dir), copy)
    await store.start()
    expect(await store.app.call('access.marks', { marks: [] })).toEqual({ holds: true })
    await (await signIn(store)).ask('counts.get', {})
    const mark = store.service.open.workspace.accessLog.head(store.db.read)
    store.service.closeStore()
    copyFileSync(copy, databaseFile(store.dir))
    rmSync(path.dirname(copy), { recursive: true })
    await store.start()
    expect(await store.app.call('access.marks', { marks: [mark] })).toEqual({ holds: false })
    expect((await store.call('accessLog.verify', {})).fault).toMatchObject({ entry: 3, why: 'rolled-back' })
    await store.call('accessLog.acknowledge', {})
    const { entries } = await store.call('accessLog.list', {})
    expect(entries[0]).toMatchObject({ act: 'restored-older', detail: { expected: 4, found: 2 } })
    expect((await store.call('accessLog.verify', {})).fault).toBeNull()
  })

  test.each(['before', 'after'] as const)(
    "yesterday's database brings no grant back that was revoked today, to whoever signs in %s the keychain answers (R55, R58)",
    async (when) => {
      const id = await grant(store)
      store.service.closeStore()
      const copy = path.join(tempFolder('yesterday'), 'postern.db')
      copyFileSync(databaseFile(store.dir), copy)
      await store.start()
      await store.call('grants.revoke', { id })
      const mark = store.service.open.workspace.accessLog.head(store.db.read)
      store.service.closeStore()
      copyFileSync(copy, databaseFile(store.dir))
      rmSync(path.dirname(copy), { recursive: true })
      await store.start()
      const session = when === 'before' ? await signIn(store) : null
      expect(await store.app.call('access.marks', { marks: [mark] })).toEqual({ holds: false })
      if (session) await expect.poll(() => session.ended).toBe('ended')
      expect(await codeOf(signIn(store))).toBe('grant-ended')
      expect((await store.call('grants.list', {})).grants.map(({ state }) => state)).toEqual(['ended'])
      // A person who has seen the alarm makes it no grant again, and may make a new one.
      await store.call('accessLog.acknowledge', {})
      expect(await codeOf(signIn(store))).toBe('grant-ended')
      expect((await store.call('grants.notices', {})).notices.map(({ what }) => what)).toContain('ended')
      await grant(store)
      await signIn(store)
    },
  )

  test('a log is not called verified before it is known what the keychain kept of it (R58)', async () => {
    await grant(store)
    const last = store.service.open.workspace.accessLog.head(store.db.read)
    expect(await store.call('accessLog.verify', {})).toMatchObject({ fault: null, witnessed: false })

    // The keychain answers: what was said before it did is looked at once more, also where that is still going on.
    const verifying = store.call('accessLog.verify', {})
    await store.app.call('access.marks', { marks: [last] })
    expect(await verifying).toMatchObject({ fault: null, witnessed: true })
    await expect
      .poll(async () => (await store.call('accessLog.verdict', {})).verdict)
      .toMatchObject({ fault: null, witnessed: true })
  })

  test('a cut log that was looked at before the keychain answered is told broken as soon as it does (R58)', async () => {
    await grant(store)
    const last = store.service.open.workspace.accessLog.head(store.db.read)
    expect(await store.call('accessLog.verify', {})).toMatchObject({ witnessed: false })
    await store.app.call('access.marks', { marks: [{ ...last, entries: last.entries + 1 }] })
    await expect
      .poll(async () => (await store.call('accessLog.verdict', {})).verdict?.fault)
      .toMatchObject({ entry: last.entries + 1, why: 'rolled-back' })
  })

  test("an exported log is checked without the program's data, and one byte or line less is found", async () => {
    await grant(store)
    await (await signIn(store)).ask('counts.get', {})
    const [file, proof] = [path.join(store.dir, 'log.jsonl'), path.join(store.dir, 'log.proof.json')]
    const { entries } = await store.app.call('accessLog.export', { path: file, proofPath: proof, by: 'Ada' })
    const [text, proofText] = [readFileSync(file, 'utf8'), readFileSync(proof, 'utf8')]
    expect(entries).toBe(5)
    expect(checkExport(text.split('\n'), proofText)).toMatchObject({ entries: 5, fault: null, proven: true })
    const lines = text.trimEnd().split('\n')
    expect(checkExport(lines.slice(0, -1), proofText).fault).toMatchObject({ entry: 5, why: 'cut' })
    expect(checkExport(lines.toSpliced(1, 1), proofText).fault).toMatchObject({ entry: 2, why: 'missing' })
    expect(checkExport(lines.with(2, (lines[2] ?? '').replace('Idris', 'Doris')), proofText).fault).toMatchObject({
      entry: 3,
    })
    expect(checkExport(lines, proofText.replace('"entries": 5', '"entries": 4')).fault).not.toBeNull()
    expect(checkExport(lines, null)).toMatchObject({ fault: null, proven: false })
    expect(text).not.toContain(store.dir)
  })

  test.skipIf(!mayMount)(
    'a log that the disk takes a part of is not called exported, and the older file stays (R50)',
    async () => {
      for (let n = 0; n < 10; n++) await grant(store)
      const disk = smallDisk('64k')
      try {
        const [file, proof] = [path.join(disk.dir, 'log.jsonl'), path.join(disk.dir, 'log.proof.json')]
        writeFileSync(file, 'older')
        disk.fill('of somebody else', 4096)
        const exported = () => store.app.call('accessLog.export', { path: file, proofPath: proof, by: 'Ada' })
        await expect(exported()).rejects.toMatchObject({ code: 'disk-full' })
        expect(readdirSync(disk.dir).toSorted()).toEqual(['log.jsonl', 'of somebody else'])
        expect(readFileSync(file, 'utf8')).toBe('older')
        disk.grow('256k')
        await exported()
        expect(checkExport(readFileSync(file, 'utf8').split('\n'), readFileSync(proof, 'utf8')).fault).toBeNull()
      } finally {
        disk.remove()
      }
    },
  )

  test('nothing else is written when an entry cannot be', async () => {
    store.db.write((tx) =>
      tx.run(
        "CREATE TRIGGER full BEFORE INSERT ON access_log WHEN NEW.act = 'granted' BEGIN SELECT RAISE(ABORT, 'full'); END",
      ),
    )
    await expect(grant(store)).rejects.toThrow()
    expect((await store.call('grants.list', {})).grants).toEqual([])
  })
})

test('migration: a database without grants and log gets empty ones and keeps what it has', () => {
  const dir = tempFolder('access')
  const key = randomBytes(32)
  const before = openAt(dir, key, access.version - 1)
  before.write((tx) => tx.run("INSERT INTO settings(key, value) VALUES('theme', '\"dark\"')"))
  before.close()
  const after = openAt(dir, key, access.version)
  expect(after.read.all('SELECT * FROM grants')).toEqual([])
  expect(after.read.all('SELECT * FROM access_log')).toEqual([])
  expect(after.read.get('SELECT value FROM settings')).toEqual({ value: '"dark"' })
  after.close()
  rmSync(dir, { recursive: true })
})

test('migration 21: who stands in the log is still known, and no page of an index is written with an entry', () => {
  const dir = tempFolder('migration')
  const key = randomBytes(32)
  const before = openAt(dir, key, 20)
  before.write((tx) => {
    tx.run("INSERT INTO access_chains(device, sign_key, name) VALUES('d', x'00', 'here')")
    tx.run(
      "INSERT INTO access_log(device, seq, prev, hash, signature, body) VALUES('d', 1, x'00', x'01', x'02', ?)",
      JSON.stringify({
        v: 1,
        seq: 1,
        at: 5,
        device: 'd',
        who: { kind: 'support', name: 'Idris', fingerprint: 'F' },
        act: 'look-counts',
      }),
    )
  })
  before.close()
  const { database } = Database.open(dir, key, () => undefined)
  expect(database.read.all('SELECT who, name FROM access_people')).toEqual([{ who: 'F', name: 'Idris' }])
  expect(
    database.read.all(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'access_log' AND sql IS NOT NULL",
    ),
  ).toEqual([{ name: 'access_log_chain' }])
  database.close()
  rmSync(dir, { recursive: true, force: true })
})

test('a filter finds what lies far behind the end of the log', async () => {
  const store = await Harness.make()
  try {
    const { workspace } = store.service.open
    store.db.write((tx) => {
      for (const name of ['Idris', ...Array<string>(6000).fill('Ana')])
        workspace.accessLog.append(tx, {
          who: { kind: 'agent', name },
          act: name === 'Idris' ? 'look-counts' : 'exported',
        })
    })
    const found = await store.call('accessLog.list', { who: 'Idris', limit: 5 })
    expect(found.entries.map(({ seq }) => seq)).toEqual([found.entries[0]?.seq])
    expect(found.more).toBe(false)
    expect(found.who.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ana', 'Idris']))
    const newest = await store.call('accessLog.list', { limit: 3 })
    expect([newest.entries.length, newest.more, newest.entries[0]?.who.name]).toEqual([3, true, 'Ana'])
    expect((await store.call('accessLog.list', { looksOnly: true })).entries).toHaveLength(1)
    expect((await store.call('accessLog.list', { days: 1, limit: 1000 })).entries).toHaveLength(1000)
  } finally {
    await store.stop()
  }
})
