const conjunction = new Intl.ListFormat('en', { type: 'conjunction' })

/** Names in one phrase: "Ana, Ben and Cy". */
export const listText = (names: readonly string[]): string => conjunction.format(names)

/** What colleagues call a person where the whole name has no room; the whole one is in the label beside it. */
export const firstName = (name: string): string => name.trim().split(/\s+/, 1)[0] ?? ''
