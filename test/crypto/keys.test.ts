import { describe, expect, it } from 'vitest'
import { open, seal, subkey } from '../../src-main/crypto/envelopes'
import { newKey, unwrapKey, wrapKey } from '../../src-main/crypto/keys'

describe('envelopes', () => {
  const key = newKey()

  it('a sealed value does not open with one bit changed, another key or in another place', () => {
    const sealed = seal(key, Buffer.from('the secret'), 'here')
    expect(open(key, sealed, 'here').toString()).toBe('the secret')
    for (let at = 0; at < sealed.length; at++) {
      const flipped = Buffer.from(sealed)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      expect(() => open(key, flipped, 'here')).toThrow('sealed value does not open')
    }
    expect(() => open(newKey(), sealed, 'here')).toThrow()
    expect(() => open(key, sealed, 'there')).toThrow()
    expect(() => open(key, sealed.subarray(0, 5), 'here')).toThrow()
  })

  it('two values sealed alike do not look alike', () => {
    expect(seal(key, Buffer.from('same'), 'x').equals(seal(key, Buffer.from('same'), 'x'))).toBe(false)
  })

  it('keys for two purposes are not the same', () => {
    expect(subkey(key, 'a').equals(subkey(key, 'b'))).toBe(false)
    expect(subkey(key, 'a').equals(subkey(key, 'a'))).toBe(true)
  })
})

describe('a key under a passphrase', () => {
  it('does not open with another passphrase, and does with the same letters composed otherwise', async () => {
    const key = newKey()
    const wrapped = await wrapKey(key, 'caf\u00e9 at noon')
    expect((await unwrapKey(wrapped, 'cafe\u0301 at noon')).equals(key)).toBe(true)
    await expect(unwrapKey(wrapped, 'cafe at noon')).rejects.toMatchObject({ code: 'wrong-passphrase' })
  })

  it('does not show the key in what is kept (R53)', async () => {
    const key = newKey()
    const kept = JSON.stringify(await wrapKey(key, 'a passphrase'))
    expect(kept).not.toContain(key.toString('base64').slice(0, 12))
    expect(kept).not.toContain('a passphrase')
  })
})
