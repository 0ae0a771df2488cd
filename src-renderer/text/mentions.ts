/** A mention that is being typed: where its @ stands and what follows it up to the caret. */
export interface Mention {
  readonly from: number
  readonly to: number
  readonly typed: string
}

/** The mention at the caret: an @ at the beginning of a word, with at most three words behind it. */
export function findMention(text: string, caret: number): Mention | null {
  const before = text.slice(0, caret)
  const from = before.lastIndexOf('@')
  if (from < 0 || (from > 0 && !/[\s(]/.test(before.charAt(from - 1)))) return null
  const typed = before.slice(from + 1)
  return /^[^\n@]{0,60}$/.test(typed) && typed.split(' ').length <= 3 ? { from, to: caret, typed } : null
}

/** Puts the name in the place of what was typed, with a space behind it. */
export function putMention(
  text: string,
  { from, to }: Pick<Mention, 'from' | 'to'>,
  name: string,
): { text: string; caret: number } {
  const put = `@${name} `
  return { text: text.slice(0, from) + put + text.slice(to).replace(/^ /, ''), caret: from + put.length }
}

/** A note in parts: every second part (index 1, 3, ...) is a mention of one of these names. */
export function markMentions(text: string, names: readonly string[]): string[] {
  const known = names
    .filter((name) => name.trim() !== '')
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return known.length === 0
    ? [text]
    : text.split(new RegExp(`(?<![\\p{L}\\p{N}])(@(?:${known.join('|')}))(?![\\p{L}\\p{N}])`, 'u'))
}
