import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import type { SecretKeeper } from './secrets'

const log = logger('keys')

/** The names of a profile's secrets. A keychain cannot list what we kept, so they are kept as one more secret. */
async function names(keeper: SecretKeeper, id: string): Promise<string[]> {
  const stored = await keeper.get(`names:${id}`)
  return stored === null ? [] : z.array(z.string()).parse(JSON.parse(stored))
}

export async function changeNames(
  keeper: SecretKeeper,
  id: string,
  changed: (names: string[]) => string[],
): Promise<void> {
  const before = await names(keeper, id)
  const after = [...new Set(changed(before))]
  if (after.length !== before.length) await keeper.set(`names:${id}`, JSON.stringify(after))
}

/** Copies all secrets of a profile. @returns what they are called in both, the list of names first */
export async function moveSecrets(from: SecretKeeper, to: SecretKeeper, id: string): Promise<string[]> {
  const moved: string[] = []
  for (const name of ['names', ...(await names(from, id))]) {
    const value = await from.get(`${name}:${id}`)
    if (value === null) continue
    await to.set(`${name}:${id}`, value)
    moved.push(`${name}:${id}`)
  }
  return moved
}

/** A crash while a passphrase was set or removed may have left the key and the secrets in the keychain a second time: they go. */
export async function sweepSecrets(keychain: SecretKeeper, id: string): Promise<void> {
  try {
    for (const name of ['database', 'database-next', ...(await names(keychain, id)), 'names'])
      if ((await keychain.get(`${name}:${id}`)) !== null) await keychain.remove(`${name}:${id}`)
  } catch {
    // No keychain, no copy.
  }
}

/**
 * Takes everything of a profile out of a keychain; all is asked for at once: one that is silent takes its time for each.
 * @returns whether nothing is left
 */
export async function emptySecrets(keychain: SecretKeeper, id: string): Promise<boolean> {
  const remove = (name: string): Promise<void> => keychain.remove(`${name}:${id}`)
  const named = async (): Promise<void> => {
    await Promise.all((await names(keychain, id)).map(remove))
    // Last, so that those which are left are found again.
    await remove('names')
  }
  const tried = await Promise.allSettled([...['database', 'database-next', 'device'].map(remove), named()])
  const failed = tried.filter((one) => one.status === 'rejected')
  for (const { reason } of failed) log.error('a secret was not removed', { code: PosternError.from(reason).code })
  return failed.length === 0
}
