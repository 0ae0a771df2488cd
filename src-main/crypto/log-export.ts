import { createHash } from 'node:crypto'
import { LogLine, LogProof, type LogFault } from '../../src-preload/contract/support'
import { ChainCheck, proofBytes, proofPurpose, type ChainLink } from './hash-chain'
import { deviceIdOf, verifyBy } from './device-keys'

export interface ExportVerdict {
  readonly entries: number
  readonly fault: LogFault | null
  /** Whether a proof was there whose signature fits: without one, a tail that was cut cannot be noticed. */
  readonly proven: boolean
  readonly device: string | null
}

/** Checks an exported access log line by line, without the program's data. */
export class ExportCheck {
  private readonly proof: LogProof | null
  private readonly check: ChainCheck
  private readonly digest = createHash('sha256')
  /** Hashes and signatures, for finding the first bad one; bodies are not kept. */
  private readonly kept: ChainLink[] = []
  private place = 0
  private fault: LogFault | null = null

  /** @param proofText the proof beside the file; null when there is none: then the key is not known, and hashes alone are checked */
  constructor(proofText: string | null) {
    this.proof = proofOf(proofText)
    if (proofText !== null && this.proof === null) this.fault = { entry: 0, why: 'forged' }
    const { proof } = this
    this.check = new ChainCheck(
      Buffer.from(proof?.signKey ?? '', 'hex'),
      proof ? { entries: proof.entries, hash: Buffer.from(proof.head, 'hex') } : null,
      proof === null,
    )
  }

  /** Takes the next line; an empty last one is none. @returns false once a fault is known */
  add(line: string): boolean {
    if (this.fault) return false
    if (line === '') return true
    this.place += 1
    this.digest.update(`${line}\n`)
    const link = linkOf(line)
    if (!link) {
      this.fault = { entry: this.place, why: 'not-readable' }
      return false
    }
    this.kept.push({ ...link, body: '' })
    return this.check.add(link)
  }

  finish(): ExportVerdict {
    const { proof } = this
    const found = this.fault ?? this.check.finish(() => this.kept)
    const fault =
      found ??
      (proof && this.digest.digest('hex') !== proof.file ? { entry: this.place, why: 'edited' as const } : null)
    return { entries: this.check.entries, fault, proven: proof !== null, device: proof?.device ?? null }
  }
}

function proofOf(text: string | null): LogProof | null {
  if (text === null) return null
  try {
    const proof = LogProof.parse(JSON.parse(text))
    const signKey = Buffer.from(proof.signKey, 'hex')
    return deviceIdOf(signKey) === proof.device &&
      verifyBy(signKey, proofPurpose, proofBytes(proof), Buffer.from(proof.signature, 'hex'))
      ? proof
      : null
  } catch {
    return null
  }
}

function linkOf(line: string): ChainLink | null {
  try {
    const { body, prev, hash, signature } = LogLine.parse(JSON.parse(line))
    return {
      body,
      prev: Buffer.from(prev, 'hex'),
      hash: Buffer.from(hash, 'hex'),
      signature: Buffer.from(signature, 'hex'),
    }
  } catch {
    return null
  }
}
