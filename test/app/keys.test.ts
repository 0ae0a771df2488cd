import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Keys } from '../../src-main/app/keys'
import { keyMark } from '../../src-main/crypto/key-mark'
import { newSupportIdentity } from '../../src-main/crypto/support-identity'
import { codeOf } from '../store/helpers'
import { tempFolder } from '../servers/process.mjs'
import { keychainInMemory } from './keychain'

let profile: string
beforeEach(() => (profile = tempFolder('keys')))
afterEach(() => rmSync(profile, { recursive: true, force: true }))

const digest = (): string =>
  readdirSync(profile)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(profile, name)))
          .digest('hex')}`,
    )
    .join('\n')

describe('the database key', () => {
  it('is the same at every start and is in no file (R44)', async () => {
    const keychain = keychainInMemory()
    const first = await new Keys(profile, keychain).find()
    const second = await new Keys(profile, keychain).find()
    if (first.is !== 'ready' || second.is !== 'ready') throw new Error('not ready')
    expect(first.key).toHaveLength(32)
    expect(second.key.equals(first.key)).toBe(true)
    for (const name of readdirSync(profile)) {
      const content = readFileSync(join(profile, name))
      expect(content.includes(first.key)).toBe(false)
      expect(content.includes(first.key.toString('base64').slice(0, 16))).toBe(false)
    }
  })

  it('device keys are made once, follow a change to a passphrase and are in no file in the clear', async () => {
    const keychain = keychainInMemory()
    const keys = new Keys(profile, keychain)
    await keys.find()
    const device = await keys.device()
    expect(device).toHaveLength(64)
    const again = new Keys(profile, keychain)
    await again.find()
    expect((await again.device()).equals(device)).toBe(true)
    await again.setPassphrase('a long passphrase', undefined)
    const locked = new Keys(profile, keychain)
    await locked.find()
    await locked.unlock('a long passphrase')
    expect((await locked.device()).equals(device)).toBe(true)
    for (const name of readdirSync(profile))
      expect(readFileSync(join(profile, name)).includes(device.toString('base64').slice(0, 20))).toBe(false)
    await locked.removePassphrase('a long passphrase')
    expect((await new Keys(profile, keychain).find()).is).toBe('ready')
  })

  it('no secret is left behind in the keychain when several were kept at once', async () => {
    const keychain = keychainInMemory()
    const keys = new Keys(profile, keychain)
    await keys.find()
    const names = ['mailbox:1:imap', 'mailbox:1:smtp', 'access-head', 'oauth:1']
    const moved = Promise.all([
      ...names.slice(0, 2).map((name) => keys.setSecret(name, name)),
      keys.setPassphrase('a long passphrase', undefined),
      ...names.slice(2).map((name) => keys.setSecret(name, name)),
    ])
    await moved
    const locked = new Keys(profile, keychain)
    await locked.find()
    await locked.unlock('a long passphrase')
    for (const name of names) expect(await locked.secret(name)).toBe(name)
    await locked.removePassphrase('a long passphrase')
    for (const name of names) expect(await locked.secret(name)).toBe(name)
  })

  it('a lock while a passphrase is being set never leaves another key than the database has under it', async () => {
    const keys = new Keys(profile, keychainInMemory())
    const found = await keys.find()
    if (found.is !== 'ready') throw new Error('not ready')
    const key = Buffer.from(found.key)
    const set = keys.setPassphrase('a long passphrase', undefined).catch((fault: unknown) => fault)
    await new Promise((resolve) => setImmediate(resolve))
    keys.forget()
    await set
    const again = await keys.find()
    const holds = again.is === 'ready' ? again.key : await keys.unlock('a long passphrase')
    expect(holds.equals(key)).toBe(true)
  })

  it('a secret that is kept while the key changes is not left under the old one', async () => {
    const keys = new Keys(profile, keychainInMemory())
    await keys.find()
    await keys.setPassphrase('a long passphrase', undefined)
    // The change ends at every step of the other.
    for (let steps = 0; steps < 8; steps++) {
      const { next } = await keys.beginChange('a long passphrase')
      writeFileSync(join(profile, 'postern.db'), keyMark(next))
      const kept = keys.setSecret(`mailbox:${steps}:imap`, 'secret')
      for (let step = 0; step < steps; step++) await Promise.resolve()
      await keys.endChange(next)
      await kept
      expect(await keys.secret(`mailbox:${steps}:imap`)).toBe('secret')
    }
  })

  it('is opened by nobody but whom policy named, after a change of the key too, and by nobody once that is taken back', async () => {
    const it = await newSupportIdentity('IT', 'Northwind', 'passphrase of IT')
    const other = await newSupportIdentity('Other', 'Northwind', 'passphrase of IT')
    const keychain = keychainInMemory()
    const keys = new Keys(profile, keychain)
    const found = await keys.find()
    if (found.is !== 'ready') throw new Error('not ready')
    const database = (key: Uint8Array) => writeFileSync(join(profile, 'postern.db'), keyMark(key))
    database(found.key)
    await keys.setSecret('imap:1', 'mailbox password')
    keys.sealRecovery(it.card)
    // Whoever has the keychain no more.
    const lost = () => new Keys(profile, keychainInMemory())
    expect(await codeOf(lost().recover(other, 'passphrase of IT', 'a new passphrase'))).toBe('unreadable')
    expect(await codeOf(lost().recover(it, 'not that one', 'a new passphrase'))).toBe('wrong-passphrase')
    const { next } = await keys.beginChange(undefined)
    database(next)
    const changed = await keys.endChange(next)
    expect(await codeOf(lost().recover(it, 'passphrase of IT', 'a new passphrase'))).toBe('key-missing')
    keys.sealRecovery(it.card)
    await new Keys(profile, keychain).recover(it, 'passphrase of IT', 'a new passphrase')
    const again = lost()
    expect(await again.find()).toEqual({ is: 'locked' })
    expect((await again.unlock('a new passphrase')).equals(changed)).toBe(true)
    expect(await again.secret('imap:1')).toBe('mailbox password')
    // A disk that lost what says how the key is kept.
    writeFileSync(join(profile, 'keyring.json'), '\0\0\0')
    expect(await lost().find()).toMatchObject({ is: 'failed', error: { code: 'key-missing' } })
    again.sealRecovery(it.card)
    await lost().recover(it, 'passphrase of IT', 'a third passphrase')
    const third = lost()
    expect(await third.find()).toEqual({ is: 'locked' })
    expect((await third.unlock('a third passphrase')).equals(changed)).toBe(true)
    // As a crash between writing and renaming leaves it.
    writeFileSync(join(profile, 'recovery.json.new'), readFileSync(join(profile, 'recovery.json')))
    again.sealRecovery(null)
    expect(readdirSync(profile).filter((name) => name.startsWith('recovery'))).toEqual([])
    expect(await codeOf(lost().recover(it, 'passphrase of IT', 'another passphrase'))).toBe('key-missing')
  })

  it('is not settled by a mere look while a change of it goes on, and leaves nothing behind when it is destroyed', async () => {
    const keychain = keychainInMemory()
    const keys = new Keys(profile, keychain)
    const found = await keys.find()
    if (found.is !== 'ready') throw new Error('not ready')
    writeFileSync(join(profile, 'postern.db'), keyMark(found.key))
    await keys.beginChange(undefined)
    const [before, kept] = [digest(), new Map(keychain.values)]
    expect(await new Keys(profile, keychain).look()).toBe('keychain')
    expect([digest(), keychain.values]).toEqual([before, kept])
    rmSync(join(profile, 'postern.db'))
    writeFileSync(join(profile, 'keyring.json.new'), 'torn')
    await keys.destroy()
    expect(readdirSync(profile)).toEqual([])
    expect(await new Keys(profile, keychain).look()).toBe('none')
  })

  it('is not kept in the clear when there is no keychain: a passphrase is asked for (R44)', async () => {
    const keychain = keychainInMemory()
    keychain.dead = true
    const keys = new Keys(profile, keychain)
    expect(await keys.find()).toEqual({ is: 'set-passphrase' })
    expect(readdirSync(profile)).toEqual([])
    const state = await keys.setPassphrase('a long passphrase', undefined)
    if (state.is !== 'ready') throw new Error('not ready')
    const again = new Keys(profile, keychain)
    expect(await again.find()).toEqual({ is: 'locked' })
    await expect(again.unlock('a wrong passphrase')).rejects.toMatchObject({ code: 'wrong-passphrase' })
    expect((await again.unlock('a long passphrase')).equals(state.key)).toBe(true)
  })

  it('is not made anew when the keychain is silent, has lost it, or the keyring is broken (R45)', async () => {
    const keychain = keychainInMemory()
    await new Keys(profile, keychain).find()
    writeFileSync(join(profile, 'postern.db'), 'the database')
    const before = digest()

    keychain.dead = true
    expect(await new Keys(profile, keychain).find()).toMatchObject({ is: 'failed', error: { code: 'keychain-failed' } })
    keychain.dead = false
    const kept = new Map(keychain.values)
    keychain.values.clear()
    expect(await new Keys(profile, keychain).find()).toMatchObject({ is: 'failed', error: { code: 'key-missing' } })
    expect(digest()).toBe(before)

    for (const [name, value] of kept) keychain.values.set(name, value)
    expect(await new Keys(profile, keychain).find()).toMatchObject({ is: 'ready' })

    writeFileSync(join(profile, 'keyring.json'), '{"version":1,"mode":"key')
    expect(await new Keys(profile, keychain).find()).toMatchObject({ is: 'failed', error: { code: 'key-missing' } })
    rmSync(join(profile, 'keyring.json'))
    expect(await new Keys(profile, keychain).find()).toMatchObject({ is: 'failed', error: { code: 'key-missing' } })
    expect(readFileSync(join(profile, 'postern.db'), 'utf8')).toBe('the database')
  })

  it('keeps mailbox passwords through a change to a passphrase and back, in the clear nowhere (R33, R53)', async () => {
    const keychain = keychainInMemory()
    const keys = new Keys(profile, keychain)
    const found = await keys.find()
    if (found.is !== 'ready') throw new Error('not ready')
    await keys.setSecret('mailbox:1:imap', 'canary-password')
    expect(await keys.secret('mailbox:1:imap')).toBe('canary-password')

    await keys.setPassphrase('a long passphrase', undefined)
    expect([...keychain.values]).toEqual([])
    expect(await keys.secret('mailbox:1:imap')).toBe('canary-password')
    for (const name of readdirSync(profile)) expect(readFileSync(join(profile, name), 'utf8')).not.toContain('canary')

    const later = new Keys(profile, keychain)
    expect(await later.find()).toEqual({ is: 'locked' })
    await expect(later.secret('mailbox:1:imap')).rejects.toMatchObject({ code: 'store-locked' })
    expect((await later.unlock('a long passphrase')).equals(found.key)).toBe(true)
    await expect(later.setPassphrase('another passphrase', 'not the current')).rejects.toMatchObject({
      code: 'wrong-passphrase',
    })
    await later.setPassphrase('another passphrase', 'a long passphrase')
    await later.removePassphrase('another passphrase')
    expect(await later.secret('mailbox:1:imap')).toBe('canary-password')
    expect(await new Keys(profile, keychain).find()).toMatchObject({ is: 'ready', keyIn: 'keychain' })
  })

  it('of two profiles on one computer are not mixed up', async () => {
    const keychain = keychainInMemory()
    const other = tempFolder('keys')
    const one = new Keys(profile, keychain)
    const two = new Keys(other, keychain)
    await one.find()
    await two.find()
    await one.setSecret('mailbox:1:imap', 'of one')
    expect(await two.secret('mailbox:1:imap')).toBeNull()
    rmSync(other, { recursive: true })
  })
})

describe('the lock', () => {
  it('leaves no key in memory and gives the same one back for the passphrase', async () => {
    const keys = new Keys(profile, keychainInMemory())
    const found = await keys.find()
    if (found.is !== 'ready') throw new Error('not ready')
    const copy = Buffer.from(found.key)
    await keys.setPassphrase('four words that fit', undefined)
    keys.forget()
    expect(found.key.every((byte) => byte === 0)).toBe(true)
    await expect(keys.secret('mailbox:1:imap')).rejects.toMatchObject({ code: 'store-locked' })
    expect((await keys.unlock('four words that fit')).equals(copy)).toBe(true)
  })

  it('a wrong passphrase slows down the next try, wherever it is given, also when all are given at once', async () => {
    const keys = new Keys(profile, keychainInMemory())
    await keys.find()
    await keys.setPassphrase('four words that fit', undefined)
    const began = performance.now()
    const tries = await Promise.all([
      codeOf(keys.unlock('wrong')),
      codeOf(keys.setPassphrase('another one that fits', 'wrong')),
      codeOf(keys.removePassphrase('wrong')),
    ])
    expect(tries).toEqual(['wrong-passphrase', 'wrong-passphrase', 'wrong-passphrase'])
    // 0 ms, 500 ms, 1 s are waited before the tries; timers may end a moment early.
    expect(performance.now() - began).toBeGreaterThan(1_490)
  })
})

it('a keychain that does not answer holds up nobody who unlocks with a passphrase', async () => {
  const keychain = keychainInMemory()
  const keys = new Keys(profile, keychain)
  await keys.find()
  await keys.setPassphrase('a long passphrase', undefined)
  const next = new Keys(profile, keychain)
  expect(await next.find()).toEqual({ is: 'locked' })
  keychain.get = () => new Promise<never>(() => undefined)
  expect((await next.unlock('a long passphrase')).length).toBe(32)
})
