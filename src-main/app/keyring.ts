import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { SupportCard } from '../../src-preload/contract/support'
import { keyMark } from '../crypto/key-mark'
import { WrappedKey } from '../crypto/keys'
import { fileHead } from '../shared/file-head'
import { jsonIn } from '../shared/json'
import { secretsFile } from './secrets'

/** `<profile>/keyring.json`: says where the database key is. Holds no key in the clear. */
export const Keyring = z.discriminatedUnion('mode', [
  z.object({
    version: z.literal(1),
    mode: z.literal('keychain'),
    id: z.uuid(),
    /** A change of the key was begun; the new one lies beside the old. */ changing: z.literal(true).optional(),
  }),
  z.object({
    version: z.literal(1),
    mode: z.literal('passphrase'),
    id: z.uuid(),
    wrapped: WrappedKey,
    /** The key that a change which was begun leads to. */ next: WrappedKey.optional(),
  }),
])
export type Keyring = z.infer<typeof Keyring>

/** The keyring in this file; null: there is none that fits. */
export function readRing(file: string): Keyring | null {
  if (!existsSync(file)) return null
  return Keyring.safeParse(jsonIn(readFileSync(file, 'utf8'))).data ?? null
}

/** `<profile>/recovery.json`: the database key, sealed to whom policy names. */
export const Recovery = z.object({ version: z.literal(1), to: SupportCard, sealed: z.base64() })
export const recoveryPurpose = 'database key for recovery'

/** Everything that the keys of a profile write there. */
export const filesOf = (profile: string) => ({
  ring: join(profile, 'keyring.json'),
  secrets: secretsFile(profile),
  recovery: join(profile, 'recovery.json'),
})

/** Whether a database was encrypted with a key, by the mark in its first bytes. */
export function isKeyOf(file: string, key: Uint8Array): boolean {
  if (!existsSync(file)) return false
  return fileHead(file).equals(keyMark(key))
}
