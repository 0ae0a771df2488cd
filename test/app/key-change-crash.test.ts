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
