import { expect, test } from 'vitest'
import { gathered, letGo, taken } from '../../src-main/shared/bytes'

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

test('no piece of what is gathered is cut in two, another one, or alone in memory made for many', () => {
  const sizes = [0, 10, 29_990, 0, 1, 70_000, 5, 0, 29_000, 2_000]
  const pieces = sizes.map((size, n) => new Uint8Array(size).fill(n))
  const buffers = gathered([null, ...pieces, undefined])
  expect(buffers.map(({ byteLength }) => byteLength)).toEqual([30_000, 1, 70_000, 29_005, 2_000])
  const take = taken(buffers)
  expect(sizes.map((size) => [...take(size)])).toEqual(pieces.map((piece) => [...piece]))
  expect(gathered([])).toEqual([])
  expect(taken([])(0).byteLength).toBe(0)
})
