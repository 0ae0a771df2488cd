export type Strength = 'weak' | 'fair' | 'strong'

/** The shortest passphrase that is taken. */
export const shortest = 8

const common =
  /^(?:pass(?:word|phrase|wort)?|qwert[yz]|asdf|letmein|welcome|postern|support|northwind|admin|secret|iloveyou|abc|\d+)/i

/** A rough guess at how hard a passphrase is to find: by length, kinds of letters, repeats and well-known beginnings. */
export function strengthOf(passphrase: string): Strength {
  const text = passphrase.trim()
  const different = new Set(text.toLowerCase()).size
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(text)).length
  const words = text.split(/[\s\-_.,]+/).filter((word) => word.length > 2).length
  let bits = Math.min(text.length, different * 2) * (1.6 + kinds * 0.6) + Math.max(0, words - 1) * 6
  if (common.test(text)) bits /= 2
  return bits < 36 ? 'weak' : bits < 60 ? 'fair' : 'strong'
}
