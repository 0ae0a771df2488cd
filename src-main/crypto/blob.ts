import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { decode, encode } from 'cborg'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { verifyBy, type DeviceKeys } from './device-keys'

/**
 * A sealed blob: one batch of a device's events, signed by the device and readable with the team's key only.
 *
 *     signature (64) | length of header (2) | header | ciphertext and tag
 *
 * Header: deterministic CBOR (RFC 8949, 4.2), also the associated data. Key, nonce and commitment come by HKDF-SHA-256 from the
 * team's key and a salt of the blob's own; the commitment keeps one blob from opening under two keys. Inside the ciphertext
 * is the deflated CBOR of the body, filled up so that the blob is a multiple of 512 bytes and its size says little.
 */

const step = 512
/** Inflated bodies above this are refused, however small they came. */
const largestBody = 1024 * 1024
const largestBlob = 512 * 1024

const Bytes = (length: number): z.ZodType<Uint8Array> =>
  z.instanceof(Uint8Array).refine((value) => value.byteLength === length)
const Count = z
  .int()
  .min(0)
  .max(2 ** 40)
const Header = z.tuple([z.literal(1), Bytes(8), Bytes(8), Count, Bytes(16), Count, Count, Bytes(16), Bytes(16)])

export interface BlobPlace {
  /** Hex, 8 bytes. */
  readonly team: string
  /** Hex, 8 bytes. */
  readonly device: string
  /** From 1; 0 for what is no part of the log (marks that fade). */
  readonly seq: number
  /** Hex, 16 bytes: hash of the device's blob before this one; zeros for the first. */
  readonly previous: string
  readonly roster: number
  readonly epoch: number
}

export interface SealedBlob extends BlobPlace {
  /** Names the blob: hex, 16 bytes of SHA-256 over all of it; with the signature, or a bent one would take the true one's name. */
  readonly hash: string
  readonly signature: Uint8Array
  readonly signed: Uint8Array
  readonly header: Uint8Array
  readonly commitment: Uint8Array
  readonly salt: Uint8Array
  readonly ciphertext: Uint8Array
}

export const noBlob = '0'.repeat(32)

/** CBOR with sorted keys and shortest forms: the same value gives the same bytes everywhere. */
export const toCbor = (value: unknown): Uint8Array => encode(value)

/** @throws PosternError `unreadable` for anything that is not one whole, strictly encoded value */
export function fromCbor(bytes: Uint8Array): unknown {
  try {
    const value: unknown = decode(bytes, { strict: true, rejectDuplicateMapKeys: true })
    return value
  } catch {
    throw new PosternError('unreadable', 'not CBOR')
  }
}

/** @param body any value that CBOR holds; @throws PosternError `too-large` */
export function sealBlob(
  device: DeviceKeys,
  teamKey: Uint8Array,
  place: Omit<BlobPlace, 'device'>,
  body: unknown,
): Uint8Array {
  const plain = toCbor(body)
  if (plain.byteLength > largestBody) throw new PosternError('too-large', 'a batch is too large for a blob')
  const packed = deflateRawSync(plain, { level: 9 })
  const salt = randomBytes(16)
  const secrets = derive(teamKey, salt, place.team, device.id, place.seq, place.previous)
  const header = toCbor([
    1,
    hex(place.team),
    hex(device.id),
    place.seq,
    hex(place.previous),
    place.roster,
    place.epoch,
    secrets.commitment,
    salt,
  ])
  const fixed = 64 + 2 + header.byteLength + 16
  const padded = Buffer.alloc(Math.ceil((fixed + 4 + packed.byteLength) / step) * step - fixed)
  padded.writeUInt32BE(packed.byteLength)
  packed.copy(padded, 4)
  const cipher = createCipheriv('aes-256-gcm', secrets.key, secrets.nonce)
  cipher.setAAD(header)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(header.byteLength)
  const signed = Buffer.concat([length, header, cipher.update(padded), cipher.final(), cipher.getAuthTag()])
  return Buffer.concat([device.sign('blob', signed), signed])
}

/**
 * Takes a blob apart without believing it: neither signature nor content has been checked.
 * @throws PosternError `unreadable`, `too-large`
 */
export function readBlob(bytes: Uint8Array): SealedBlob {
  if (bytes.byteLength > largestBlob) throw new PosternError('too-large', 'a blob is too large')
  if (bytes.byteLength < 64 + 2 + 16) throw new PosternError('unreadable', 'a blob is cut off')
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const signed = whole.subarray(64)
  const end = 2 + signed.readUInt16BE(0)
  if (end + 16 > signed.byteLength) throw new PosternError('unreadable', 'a blob is cut off')
  const header = signed.subarray(2, end)
  const fields = Header.safeParse(fromCbor(header))
  if (!fields.success) throw new PosternError('unreadable', 'the header of a blob does not fit')
  const [, team, device, seq, previous, roster, epoch, commitment, salt] = fields.data
  return {
    team: text(team),
    device: text(device),
    seq,
    previous: text(previous),
    roster,
    epoch,
    commitment,
    salt,
    header,
    signed,
    hash: hash('sha256', whole, 'buffer').toString('hex', 0, 16),
    signature: whole.subarray(0, 64),
    ciphertext: signed.subarray(end),
  }
}

export const signedBy = (blob: SealedBlob, signKey: Uint8Array): boolean =>
  verifyBy(signKey, 'blob', blob.signed, blob.signature)

/** Whether a blob was sealed with this key; what is in it may be damaged all the same. */
export const sealedWith = (blob: SealedBlob, teamKey: Uint8Array): boolean =>
  derive(teamKey, blob.salt, blob.team, blob.device, blob.seq, blob.previous).commitment.equals(blob.commitment)

/** The body. The caller has checked the signature. @throws PosternError `unreadable`, `too-large` */
export function openBlob(blob: SealedBlob, teamKey: Uint8Array): unknown {
  const secrets = derive(teamKey, blob.salt, blob.team, blob.device, blob.seq, blob.previous)
  if (!secrets.commitment.equals(blob.commitment)) throw new PosternError('unreadable', 'sealed with another key')
  const tag = blob.ciphertext.byteLength - 16
  try {
    const decipher = createDecipheriv('aes-256-gcm', secrets.key, secrets.nonce, { authTagLength: 16 })
    decipher.setAAD(blob.header)
    decipher.setAuthTag(blob.ciphertext.subarray(tag))
    const padded = Buffer.concat([decipher.update(blob.ciphertext.subarray(0, tag)), decipher.final()])
    return fromCbor(inflateRawSync(padded.subarray(4, 4 + padded.readUInt32BE(0)), { maxOutputLength: largestBody }))
  } catch (fault) {
    throw fault instanceof PosternError ? fault : new PosternError('unreadable', 'a blob does not open')
  }
}

function derive(
  teamKey: Uint8Array,
  salt: Uint8Array,
  team: string,
  device: string,
  seq: number,
  previous: string,
): { key: Buffer; nonce: Buffer; commitment: Buffer } {
  const okm = Buffer.from(hkdfSync('sha256', teamKey, salt, `postern blob ${team} ${device} ${seq} ${previous}`, 60))
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32, 44), commitment: okm.subarray(44, 60) }
}

const hex = (value: string): Buffer => Buffer.from(value, 'hex')
const text = (value: Uint8Array): string => Buffer.from(value).toString('hex')
