import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  hkdfSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { PosternError } from '../../src-preload/contract/errors'

/** PKCS #8 and SPKI prefixes of raw 32-byte keys (RFC 8410). */
const prefixes = {
  ed25519: {
    private: Buffer.from('302e020100300506032b657004220420', 'hex'),
    public: Buffer.from('302a300506032b6570032100', 'hex'),
  },
  x25519: {
    private: Buffer.from('302e020100300506032b656e04220420', 'hex'),
    public: Buffer.from('302a300506032b656e032100', 'hex'),
  },
}
type Curve = keyof typeof prefixes

export const deviceSecretBytes = 64

/** The public half of a device, as other devices know it. */
export interface DevicePublic {
  /** Ed25519, 32 bytes: checks signatures. */
  readonly signKey: Uint8Array
  /** X25519, 32 bytes: seals to this device. */
  readonly sealKey: Uint8Array
}

/** 64 random bytes: Ed25519 seed (32) and X25519 private key (32). Kept in the system's keychain and nowhere else. */
export function newDeviceSecret(): Buffer {
  return randomBytes(deviceSecretBytes)
}

/**
 * A device is named by the first 8 bytes of the SHA-256 of its signing key, as 16 hex digits: nobody can take another's name
 * without a key that meets it, and the roster holds the whole key.
 */
export function deviceIdOf(signKey: Uint8Array): string {
  return hash('sha256', Buffer.from(signKey), 'buffer').toString('hex', 0, 8)
}

/** The keys of this installation. Signing happens here, so that no other code holds a private key. */
export class DeviceKeys implements DevicePublic {
  readonly id: string
  readonly signKey: Buffer
  readonly sealKey: Buffer
  private readonly signing: KeyObject
  private readonly sealing: KeyObject

  /** @param secret what `newDeviceSecret` made; throws `key-missing` when it is not 64 bytes */
  constructor(secret: Uint8Array) {
    if (secret.byteLength !== deviceSecretBytes)
      throw new PosternError('key-missing', 'the device keys have a wrong length')
    this.signing = privateKey('ed25519', secret.subarray(0, 32))
    this.sealing = privateKey('x25519', secret.subarray(32))
    this.signKey = rawPublic(this.signing)
    this.sealKey = rawPublic(this.sealing)
    this.id = deviceIdOf(this.signKey)
  }

  /** Ed25519 (RFC 8032), 64 bytes. `purpose` keeps a signature for one use from passing for another. */
  sign(purpose: string, bytes: Uint8Array): Buffer {
    return sign(null, bound(purpose, bytes), this.signing)
  }

  /** Opens what `sealTo` made for this device. Throws `unreadable` when it is for another one or was changed. */
  open(sealed: Uint8Array, purpose: string): Buffer {
    const theirs = sealed.subarray(0, 32)
    try {
      const { key, nonce } = sealingKey(
        diffieHellman({ privateKey: this.sealing, publicKey: publicKey('x25519', theirs) }),
        theirs,
        this.sealKey,
        purpose,
      )
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
      decipher.setAuthTag(sealed.subarray(sealed.byteLength - 16))
      return Buffer.concat([decipher.update(sealed.subarray(32, sealed.byteLength - 16)), decipher.final()])
    } catch {
      throw new PosternError('unreadable', 'not sealed to this device')
    }
  }
}

/** Whether `signature` is the device's over these bytes and this purpose. False for anything malformed. */
export function verifyBy(signKey: Uint8Array, purpose: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verifyRaw(signKey, bound(purpose, bytes), signature)
}

/** Plain Ed25519 (RFC 8032), without a purpose. */
export function verifyRaw(signKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, bytes, knownPublic(signKey), signature)
  } catch {
    return false
  }
}

/** Sealed to one device: fresh X25519 key (RFC 7748), HKDF-SHA-256, AES-256-GCM. Layout: public key (32) | ciphertext | tag (16). */
export function sealTo(sealKey: Uint8Array, plain: Uint8Array, purpose: string): Buffer {
  const { privateKey: mine, publicKey: ours } = generateKeyPairSync('x25519')
  const raw = spkiRaw(ours)
  const { key, nonce } = sealingKey(
    diffieHellman({ privateKey: mine, publicKey: publicKey('x25519', sealKey) }),
    raw,
    sealKey,
    purpose,
  )
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([raw, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/**
 * Three numbers below 256 that two people read to each other as words. 24 bits: enough where a meddler has one try in
 * front of two people, and not for anything that can be tried in silence.
 */
export function checkNumbers(...parts: readonly Uint8Array[]): [number, number, number] {
  const digest = hash(
    'sha256',
    Buffer.concat([
      Buffer.from('postern check words\0'),
      ...parts.flatMap((part) => [Buffer.from([part.byteLength]), part]),
    ]),
    'buffer',
  )
  return [digest.readUInt8(0), digest.readUInt8(1), digest.readUInt8(2)]
}

function sealingKey(
  shared: Buffer,
  ephemeral: Uint8Array,
  recipient: Uint8Array,
  purpose: string,
): { key: Buffer; nonce: Buffer } {
  const okm = Buffer.from(
    hkdfSync('sha256', shared, Buffer.concat([ephemeral, recipient]), `postern seal ${purpose}`, 44),
  )
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32) }
}

const bound = (purpose: string, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`postern ${purpose}\0`), bytes])
const privateKey = (curve: Curve, raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([prefixes[curve].private, raw]), format: 'der', type: 'pkcs8' })
const publicKey = (curve: Curve, raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([prefixes[curve].public, raw]), format: 'der', type: 'spki' })
const spkiRaw = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(12)
const rawPublic = (key: KeyObject): Buffer => spkiRaw(createPublicKey(key))

/** Key objects of the devices met so far: making one costs as much as a check. */
const known = new Map<string, KeyObject>()
function knownPublic(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString('latin1')
  const found = known.get(name) ?? publicKey('ed25519', raw)
  if (known.size > 1000) known.clear()
  known.set(name, found)
  return found
}
