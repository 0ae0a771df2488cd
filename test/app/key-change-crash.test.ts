import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { Keys } from '../../src-main/app/keys'
import type { SecretKeeper } from '../../src-main/app/secrets'
import { keyMark } from '../../src-main/crypto/key-mark'
import { tempFolder } from '../servers/process.mjs'

// The cost of a passphrase is not what is tested here.
vi.mock('argon2', async (original) => {
  const argon2 = await original<typeof import('argon2')>()
  return {
    default: {
      ...argon2,
      hash: (message: Buffer, options: object) =>
        argon2.hash(message, { ...options, raw: true, memoryCost: 64, timeCost: 1 }),
    },
  }
})

/** Steps that leave something behind: calls of the keychain and files put in place. The process dies before the n-th. */
const life = { steps: 0, dieAt: Infinity, died: false }
const alive = (): void => {
  life.steps += 1
  if (life.steps < life.dieAt) return
  life.died = true
  throw new Error('killed')
}
vi.mock('../../src-main/app/files', async (original) => {
  const files = await original<typeof import('../../src-main/app/files')>()
  return {
    ...files,
    writeFileSafely: (file: string, content: string) => (alive(), files.writeFileSafely(file, content)),
  }
})
const keychainOf = (values: Map<string, string>): SecretKeeper => ({
  get: async (name) => (alive(), values.get(name) ?? null),
  set: async (name, value) => void (alive(), values.set(name, value)),
  remove: async (name) => void (alive(), values.delete(name)),
})
const passphrase = 'the passphrase'

it.each([
  ['in the keychain', false, true],
  ['under a passphrase', true, true],
  ['in the keychain, the copy failed', false, false],
  ['under a passphrase, the copy failed', true, false],
] as const)(
  "a change of the key %s, killed at every step: the database's own key is found, with every secret, and the other one is gone (R47)",
  async (_name, locked, copied) => {
    for (let dieAt = 1; ; dieAt++) {
      const profile = tempFolder('keys')
      const file = join(profile, 'postern.db')
      const values = new Map<string, string>()
      Object.assign(life, { steps: 0, dieAt: Infinity, died: false })
      try {
        const keys = new Keys(profile, keychainOf(values))
        const found = await keys.find()
        if (found.is !== 'ready') throw new Error('not ready')
        const key = Buffer.from(found.key)
        await keys.setSecret('mailbox:1:imap', 'secret')
        if (locked) await keys.setPassphrase(passphrase, undefined)
        writeFileSync(file, keyMark(key))

        Object.assign(life, { steps: 0, dieAt })
        let next: Buffer | null = null
        try {
          next = (await keys.beginChange(locked ? passphrase : undefined)).next
          // What the store does: the database is the other key's from one moment on.
          if (copied) writeFileSync(file, keyMark(next))
          await keys.endChange(Buffer.from(next))
        } catch (fault) {
          if (!life.died) throw fault
        }
        const ended = !life.died

        Object.assign(life, { steps: 0, dieAt: Infinity, died: false })
        const after = new Keys(profile, keychainOf(values))
        const state = await after.find()
        const opened = state.is === 'ready' ? state.key : await after.unlock(passphrase)
        expect(keyMark(opened).equals(readFileSync(file)), `killed at ${dieAt}`).toBe(true)
        expect(opened.equals(copied && next ? next : key), `killed at ${dieAt}`).toBe(true)
        expect(await after.secret('mailbox:1:imap'), `killed at ${dieAt}`).toBe('secret')
        expect([...values.keys()].filter((name) => name.startsWith('database')).length, `killed at ${dieAt}`).toBe(
          locked ? 0 : 1,
        )
        expect(
          JSON.parse(readFileSync(join(profile, 'keyring.json'), 'utf8')),
          `killed at ${dieAt}`,
        ).not.toHaveProperty(locked ? 'next' : 'changing')
        expect(existsSync(join(profile, 'secrets.json'))).toBe(locked)
        if (ended) {
          expect(dieAt).toBeGreaterThan(2)
          return
        }
      } finally {
        rmSync(profile, { recursive: true, force: true })
      }
    }
  },
)

it('a wrong passphrase changes nothing', async () => {
  const profile = tempFolder('keys')
  Object.assign(life, { steps: 0, dieAt: Infinity, died: false })
  const keys = new Keys(profile, keychainOf(new Map()))
  await keys.find()
  await keys.setPassphrase(passphrase, undefined)
  const before = readFileSync(join(profile, 'keyring.json'), 'utf8')
  await expect(keys.beginChange('another one')).rejects.toMatchObject({ code: 'wrong-passphrase' })
  expect(readFileSync(join(profile, 'keyring.json'), 'utf8')).toBe(before)
  rmSync(profile, { recursive: true })
})

it.each(['set', 'remove'] as const)(
  'to %s a passphrase while the key is being changed leaves no database whose key nobody keeps (R47)',
  async (act) => {
    const profile = tempFolder('keys')
    Object.assign(life, { steps: 0, dieAt: Infinity, died: false })
    const values = new Map<string, string>()
    const keys = new Keys(profile, keychainOf(values))
    await keys.find()
    if (act === 'remove') await keys.setPassphrase(passphrase, undefined)
    const { next } = await keys.beginChange(act === 'remove' ? passphrase : undefined)
    const tried = act === 'set' ? keys.setPassphrase(passphrase, undefined) : keys.removePassphrase(passphrase)
    await expect(tried).rejects.toMatchObject({ code: 'store-locked' })
    writeFileSync(join(profile, 'postern.db'), keyMark(next))
    await keys.endChange(Buffer.from(next))

    const after = new Keys(profile, keychainOf(values))
    const state = await after.find()
    const opened = state.is === 'ready' ? state.key : await after.unlock(passphrase)
    expect(opened.equals(next)).toBe(true)
    // Afterwards it is as it always was.
    if (act === 'set') await keys.setPassphrase(passphrase, undefined)
    else await keys.removePassphrase(passphrase)
    rmSync(profile, { recursive: true })
  },
)

it('a change that the keychain refused to begin keeps nobody from setting a passphrase, and leaves no key in the keychain', async () => {
  const profile = tempFolder('keys')
  Object.assign(life, { steps: 0, dieAt: Infinity, died: false })
  const values = new Map<string, string>()
  const keychain = keychainOf(values)
  const keys = new Keys(profile, {
    ...keychain,
    // It does not say yes, and keeps it all the same.
    set: async (name, value) => {
      await keychain.set(name, value)
      if (name.startsWith('database-next')) throw new Error('no answer')
    },
  })
  await keys.find()
  await expect(keys.beginChange(undefined)).rejects.toThrow('no answer')
  await keys.setPassphrase(passphrase, undefined)
  expect([...values.keys()]).toEqual([])
  rmSync(profile, { recursive: true })
})

it('a password that a killed removal of the passphrase left in the file locks nobody out at a later change of the key (R47)', async () => {
  for (let dieAt = 1; ; dieAt++) {
    const profile = tempFolder('keys')
    const file = join(profile, 'postern.db')
    const values = new Map<string, string>()
    Object.assign(life, { steps: 0, dieAt: Infinity, died: false })
    const begun = new Keys(profile, keychainOf(values))
    const found = await begun.find()
    if (found.is !== 'ready') throw new Error('not ready')
    writeFileSync(file, keyMark(found.key))
    await begun.setSecret('mailbox:1:imap', 'secret')
    await begun.setPassphrase(passphrase, undefined)
    Object.assign(life, { steps: 0, dieAt })
    await begun.removePassphrase(passphrase).catch(() => undefined)
    const ended = !life.died
    Object.assign(life, { steps: 0, dieAt: Infinity, died: false })

    const changed = async (keys: Keys, locked: boolean): Promise<Buffer> => {
      const { next } = await keys.beginChange(locked ? passphrase : undefined)
      writeFileSync(file, keyMark(next))
      return await keys.endChange(Buffer.from(next))
    }
    const keys = new Keys(profile, keychainOf(values))
    if ((await keys.find()).is === 'locked') {
      await keys.unlock(passphrase)
      await keys.removePassphrase(passphrase)
    }
    await changed(keys, false)
    // Its mailbox was removed meanwhile.
    await keys.removeSecret('mailbox:1:imap')
    await keys.setPassphrase(passphrase, undefined)
    await expect(changed(keys, true), `killed at ${dieAt}`).resolves.toHaveLength(32)
    rmSync(profile, { recursive: true })
    if (ended) return
  }
})
