import { hash } from 'node:crypto'
import type { LogFault, LogProof } from '../../src-preload/contract/support'
import { verifyBy } from './device-keys'

/** What is kept of an entry beside its body. */
export interface ChainLink {
  /** JSON text; its `seq` is its place in the chain. What is signed is this text, byte for byte. */
  readonly body: string
  readonly prev: Uint8Array
  readonly hash: Uint8Array
  readonly signature: Uint8Array
}
/** A chain up to an entry: how many there are and the hash of the last. */
export interface ChainHead {
  readonly entries: number
  readonly hash: Uint8Array
}

export const logPurpose = 'access log entry'

export const proofPurpose = 'access log proof'

/** What the signature of a proof covers. */
export function proofBytes(proof: Omit<LogProof, 'signature'>): Buffer {
  return Buffer.from(
    JSON.stringify([proof.device, proof.signKey, proof.entries, proof.head, proof.file, proof.madeAt]),
    'utf8',
  )
}

/** What the first entry builds on: the chain belongs to one device and cannot be carried to another. */
export function chainStart(signKey: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from('postern access log\0'), signKey]), 'buffer')
}

const start = Buffer.from('postern access log entry\0')
/** Put together in one place: a log has millions of entries, and one call of the library each is the fastest. */
let scratch = Buffer.alloc(4096)

/** SHA-256 over the hash before and the body (NIST FIPS 180-4). */
export function linkHash(prev: Uint8Array, body: string): Buffer {
  const written = Buffer.byteLength(body, 'utf8')
  if (scratch.byteLength < start.byteLength + 32 + written)
    scratch = Buffer.alloc(2 * (start.byteLength + 32 + written))
  start.copy(scratch)
  scratch.set(prev, start.byteLength)
  scratch.write(body, start.byteLength + prev.byteLength, 'utf8')
  return hash('sha256', scratch.subarray(0, start.byteLength + prev.byteLength + written), 'buffer')
}

/** Verifies a chain step by step, so that the caller can pause between pages of it. */
export class ChainCheck {
  private prev: Uint8Array
  private count = 0
  private last: ChainLink | null = null
  private marked: Uint8Array | null = null
  /** The first fault that was found; nothing after it is looked at. */
  fault: LogFault | null = null

  /**
   * @param signKey Ed25519 key of the device whose chain it is
   * @param mark an earlier head that was kept elsewhere: the chain must go through it
   * @param unsigned the key is not known: the hashes are checked, the start and the signatures are not
   */
  constructor(
    private readonly signKey: Uint8Array,
    private readonly mark: ChainHead | null = null,
    private readonly unsigned = false,
  ) {
    this.prev = chainStart(signKey)
  }

  get entries(): number {
    return this.count
  }
  get head(): ChainHead {
    return { entries: this.count, hash: this.prev }
  }

  /** Takes the next entry. @returns false once a fault is known */
  add(link: ChainLink): boolean {
    if (this.fault) return false
    const place = this.count + 1
    const seq = seqOf(link.body)
    if (seq === null) this.fault = { entry: place, why: 'not-readable' }
    else if (seq > place) this.fault = { entry: place, why: 'missing' }
    else if (seq < place) this.fault = { entry: place, why: 'out-of-order' }
    else if (!same(linkHash(link.prev, link.body), link.hash)) this.fault = { entry: place, why: 'edited' }
    else if (!same(link.prev, this.prev) && !(this.unsigned && place === 1))
      this.fault = { entry: place, why: 'forged' }
    if (this.fault) return false
    this.count = place
    this.prev = link.hash
    this.last = link
    if (this.mark?.entries === place) this.marked = link.hash
    return true
  }

  /**
   * After the last entry. The signature of the last one covers all before it, since each holds the hash of the one before;
   * so a chain that holds costs one check, and only one that does not is searched for its first bad entry.
   * @param all the entries once more, read only when the last signature is bad
   */
  finish(all: () => Iterable<ChainLink>): LogFault | null {
    if (this.fault) return this.fault
    if (this.last && !this.unsigned && !this.signed(this.last)) {
      let place = 0
      for (const link of all()) {
        place += 1
        if (!this.signed(link)) break
      }
      return (this.fault = { entry: place, why: 'forged' })
    }
    if (this.mark && this.count < this.mark.entries) return (this.fault = { entry: this.count + 1, why: 'cut' })
    if (this.mark && this.mark.entries > 0 && (this.marked === null || !same(this.marked, this.mark.hash)))
      return (this.fault = { entry: this.mark.entries, why: 'forked' })
    return null
  }

  private signed(link: ChainLink): boolean {
    return verifyBy(this.signKey, logPurpose, link.hash, link.signature)
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function seqOf(body: string): number | null {
  // As it is written here; anything else is parsed.
  const usual = /^\{"v":1,"seq":([1-9]\d{0,14}),/.exec(body)
  if (usual) return Number(usual[1])
  try {
    const parsed: unknown = JSON.parse(body)
    const seq: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'seq') : null
    return typeof seq === 'number' && Number.isSafeInteger(seq) && seq > 0 ? seq : null
  } catch {
    return null
  }
}
