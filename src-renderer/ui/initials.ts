const hues = ['clay', 'ochre', 'moss', 'teal', 'sky', 'iris', 'plum', 'stone'] as const

/** One of the eight hues, always the same one for the same text (FNV-1a, case and outer space ignored). */
export function hueOf(text: string): (typeof hues)[number] {
  let hash = 0x811c9dc5
  for (const char of text.trim().toLowerCase()) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hues[hash % hues.length] ?? 'stone'
}

/** Up to two letters of a name: first and last word, or of an address before its @. `?` when there is no letter. */
export function initialsOf(name: string): string {
  const words = (name.includes('@') ? (name.split('@')[0] ?? '') : name).match(/[\p{L}\p{N}]+/gu) ?? []
  const first = words[0]
  if (!first) return '?'
  const last = words.length > 1 ? words[words.length - 1] : undefined
  const letters = [first, last].map((word) => (word ? (Array.from(word)[0] ?? '') : ''))
  return letters.join('').toLocaleUpperCase() || '?'
}
