import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { open, seal } from './envelopes'

/** A key wrapped under a passphrase. Binary fields are base64. */
export const WrappedKey = z.object({
  kdf: z.literal('argon2id'),
  /** KiB, passes, lanes (RFC 9106). Kept with the key, so they can be raised later. */
  memory: z.int().min(8).max(4_194_304),
  passes: z.int().min(1).max(100),
  parallelism: z.int().min(1).max(16),
  salt: z.base64(),
  sealed: z.base64(),
})
export type WrappedKey = z.infer<typeof WrappedKey>

const databaseKey = 'database key'
/** RFC 9106 section 4, second recommendation: 64 MiB, 3 passes, 4 lanes. */
const cost = { memory: 65_536, passes: 3, parallelism: 4 }

/** 256 random bits. */
export function newKey(): Buffer {
  return randomBytes(32)
}

async function derive(
  passphrase: string,
  salt: Uint8Array,
  params: { memory: number; passes: number; parallelism: number },
): Promise<Buffer> {
  // Loaded when a passphrase is used: few have one. Not Node's own argon2: Electron links BoringSSL, which has none. This is the reference implementation, in a thread of its own.
  // NFKC: the same passphrase typed on another system gives the same bytes.
  const message = Buffer.from(passphrase.normalize('NFKC'), 'utf8')
  const { default: argon2 } = await import('argon2')
  return argon2.hash(message, {
    type: argon2.argon2id,
    raw: true,
    salt: Buffer.from(salt),
    hashLength: 32,
    memoryCost: params.memory,
    timeCost: params.passes,
    parallelism: params.parallelism,
  })
}

/** Wraps a key under a passphrase with Argon2id and AES-256-GCM; about 0.2 s on purpose. */
export async function wrapKey(key: Uint8Array, passphrase: string, purpose: string = databaseKey): Promise<WrappedKey> {
  const salt = randomBytes(16)
  const wrapping = await derive(passphrase, salt, cost)
  return {
    kdf: 'argon2id',
    ...cost,
    salt: salt.toString('base64'),
    sealed: seal(wrapping, key, purpose).toString('base64'),
  }
}

/** Throws `wrong-passphrase` when the passphrase (or the file) is not the right one. */
export async function unwrapKey(
  wrapped: WrappedKey,
  passphrase: string,
  purpose: string = databaseKey,
): Promise<Buffer> {
  const wrapping = await derive(passphrase, Buffer.from(wrapped.salt, 'base64'), wrapped)
  try {
    return open(wrapping, Buffer.from(wrapped.sealed, 'base64'), purpose)
  } catch {
    throw new PosternError('wrong-passphrase')
  }
}
