import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { packMessage, unpackSource, unpackView } from '../../src-main/shared/message-body'

describe('a kept message', () => {
  it('does not lose or change a byte of its source or view', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 5000 }),
        fc.string({ unit: 'binary' }),
        fc.option(fc.string()),
        (raw, text, html) => {
          const view = {
            text: text.toWellFormed(),
            html: html?.toWellFormed() ?? null,
            textSuffices: html === null,
            cut: false,
          }
          const { body, source } = packMessage(view, raw)
          expect(unpackView(body)).toEqual(view)
          expect(Buffer.from(unpackSource(body, source)).equals(Buffer.from(raw))).toBe(true)
        },
      ),
    )
  })

  it('does not unpack 30 MB to show a line', () => {
    const raw = new Uint8Array(30 * 1024 * 1024).fill(65)
    const view = { text: 'short', html: null, textSuffices: true, cut: false }
    const { body, source } = packMessage(view, raw)
    expect(body.byteLength).toBeLessThan(300)
    expect(unpackView(body)).toEqual(view)
    expect(unpackSource(body, source).byteLength).toBe(raw.byteLength)
  })

  it('that is damaged is refused, not shown as something else', () => {
    expect(() => unpackView(Buffer.from('not packed'))).toThrow()
  })
})
