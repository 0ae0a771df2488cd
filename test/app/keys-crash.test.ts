import { rmSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { Keys } from '../../src-main/app/keys'
import type { SecretKeeper } from '../../src-main/app/secrets'
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

/** A keychain that dies with the process at its n-th call: neither that call nor a later one happens. */
function dyingKeychain(values: Map<string, string>, dieAt: number): SecretKeeper & { died: boolean } {
  let calls = 0
  const alive = (): void => {
    calls += 1
    if (calls >= dieAt) {
      keeper.died = true
      throw new Error('killed')
    }
  }
  const keeper = {
    died: false,
    get: async (name: string) => (alive(), values.get(name) ?? null),
    set: async (name: string, value: string) => void (alive(), values.set(name, value)),
    remove: async (name: string) => void (alive(), values.delete(name)),
  }
  return keeper
}

const [first, second] = ['the first passphrase', 'the second passphrase']

it.each(['set', 'change', 'remove'] as const)(
  '%s a passphrase, killed at every step: the profile opens with exactly one key and its secrets, and neither a copy of the key nor a password stays behind (R47)',
  async (act) => {
    let kills = 0
    for (let dieAt = 1; ; dieAt++) {
      const profile = tempFolder('keys')
      try {
        const values = new Map<string, string>()
        const before = new Keys(profile, dyingKeychain(values, Infinity))
        const found = await before.find()
        if (found.is !== 'ready') throw new Error('not ready')
        const key = Buffer.from(found.key)
        await before.setSecret('mailbox:1:imap', 'secret')
        if (act !== 'set') await before.setPassphrase(first, undefined)

        const keychain = dyingKeychain(values, dieAt)
        const keys = new Keys(profile, keychain)
        if ((await keys.find()).is === 'locked') await keys.unlock(first)
        if (!keychain.died)
          await (
            act === 'remove'
              ? keys.removePassphrase(first)
              : keys.setPassphrase(second, act === 'change' ? first : undefined)
          ).catch(() => undefined)

        const after = new Keys(profile, dyingKeychain(values, Infinity))
        const state = await after.find()
        const opened =
          state.is === 'ready'
            ? state.key
            : await after
                .unlock(act === 'set' || (act === 'change' && !keychain.died) ? second : first)
                .catch(() => after.unlock(first))
        expect(opened.equals(key), `killed at ${dieAt}`).toBe(true)
        expect(await after.secret('mailbox:1:imap'), `killed at ${dieAt}`).toBe('secret')
        if (after.keyIn === 'passphrase')
          expect(
            [...values.keys()].filter((name) => !name.startsWith('probe:')),
            `killed at ${dieAt}`,
          ).toEqual([])
        if (!keychain.died) break
        kills += 1
      } finally {
        rmSync(profile, { recursive: true, force: true })
      }
    }
    expect(kills).toBeGreaterThan(act === 'change' ? 0 : 5)
  },
)
