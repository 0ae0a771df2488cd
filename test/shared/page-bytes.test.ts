import { expect, test } from 'vitest'
import { packPage, unpackPage } from '../../src-main/shared/page-bytes'
import { parsed } from '../store/helpers'

const item = (n: number) => ({ uid: n, message: parsed({ from: `a${n}@x.test`, id: `${n}@x`, text: `bell ${n}` }) })

/** With the bytes as text, in one order. */
const plain = ({ uid, message: { contentHash, body, source, words, ...rest } }: ReturnType<typeof item>) => [
  uid,
  rest,
  [contentHash, body, source, words].map((bytes) => bytes && Buffer.from(bytes).toString('hex')),
]

test('no byte of a message is another one after its way to the store, whichever buffers they lie in', () => {
  const items = [1, 2, 3].map(item)
  const page = unpackPage({ ...structuredClone(packPage(items)), folderId: 7 })
  expect(page.folderId).toBe(7)
  expect(JSON.stringify(page.items.map(plain))).toBe(JSON.stringify(items.map(plain)))
})

test('what many messages share goes once', () => {
  const whole = new Uint8Array(100).map((_, n) => n)
  const items = [0, 10, 20].map((at) => ({
    message: { ...item(1).message, contentHash: whole.subarray(at, at + 4), body: whole.subarray(at + 4, at + 10) },
  }))
  const plain = items.map(({ message: { words: _, ...message } }) => ({ message: { ...message, source: null } }))
  const packed = packPage(plain)
  expect(packed.buffers).toEqual([whole.buffer])
  expect(unpackPage(packed).items.map(({ message }) => [...message.body])).toEqual(
    [4, 14, 24].map((from) => [0, 1, 2, 3, 4, 5].map((n) => from + n)),
  )
})

test('bytes that lie outside what was sent are refused', () => {
  const { items, buffers } = packPage([item(1)])
  for (const body of [
    [99, 0, 1],
    [0, 0, 1e9],
    [0, 1e9, 1],
  ] satisfies [number, number, number][])
    expect(() =>
      unpackPage({ items: items.map((one) => ({ ...one, message: { ...one.message, body } })), buffers }),
    ).toThrow(expect.objectContaining({ code: 'invalid-input' }))
})
