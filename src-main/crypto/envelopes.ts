import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { PosternError } from '../../src-preload/contract/errors'

const nonceBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM (NIST SP 800-38D) with a random nonce. Layout: nonce (12) | ciphertext | tag (16).
 * `context` is bound as associated data, so a sealed value cannot be moved to another place.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context, 'utf8'))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Opens what `seal` made. Throws `store-corrupt` when key, context or a single bit differs. */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  try {
    const bytes = Buffer.from(sealed)
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(context, 'utf8'))
    decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()])
  } catch {
    throw new PosternError('store-corrupt', 'sealed value does not open')
  }
}

/** A key for one purpose out of a master key: HKDF-SHA-256 (RFC 5869), 32 bytes. */
export function subkey(master: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `postern ${purpose}`, 32))
}
