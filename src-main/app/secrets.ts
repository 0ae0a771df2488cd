import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { open, seal, subkey } from '../crypto/envelopes'
import { logger } from '../shared/log'
import { writeFileSafely } from './files'

const log = logger('secrets')
const service = 'org.postern.desk'

/** Where secrets are kept by name. A missing secret is null; a keeper that cannot be reached throws `keychain-failed`. */
export interface SecretKeeper {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
  /** Whether it owes an answer: a thread of this process waits for it then, and the process does not end by itself before that. */
  readonly owes?: () => boolean
}

/** A keychain that asks the person to unlock it may take a while; one that does not answer must not hang the start for ever. */
const patience = 60_000

function withPatience<T>(act: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), patience)
  })
  return Promise.race([act, late]).finally(() => clearTimeout(timer))
}

/** The keychain of the system: macOS Keychain, Windows Credential Vault, Linux Secret Service. */
export function systemKeychain(): SecretKeeper {
  let unanswered = 0
  const counted = <T>(act: Promise<T>): Promise<T> => {
    unanswered += 1
    return act.finally(() => (unanswered -= 1))
  }
  async function ask<T>(act: (keytar: typeof import('keytar')) => Promise<T>): Promise<T> {
    try {
      // Loaded late: without libsecret the module itself does not load, and that must be a sentence too.
      const module = await import('keytar')
      return await withPatience(counted(act(module.default ?? module)))
    } catch (fault) {
      log.warn('keychain did not answer', { reason: fault instanceof Error ? fault.message : 'unknown' })
      throw new PosternError('keychain-failed')
    }
  }
  return {
    get: (name) => ask((keytar) => keytar.getPassword(service, name)),
    set: (name, value) => ask((keytar) => keytar.setPassword(service, name, value)),
    remove: async (name) => void (await ask((keytar) => keytar.deletePassword(service, name))),
    owes: () => unanswered > 0,
  }
}

/** Can a secret be written and read back? An absent or locked keychain says no. */
export async function keychainWorks(keychain: SecretKeeper): Promise<boolean> {
  const probe = `probe:${process.pid}`
  try {
    await keychain.set(probe, 'works')
    const works = (await keychain.get(probe)) === 'works'
    await keychain.remove(probe)
    return works
  } catch {
    return false
  }
}

export const secretsFile = (profile: string): string => join(profile, 'secrets.json')
const SecretFile = z.record(z.string(), z.string())

/** Seals the file's values under another database key, all at once; those that are under it already stay. */
export function resealFile(profile: string, from: Uint8Array, to: Uint8Array): void {
  const file = secretsFile(profile)
  if (!existsSync(file)) return
  const [before, after] = [subkey(from, 'secrets file'), subkey(to, 'secrets file')]
  const sealed = Object.entries(SecretFile.parse(JSON.parse(readFileSync(file, 'utf8')))).map(([name, value]) => {
    const bytes = Buffer.from(value, 'base64')
    try {
      open(after, bytes, name)
      return [name, value]
    } catch {
      return [name, seal(after, open(before, bytes, name), name).toString('base64')]
    }
  })
  writeFileSafely(file, JSON.stringify(Object.fromEntries(sealed)))
}

/** For systems without a keychain: a file whose values are sealed under a key that hangs on the passphrase. */
export function sealedFile(profile: string, databaseKey: Uint8Array): SecretKeeper {
  const file = secretsFile(profile)
  const key = subkey(databaseKey, 'secrets file')
  const read = (): Record<string, string> =>
    existsSync(file) ? SecretFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
  const write = (all: Record<string, string>): void => writeFileSafely(file, JSON.stringify(all))
  return {
    get: (name) => {
      const sealed = read()[name]
      return Promise.resolve(
        sealed === undefined ? null : open(key, Buffer.from(sealed, 'base64'), name).toString('utf8'),
      )
    },
    set: (name, value) => {
      write({ ...read(), [name]: seal(key, Buffer.from(value, 'utf8'), name).toString('base64') })
      return Promise.resolve()
    },
    remove: (name) => {
      const { [name]: _gone, ...rest } = read()
      write(rest)
      return Promise.resolve()
    },
  }
}
