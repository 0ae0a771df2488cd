import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { AccessHead } from '../../src-main/app/access-head'
import { Erasure } from '../../src-main/app/erasure'
import { Keys } from '../../src-main/app/keys'
import { wasErased } from '../../src-main/app/profile-files'
import { tempFolder } from '../servers/process.mjs'
import { mayMount, smallDisk } from '../servers/small-disk.mjs'
import { keychainInMemory } from './keychain'

test.skipIf(!mayMount)(
  'a full disk keeps nothing on a computer that is told to erase itself, and it is known afterwards (R50)',
  async () => {
    const disk = smallDisk('256k')
    try {
      const keychain = keychainInMemory()
      const keys = new Keys(disk.dir, keychain)
      await keys.find()
      await keys.device()
      expect(keychain.values.size).toBeGreaterThan(0)
      disk.fill('postern.db')
      const erased = vi.fn<(nothingLeft: boolean) => void>()
      const ended = vi.fn<() => Promise<void>>(() => Promise.resolve())
      const head = new AccessHead(keys, disk.dir)
      await new Erasure({ profile: disk.dir, keys, head, endServices: ended, putAway: ended, erased }).run()
      expect(ended).toHaveBeenCalledTimes(2)
      expect(erased.mock.calls).toEqual([[true]])
      expect([...keychain.values.keys()]).toEqual([])
      expect(readdirSync(disk.dir)).toEqual(['erased.json'])
      expect(wasErased(disk.dir)).toBe(true)
    } finally {
      disk.remove()
    }
  },
)

/** The erasure of a profile that holds a mailbox and its password, as each start would do it. */
async function taken(): Promise<{
  profile: string
  keychain: ReturnType<typeof keychainInMemory>
  begin: () => Promise<{ erasure: Erasure; keys: Keys; said: boolean[] }>
}> {
  const profile = tempFolder('erasure')
  const keychain = keychainInMemory()
  const begin = async () => {
    const keys = new Keys(profile, keychain)
    await keys.find()
    const done = (): Promise<void> => Promise.resolve()
    const head = new AccessHead(keys, profile)
    const said: boolean[] = []
    const erased = (nothingLeft: boolean): void => void said.push(nothingLeft)
    return {
      keys,
      said,
      erasure: new Erasure({ profile, keys, head, endServices: done, putAway: () => head.flush(), erased }),
    }
  }
  await (await begin()).keys.setSecret('mailbox:1:imap', 'a password')
  writeFileSync(join(profile, 'postern.db'), 'mail')
  return { profile, keychain, begin }
}

test('a keychain that does not answer keeps no mail on a computer that is told to erase itself', async () => {
  const { profile, keychain, begin } = await taken()
  const { erasure } = await begin()
  keychain.get = keychain.set = keychain.remove = () => new Promise<never>(() => undefined)
  void erasure.run()
  await expect.poll(() => readdirSync(profile)).toEqual(['erased.json', 'keyring.json'])
  rmSync(profile, { recursive: true })
})

test('what a keychain does not give up at an erasure is not left in it for ever: the next start goes on', async () => {
  const { profile, keychain, begin } = await taken()
  const first = await begin()
  keychain.dead = true
  await first.erasure.run()
  expect(wasErased(profile)).toBe(true)
  keychain.dead = false
  expect([...keychain.values.keys()].some((name) => name.startsWith('mailbox:1:imap'))).toBe(true)
  await (await begin()).erasure.run()
  expect([...keychain.values.keys()]).toEqual([])
  expect(readdirSync(profile)).toEqual(['erased.json'])
  rmSync(profile, { recursive: true })
})

test('a computer is not said to hold nothing while its keychain holds a password, and is once that is gone', async () => {
  const { profile, keychain, begin } = await taken()
  const { erasure, said } = await begin()
  keychain.dead = true
  await erasure.run()
  expect(said).toEqual([false])
  // Tried again without another start.
  keychain.dead = false
  await erasure.run()
  expect(said).toEqual([false, true])
  expect([...keychain.values.keys()]).toEqual([])
  rmSync(profile, { recursive: true })
})

test('an erasure that is cut off by a fault is not waited for without end', async () => {
  const { profile, begin } = await taken()
  const { keys } = await begin()
  const said: boolean[] = []
  const head = new AccessHead(keys, profile)
  const erasure = new Erasure({
    profile,
    keys,
    head,
    endServices: () => Promise.reject(new Error('it does not end')),
    putAway: () => head.flush(),
    erased: (nothingLeft) => void said.push(nothingLeft),
  })
  await erasure.run()
  expect(said).toEqual([false])
  expect(erasure.isUnderWay).toBe(false)
  rmSync(profile, { recursive: true })
})
