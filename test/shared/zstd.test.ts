import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { packed } from '../../src-main/shared/zstd'

const alone = (plain: Uint8Array) =>
  zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 }, pledgedSrcSize: plain.byteLength })

test('a message does not show in the frame of the next one, whatever their sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }), (messages) => {
      for (const message of messages) {
        const frame = packed(message)
        expect(zstdDecompressSync(frame).equals(message)).toBe(true)
        expect(Buffer.compare(frame, alone(message))).toBe(0)
      }
    }),
  )
  for (const size of [0, 1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 3_000_000]) {
    const noise = Buffer.from(Array.from({ length: size }, (_, at) => Math.imul(at, 2_654_435_761) >>> 24))
    for (const message of [noise, Buffer.alloc(size, 'mail ')]) {
      expect(zstdDecompressSync(packed(message)).equals(message)).toBe(true)
    }
  }
})

test('a frame does not change when the next one is made', () => {
  const frames = ['first', 'second', 'third'].map((word) => packed(Buffer.from(word.repeat(300))))
  expect(frames.map((frame) => zstdDecompressSync(frame).toString('utf8', 0, 5))).toEqual(['first', 'secon', 'third'])
})

test('messages do not each take a context of their own', () => {
  // What stands behind Node's stream is no part of what it promises: without it a sync takes a twentieth longer, and nobody would know.
  const stream = createZstdCompress()
  expect(Reflect.get(stream, '_handle')).toHaveProperty('writeSync')
  expect(Reflect.get(stream, '_writeState')).toBeInstanceOf(Uint32Array)
  stream.destroy()
})
