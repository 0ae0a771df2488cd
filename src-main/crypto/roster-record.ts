import { hash } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { fromCbor, toCbor } from './blob'
import { deviceIdOf, sealTo, verifyBy, type DeviceKeys } from './device-keys'
import { newKey } from './keys'
import { open, seal } from './envelopes'

/**
 * One record of the roster: the whole roster, signed by the owner's device, each record naming the one before. The body is
 * sealed under a key of its own, which is sealed to every device of the team: a device that is not in it cannot read it.
 *
 *     signature (64) | CBOR [1, team, version, previous, signer's key, [[device, sealed key] ...], sealed body]
 */

const Bytes = (length: number): z.ZodType<Uint8Array> =>
  z.instanceof(Uint8Array).refine((value) => value.byteLength === length)
const Outer = z.tuple([
  z.literal(1),
  Bytes(8),
  z
    .int()
    .min(1)
    .max(2 ** 32),
  Bytes(16),
  Bytes(32),
  z.array(z.tuple([Bytes(8), z.instanceof(Uint8Array)])).max(1000),
  z.instanceof(Uint8Array),
])
const largestRecord = 1024 * 1024

export interface RosterRecord {
  readonly hash: string
  readonly team: string
  readonly version: number
  readonly previous: string
  readonly signKey: Uint8Array
  /** Device id of the signer. */
  readonly signer: string
  readonly seals: ReadonlyMap<string, Uint8Array>
  readonly body: Uint8Array
}

export interface Recipient {
  readonly device: string
  readonly sealKey: Uint8Array
}

/** A roster, signed, under a key of its own that is sealed to each of its devices. */
export function sealRecord(
  signer: DeviceKeys,
  place: { team: string; version: number; previous: string },
  recipients: readonly Recipient[],
  body: unknown,
): Uint8Array {
  const key = newKey()
  const context = contextOf(place.team, place.version)
  const signed = toCbor([
    1,
    hex(place.team),
    place.version,
    hex(place.previous),
    signer.signKey,
    recipients.map(({ device, sealKey }) => [hex(device), sealTo(sealKey, key, context)]),
    seal(key, toCbor(body), context),
  ])
  return Buffer.concat([signer.sign('roster', signed), signed])
}

/** The record with its signature checked against the key that it names; whether that key may sign is the chain's question. @throws PosternError `unreadable`, `too-large` */
export function readRecord(bytes: Uint8Array): RosterRecord {
  if (bytes.byteLength > largestRecord) throw new PosternError('too-large', 'a roster record is too large')
  const signed = bytes.subarray(64)
  const fields = Outer.safeParse(fromCbor(signed))
  if (!fields.success) throw new PosternError('unreadable', 'a roster record does not fit')
  const [, team, version, previous, signKey, seals, body] = fields.data
  if (!verifyBy(signKey, 'roster', signed, bytes.subarray(0, 64)))
    throw new PosternError('unreadable', 'a roster record has a false signature')
  return {
    hash: hash('sha256', Buffer.from(signed), 'buffer').toString('hex', 0, 16),
    team: text(team),
    version,
    previous: text(previous),
    signKey,
    signer: deviceIdOf(signKey),
    seals: new Map(seals.map(([device, sealed]) => [text(device), sealed])),
    body,
  }
}

/** null when the record is not sealed to this device. */
export function openRecord(record: RosterRecord, device: DeviceKeys): unknown {
  const sealed = record.seals.get(device.id)
  if (!sealed) return null
  const context = contextOf(record.team, record.version)
  return fromCbor(open(device.open(sealed, context), record.body, context))
}

const contextOf = (team: string, version: number): string => `roster ${team} ${version}`
const hex = (value: string): Buffer => Buffer.from(value, 'hex')
const text = (value: Uint8Array): string => Buffer.from(value).toString('hex')
