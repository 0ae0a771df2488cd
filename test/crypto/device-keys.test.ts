import { describe, expect, test } from 'vitest'
import {
  checkNumbers,
  DeviceKeys,
  deviceIdOf,
  newDeviceSecret,
  sealTo,
  verifyBy,
} from '../../src-main/crypto/device-keys'

const bytes = Buffer.from('the bell does not ring')

describe('device keys', () => {
  test('a signature does not pass for other bytes, another purpose or another device (R60)', () => {
    const [ana, ben] = [new DeviceKeys(newDeviceSecret()), new DeviceKeys(newDeviceSecret())]
    const signature = ana.sign('blob', bytes)
    expect(verifyBy(ana.signKey, 'blob', bytes, signature)).toBe(true)
    expect(verifyBy(ben.signKey, 'blob', bytes, signature)).toBe(false)
    expect(verifyBy(ana.signKey, 'roster', bytes, signature)).toBe(false)
    expect(verifyBy(ana.signKey, 'blob', Buffer.concat([bytes, Buffer.from([0])]), signature)).toBe(false)
    for (let bit = 0; bit < 512; bit += 13) {
      const bent = Buffer.from(signature)
      bent.writeUInt8(bent.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(verifyBy(ana.signKey, 'blob', bytes, bent)).toBe(false)
    }
    for (const broken of [Buffer.alloc(0), Buffer.alloc(64), signature.subarray(1)])
      expect(verifyBy(ana.signKey, 'blob', bytes, broken)).toBe(false)
    expect(verifyBy(Buffer.alloc(3), 'blob', bytes, signature)).toBe(false)
  })

  test('what is sealed to one device opens on no other and not after a change (R60)', () => {
    const [ana, ben] = [new DeviceKeys(newDeviceSecret()), new DeviceKeys(newDeviceSecret())]
    const sealed = sealTo(ana.sealKey, bytes, 'team key')
    expect(ana.open(sealed, 'team key')).toEqual(bytes)
    expect(() => ben.open(sealed, 'team key')).toThrow()
    expect(() => ana.open(sealed, 'other use')).toThrow()
    for (let at = 0; at < sealed.length; at++) {
      const bent = Buffer.from(sealed)
      bent.writeUInt8(bent.readUInt8(at) ^ 1, at)
      expect(() => ana.open(bent, 'team key')).toThrow()
    }
    expect(() => ana.open(sealed.subarray(0, 20), 'team key')).toThrow()
  })

  test('the same secret is the same device; its name hangs on its signing key', () => {
    const secret = newDeviceSecret()
    const [one, two] = [new DeviceKeys(secret), new DeviceKeys(secret)]
    expect(one.id).toBe(two.id)
    expect(one.id).toBe(deviceIdOf(two.signKey))
    expect(one.id).toMatch(/^[0-9a-f]{16}$/)
    expect(two.sealKey).toEqual(one.sealKey)
    expect(new DeviceKeys(newDeviceSecret()).id).not.toBe(one.id)
    expect(() => new DeviceKeys(secret.subarray(1))).toThrow()
  })

  test('check numbers are the same on both sides and other for other keys; parts cannot be shifted', () => {
    const [a, b] = [Buffer.from('aaaa'), Buffer.from('bb')]
    expect(checkNumbers(a, b)).toEqual(checkNumbers(Buffer.from(a), Buffer.from(b)))
    expect(checkNumbers(a, b)).not.toEqual(checkNumbers(Buffer.from('aaaab'), Buffer.from('b')))
  })
})
