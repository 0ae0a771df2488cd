/** So many are counted at a glance; of more the number is said. */
export const glance = 5

let made: Intl.ListFormat | undefined
const conjunction = (): Intl.ListFormat => (made ??= new Intl.ListFormat('en', { type: 'conjunction' }))

/** Names in one phrase: "Ana, Ben and Cy". */
export const listText = (names: readonly string[]): string => conjunction().format(names)

/** The same in parts: names and the words between them. */
export const listParts = (names: readonly string[]): readonly { readonly name: boolean; readonly text: string }[] =>
  conjunction()
    .formatToParts(names)
    .map(({ type, value }) => ({ name: type === 'element', text: value }))

/** What colleagues call a person where the whole name has no room; the whole one is in the label beside it. */
export const firstName = (name: string): string => name.trim().split(/\s+/, 1)[0] ?? ''

/** What a person is called among these: the first name, or the whole one where two share the first. */
export function shortName(name: string, among: readonly string[]): string {
  const first = firstName(name)
  return among.some((other) => other !== name && firstName(other).toLowerCase() === first.toLowerCase())
    ? name.trim()
    : first
}
