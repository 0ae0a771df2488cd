import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fromCbor, noBlob, openBlob, readBlob, sealBlob, signedBy, toCbor } from '../../src-main/crypto/blob'
import { DeviceKeys, newDeviceSecret } from '../../src-main/crypto/device-keys'
import { openRecord, readRecord, sealRecord } from '../../src-main/crypto/roster-record'
import { fromBase32, toBase32 } from '../../src-main/shared/base32'

const device = new DeviceKeys(newDeviceSecret())
const key = randomBytes(32)
const place = { team: 'aa'.repeat(8), seq: 3, previous: noBlob, roster: 1, epoch: 1 }
const body = [[], 1000, [['tag', 'c:x', 0, 0, { tag: 'tagtagtag', on: true }]]]

describe('a sealed blob', () => {
  test('opens with its key and says who wrote it; its size says little', () => {
    const blob = readBlob(sealBlob(device, key, place, body))
    expect(signedBy(blob, device.signKey)).toBe(true)
    expect(blob).toMatchObject({ device: device.id, seq: 3, team: place.team })
    expect(openBlob(blob, key)).toEqual(body)
    for (const size of [0, 10, 200, 1000])
      expect(sealBlob(device, key, place, 'x'.repeat(size)).byteLength % 512).toBe(0)
  })

  test('with any bit changed it is no blob of its device (R60)', () => {
    const sealed = Buffer.from(sealBlob(device, key, place, body))
    for (let at = 0; at < sealed.byteLength; at++) {
      const bent = Buffer.from(sealed)
      bent.writeUInt8(bent.readUInt8(at) ^ (1 << (at & 7)), at)
      let holds = false
      try {
        holds = signedBy(readBlob(bent), device.signKey)
      } catch {
        holds = false
      }
      expect(holds, `byte ${at}`).toBe(false)
    }
  })

  test('another key, a cut end, an inflating bomb and a giant are refused (R60)', () => {
    const sealed = sealBlob(device, key, place, body)
    expect(() => openBlob(readBlob(sealed), randomBytes(32))).toThrow('another key')
    expect(() => readBlob(sealed.subarray(0, 60))).toThrow()
    expect(() => readBlob(new Uint8Array(2 ** 20))).toThrow()
    expect(() => sealBlob(device, key, place, 'x'.repeat(2 * 2 ** 20))).toThrow('too large')
    expect(deflateRawSync(Buffer.alloc(2 ** 20)).byteLength).toBeLessThan(2000)
    expect(() => fromCbor(Buffer.concat([toCbor(1), Buffer.from([0])]))).toThrow()
  })

  test('five events take at most 120 bytes each before filling up', () => {
    const events = Array.from({ length: 5 }, (_, n) => [
      ['status', 'tag', 'assign', 'note', 'snooze'][n],
      randomBytes(16),
      n * 700,
      0,
      [
        { status: 'closed', basis: null },
        { tag: randomBytes(15).toString('base64url'), on: true },
        { to: { member: randomBytes(15).toString('base64url') } },
        { note: randomBytes(15).toString('base64url'), text: 'Called her, wants it before Friday', mentions: [] },
        { until: 1_790_000_000_000, unlessReply: true },
      ][n],
    ])
    const packed = deflateRawSync(toCbor([[[randomBytes(8), 12]], 1_790_000_000_000, events]), { level: 9 }).byteLength
    // Signature, length, header and tag.
    const fixed = 64 + 2 + readBlob(sealBlob(device, key, place, body)).header.byteLength + 16 + 4
    expect((packed + fixed) / 5).toBeLessThanOrEqual(120)
  })
})

describe('a roster record', () => {
  const other = new DeviceKeys(newDeviceSecret())
  const record = sealRecord(
    device,
    { team: place.team, version: 1, previous: noBlob },
    [{ device: device.id, sealKey: device.sealKey }],
    { keys: ['secret'] },
  )

  test('opens for those it is sealed to only, and not with a bit changed (R60)', () => {
    expect(openRecord(readRecord(record), device)).toEqual({ keys: ['secret'] })
    expect(openRecord(readRecord(record), other)).toBe(null)
    for (let at = 0; at < record.byteLength; at += 3) {
      const bent = Buffer.from(record)
      bent.writeUInt8(bent.readUInt8(at) ^ 1, at)
      expect(() => readRecord(bent), `byte ${at}`).toThrow()
    }
  })
})

test('codes survive being read out; a slip is noticed', () => {
  for (let length = 1; length < 40; length++) {
    const bytes = randomBytes(length)
    const code = toBase32(bytes)
    expect(
      Buffer.from(fromBase32(code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')) ?? []),
    ).toEqual(bytes)
  }
  expect(fromBase32('U')).toBe(null)
  expect(fromBase32('!!')).toBe(null)
})
