import { hash as digest, hkdfSync } from 'node:crypto'
import { DeviceKeys } from '../../crypto/device-keys'
import { fromBase32, toBase32 } from '../../shared/base32'

/**
 * The recovery code: secret (16), name of the device that made the team (8), check (1). The name is the hash of that device's key, so
 * that a new computer believes the right roster from the first record on.
 */
const sealedCode = (secret: Uint8Array, root: string): Buffer => {
  const plain = Buffer.concat([secret, Buffer.from(root, 'hex')])
  return Buffer.concat([
    plain,
    digest('sha256', Buffer.concat([Buffer.from('postern recovery code'), plain]), 'buffer').subarray(0, 1),
  ])
}

export const recoveryCode = (secret: Uint8Array, root: string): string => toBase32(sealedCode(secret, root))

/** What a recovery code stands for; null when it is none. */
export function recoveryOf(code: string): { secret: Buffer; keys: DeviceKeys; root: string } | null {
  const bytesOfCode = fromBase32(code)
  if (bytesOfCode?.byteLength !== 25) return null
  const secret = Buffer.from(bytesOfCode.subarray(0, 16))
  const root = Buffer.from(bytesOfCode.subarray(16, 24)).toString('hex')
  return sealedCode(secret, root).equals(bytesOfCode) ? { secret, keys: recoveryKeys(secret), root } : null
}

export const recoveryKeys = (secret: Uint8Array): DeviceKeys =>
  new DeviceKeys(Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'postern recovery', 64)))
