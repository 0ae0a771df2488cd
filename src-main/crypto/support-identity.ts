import { hash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { SupportCard } from '../../src-preload/contract/support'
import { DeviceKeys, newDeviceSecret, verifyBy, sealTo } from './device-keys'
import { unwrapKey, WrappedKey, wrapKey } from './keys'

/** Identities of support people: a key pair under a passphrase, a public card, a proof that somebody holds the key. */

const cardPurpose = 'support card'
const signInPurpose = 'support sign-in'
const wrapContext = 'support identity'

/** The file that a support person keeps. Its secret opens with their passphrase only (Argon2id). */
export const KeyFile = z.object({
  postern: z.literal('support-key'),
  version: z.literal(1),
  card: SupportCard,
  wrapped: WrappedKey,
})
export type KeyFile = z.infer<typeof KeyFile>

/** Makes a new identity; about 0.2 s on purpose. */
export async function newSupportIdentity(name: string, organisation: string, passphrase: string): Promise<KeyFile> {
  const secret = newDeviceSecret()
  const keys = new DeviceKeys(secret)
  const plain = {
    postern: 'support-card',
    version: 1,
    name: name.trim(),
    organisation: organisation.trim(),
    signKey: text(keys.signKey),
    sealKey: text(keys.sealKey),
  } as const
  const card = SupportCard.parse({ ...plain, signature: text(keys.sign(cardPurpose, signedPart(plain))) })
  const wrapped = await wrapKey(secret, passphrase, wrapContext)
  secret.fill(0)
  return { postern: 'support-key', version: 1, card, wrapped }
}

/** Reads a card from what a person pasted or opened. Throws `unreadable` for anything but a card whose signature fits. */
export function readCard(given: string): SupportCard {
  const card = parsed(SupportCard, given)
  if (!card || !verifyBy(bytes(card.signKey), cardPurpose, signedPart(card), bytes(card.signature)))
    throw new PosternError('unreadable', 'not a support card')
  return card
}

/** Reads a key file. Throws `unreadable`. */
export function readKeyFile(given: string): KeyFile {
  const file = parsed(KeyFile, given)
  if (!file) throw new PosternError('unreadable', 'not a support key file')
  readCard(JSON.stringify(file.card))
  return file
}

/** Opens a key file and signs a challenge with it. Throws `wrong-passphrase`. */
export async function signChallenge(file: KeyFile, passphrase: string, challenge: string): Promise<string> {
  const secret = await unwrapKey(file.wrapped, passphrase, wrapContext)
  try {
    return text(new DeviceKeys(secret).sign(signInPurpose, Buffer.from(challenge, 'utf8')))
  } finally {
    secret.fill(0)
  }
}

/** Sealed to the holder of the key; `purpose` as in `sealTo`. */
export function sealToCard(card: SupportCard, plain: Uint8Array, purpose: string): Buffer {
  return sealTo(bytes(card.sealKey), plain, purpose)
}

/** Opens what `sealToCard` made. Throws `wrong-passphrase`, or `unreadable` when it is sealed to somebody else. */
export async function openWithKeyFile(
  file: KeyFile,
  passphrase: string,
  sealed: Uint8Array,
  purpose: string,
): Promise<Buffer> {
  const secret = await unwrapKey(file.wrapped, passphrase, wrapContext)
  try {
    return new DeviceKeys(secret).open(sealed, purpose)
  } finally {
    secret.fill(0)
  }
}

/** Whether the holder of the key signed this challenge. */
export function answersChallenge(signKey: Uint8Array, challenge: string, answer: string): boolean {
  return verifyBy(signKey, signInPurpose, Buffer.from(challenge, 'utf8'), bytes(answer))
}

/** A fresh challenge: 32 random bytes and what it is for, as one line of text. */
export function newChallenge(workspace: string): string {
  return `postern-challenge ${randomBytes(32).toString('base64url')} ${Buffer.from(workspace, 'utf8').toString('base64url')}`
}

/** The first 12 bytes of the SHA-256 of both keys: six groups of four hex digits that two people compare. */
export function fingerprintOf(card: Pick<SupportCard, 'signKey' | 'sealKey'>): string {
  return digest(card).toString('hex', 0, 12).toUpperCase().match(/.{4}/g)?.join(' ') ?? ''
}

/** The first 8 bytes of the same as four words that can be said, in proquints (arXiv:0901.4016): 16 bits a word. */
export function wordsOf(card: Pick<SupportCard, 'signKey' | 'sealKey'>): string {
  const bits = digest(card)
  return [0, 2, 4, 6].map((at) => proquint(bits.readUInt16BE(at))).join(' ')
}

const consonants = 'bdfghjklmnprstvz'
const vowels = 'aiou'
function proquint(n: number): string {
  return `${consonants.charAt(n >> 12)}${vowels.charAt((n >> 10) & 3)}${consonants.charAt((n >> 6) & 15)}${vowels.charAt((n >> 4) & 3)}${consonants.charAt(n & 15)}`
}

function digest(card: Pick<SupportCard, 'signKey' | 'sealKey'>): Buffer {
  return hash(
    'sha256',
    Buffer.concat([Buffer.from('postern support identity\0'), bytes(card.signKey), bytes(card.sealKey)]),
    'buffer',
  )
}

/** The signed part, with every field's length before it, so that no text can move from one field into the next. */
function signedPart(card: Pick<SupportCard, 'name' | 'organisation' | 'signKey' | 'sealKey'>): Buffer {
  return Buffer.concat(
    [card.name, card.organisation, card.signKey, card.sealKey].flatMap((field) => {
      const content = Buffer.from(field, 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(content.byteLength)
      return [length, content]
    }),
  )
}

const text = (raw: Uint8Array): string => Buffer.from(raw).toString('base64url')
const bytes = (written: string): Buffer => Buffer.from(written, 'base64url')

function parsed<T extends z.ZodType>(schema: T, given: string): z.output<T> | null {
  if (given.length > 20_000) return null
  try {
    const result = schema.safeParse(JSON.parse(given))
    return result.success ? result.data : null
  } catch {
    return null
  }
}
