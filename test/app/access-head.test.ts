import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AccessHead, type Head } from '../../src-main/app/access-head'
import { Keys } from '../../src-main/app/keys'
import { PosternError } from '../../src-preload/contract/errors'
import { codeOf } from '../store/helpers'
import { tempFolder } from '../servers/process.mjs'
import { keychainInMemory } from './keychain'

let profile: string
let keychain: ReturnType<typeof keychainInMemory>
beforeEach(() => {
  profile = tempFolder('access-head')
  keychain = keychainInMemory()
})
afterEach(() => rmSync(profile, { recursive: true, force: true }))

const at = (entries: number): Head => ({ device: 'd1', entries, hash: String(entries) })

async function begin(): Promise<AccessHead> {
  const keys = new Keys(profile, keychain)
  await keys.find()
  return new AccessHead(keys, profile)
}

test('a head that is on its way to the keychain at the end of the program is not lost (R58)', async () => {
  const head = await begin()
  head.hear({ topic: 'access-head', ...at(3) })
  const { set } = keychain
  const slow = Promise.withResolvers<void>()
  keychain.set = async (name, value) => {
    await slow.promise
    await set(name, value)
  }
  // As its own clock does, a second after the store told.
  void head.flush()
  let ended = false
  const end = head.flush().then(() => (ended = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(ended).toBe(false)
  slow.resolve()
  await end
  expect(await (await begin()).read()).toEqual([at(3)])
})

test('a head that the keychain did not take is kept with the next try, and never in place of a later one', async () => {
  const head = await begin()
  head.hear({ topic: 'access-head', ...at(3) })
  keychain.dead = true
  await head.flush()
  keychain.dead = false
  await head.flush()
  expect(await head.read()).toEqual([at(3)])

  keychain.dead = true
  head.hear({ topic: 'access-head', ...at(4) })
  const failing = head.flush()
  head.hear({ topic: 'access-head', ...at(5) })
  await failing
  keychain.dead = false
  await head.flush()
  expect(await head.read()).toEqual([at(5)])
})

test('a head that the keychain refused late never takes the place of one that it took meanwhile', async () => {
  const head = await begin()
  const { set } = keychain
  const slow = Promise.withResolvers<never>()
  keychain.set = () => slow.promise
  head.hear({ topic: 'access-head', ...at(3) })
  void head.flush()
  head.hear({ topic: 'access-head', ...at(4) })
  const later = head.flush()
  await new Promise((resolve) => setImmediate(resolve))
  keychain.set = set
  slow.reject(new PosternError('keychain-failed'))
  await later
  // As at the end of the program.
  await head.flush()
  expect(await head.read()).toEqual([at(4)])
})

test('a keychain that does not answer is no keychain without a head', async () => {
  const head = await begin()
  expect(await head.read()).toEqual([])
  keychain.dead = true
  expect(await codeOf(head.read())).toBe('keychain-failed')
})

test('a head that the keychain did not take before the end is left beside the database, and goes once it was taken (R58)', async () => {
  const first = await begin()
  first.hear(at(3))
  await first.flush()
  first.hear(at(4))
  keychain.dead = true
  await first.flush()
  first.leave()
  keychain.dead = false

  const second = await begin()
  expect(await second.read()).toEqual([at(3), at(4)])
  second.hear(at(5))
  await second.flush()
  second.leave()
  expect(await second.read()).toEqual([at(5)])
  expect(readdirSync(profile).filter((name) => name.includes('access-head'))).toEqual([])
})

test('a file beside the database never takes the place of what the keychain kept, whatever it says (R58)', async () => {
  const head = await begin()
  head.hear(at(3))
  keychain.dead = true
  await head.flush()
  head.leave()
  const [file = ''] = readdirSync(profile).filter((name) => name.includes('access-head'))
  keychain.dead = false
  head.hear(at(5))
  await head.flush()
  for (const forged of [
    { device: 'd2', entries: 0, hash: '' },
    { device: 'd2', entries: 9, hash: '9' },
    { ...at(6), hash: 'of another log' },
  ]) {
    writeFileSync(join(profile, file), JSON.stringify(forged))
    expect(await (await begin()).read(), JSON.stringify(forged)).toContainEqual(at(5))
  }
})

test('what lies beside the database never takes the place of a later head in the keychain (R58)', async () => {
  const head = await begin()
  head.hear(at(3))
  keychain.dead = true
  await head.flush()
  head.leave()
  const [file = ''] = readdirSync(profile).filter((name) => name.includes('access-head'))
  const old = readFileSync(join(profile, file))
  keychain.dead = false
  head.hear(at(5))
  await head.flush()
  writeFileSync(join(profile, file), old)
  expect(await (await begin()).read()).toEqual([at(5)])
  writeFileSync(join(profile, file), 'not a head')
  expect(await (await begin()).read()).toEqual([at(5)])
})
