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

/**
 * Checks an exported access log without the program's data.
 * @param lines of the file, read lazily and more than once only when a signature is bad; an empty last line is none
 * @param proofText the proof beside it; null when there is none, then the first line names the device and the key is unknown
 */
export function checkExport(lines: Iterable<string>, proofText: string | null): ExportVerdict {
  const proof = proofOf(proofText)
  if (proofText !== null && proof === null) return { entries: 0, fault: { entry: 0, why: 'forged' }, proven: false, device: null }
  // Without a proof the key is not known: hashes are checked, signatures are not.
  const signKey = Buffer.from(proof?.signKey ?? '', 'hex')
  const check = new ChainCheck(signKey, proof ? { entries: proof.entries, hash: Buffer.from(proof.head, 'hex') } : null, proof === null)
  const digest = createHash('sha256')
  const kept: ChainLink[] = []
  let place = 0
  for (const line of lines) {
    if (line === '') continue
    place += 1
    digest.update(`${line}\n`)
    const link = linkOf(line)
    if (!link) return { entries: place - 1, fault: { entry: place, why: 'not-readable' }, proven: proof !== null, device: proof?.device ?? null }
    kept.push(link)
    if (!check.add(link)) break
  }
  const fault = check.finish(() => kept)
  const whole = fault ?? (proof && digest.digest('hex') !== proof.file ? { entry: place, why: 'edited' as const } : null)
  return { entries: check.entries, fault: whole, proven: proof !== null, device: proof?.device ?? null }
}

function proofOf(text: string | null): LogProof | null {
  if (text === null) return null
  try {
    const proof = LogProof.parse(JSON.parse(text))
    const signKey = Buffer.from(proof.signKey, 'hex')
    return deviceIdOf(signKey) === proof.device && verifyBy(signKey, proofPurpose, proofBytes(proof), Buffer.from(proof.signature, 'hex')) ? proof : null
  } catch {
    return null
  }
}

function linkOf(line: string): ChainLink | null {
  try {
    const { body, prev, hash, signature } = LogLine.parse(JSON.parse(line))
    return { body, prev: Buffer.from(prev, 'hex'), hash: Buffer.from(hash, 'hex'), signature: Buffer.from(signature, 'hex') }
  } catch {
    return null
  }
}
