const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Crockford's base 32: no letter that looks like a digit. In groups of five, so that a person can read it out. */
export function toBase32(bytes: Uint8Array): string {
  let [bits, held, text] = [0, 0, '']
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += letters[(held >> bits) & 31]
    }
  }
  if (bits > 0) text += letters[(held << (5 - bits)) & 31]
  return text.replace(/(.{5})(?=.)/g, '$1-')
}

/** Takes small letters, spaces, hyphens, and O, I and L for the digits they look like; null for anything else. */
export function fromBase32(text: string): Uint8Array | null {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  const bytes: number[] = []
  let [bits, held] = [0, 0]
  for (const letter of plain) {
    const value = letters.indexOf(letter)
    if (value < 0) return null
    held = ((held << 5) | value) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  // What is left over must be the zeros that were filled in: a slip in the last letter is a slip too.
  return (held & ((1 << bits) - 1)) === 0 ? Uint8Array.from(bytes) : null
}
