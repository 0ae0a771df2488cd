import { expect, test } from 'vitest'
import { letGo } from '../../src-main/shared/bytes'

test('memory that was let go does not stay, whichever of its views is named, and how often', () => {
  const whole = new Uint8Array(1024 * 1024)
  const piece = whole.subarray(100, 200)
  letGo(piece)
  letGo(whole)
  expect([whole.byteLength, piece.byteLength, whole.buffer.byteLength]).toEqual([0, 0, 0])
})

test('memory that threads share is never taken from them', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(16))
  letGo(shared)
  expect(shared.byteLength).toBe(16)
})

test('small bytes in the pool of all buffers do not take it with them', () => {
  const small = Buffer.from('a few')
  const other = Buffer.from('others')
  letGo(small)
  expect([String(small), String(other)]).toEqual(['a few', 'others'])
})
