import { PosternError } from '../../src-preload/contract/errors'
import type { SecretKeeper } from '../../src-main/app/secrets'

/** A keychain in memory, with a switch for one that does not answer. */
export function keychainInMemory(): SecretKeeper & { values: Map<string, string>; dead: boolean } {
  const values = new Map<string, string>()
  const keeper = {
    values,
    dead: false,
    get: async (name: string) => (alive(), values.get(name) ?? null),
    set: async (name: string, value: string) => void (alive(), values.set(name, value)),
    remove: async (name: string) => void (alive(), values.delete(name)),
  }
  const alive = (): void => {
    if (keeper.dead) throw new PosternError('keychain-failed')
  }
  return keeper
}
