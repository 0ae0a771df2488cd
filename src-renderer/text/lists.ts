const conjunction = new Intl.ListFormat('en', { type: 'conjunction' })

/** Names in one phrase: "Ana, Ben and Cy". */
export const listText = (names: readonly string[]): string => conjunction.format(names)
