/** Whom a note names with an @: decided here once, for the composer that shows it and for the store that tells them. */

export interface Nameable {
  readonly id: string
  readonly name: string
}

export interface Mention {
  /** Place of the @, and the end of what names somebody. */
  readonly from: number
  readonly to: number
  /** More than one: the name alone does not say who. Those who share their whole name are all meant. */
  readonly people: readonly Nameable[]
  readonly sure: boolean
}

const firstOf = (name: string): string => name.trim().split(/\s+/, 1)[0] ?? ''
const fold = (text: string): string => text.toLocaleLowerCase()
/** An address has letters before its @. */
const at = /(?<![\p{L}\p{N}.@_%+-])@/gu
const goesOn = /^[\p{L}\p{M}\p{N}]/u

/** Those of `named` whose name stands at the beginning of the text as whole words; the longest names win. */
function longest(text: string, named: readonly { readonly one: Nameable; readonly by: string }[]) {
  const fits = named.filter(
    ({ by }) => by !== '' && fold(text.slice(0, by.length)) === fold(by) && !goesOn.test(text.slice(by.length)),
  )
  const length = Math.max(0, ...fits.map(({ by }) => by.length))
  return { length, people: fits.filter(({ by }) => by.length === length).map(({ one }) => one) }
}

/** Mentions of a text: by the whole name of a person or group, or by a person's first name. Any text, any names. */
export function mentionsIn(text: string, people: readonly Nameable[]): Mention[] {
  return [...text.matchAll(at)].flatMap(({ index }): Mention[] => {
    const after = text.slice(index + 1, index + 202)
    const whole = longest(
      after,
      people.map((one) => ({ one, by: one.name.trim() })),
    )
    if (whole.length > 0) return [{ from: index, to: index + 1 + whole.length, people: whole.people, sure: true }]
    const first = longest(
      after,
      people.filter(({ id }) => !id.startsWith('g:')).map((one) => ({ one, by: firstOf(one.name) })),
    )
    return first.length === 0
      ? []
      : [{ from: index, to: index + 1 + first.length, people: first.people, sure: first.people.length === 1 }]
  })
}

/**
 * The text with whole names in the place of first names that can mean one person only, so that it still says who was meant
 * when somebody of the same name joins later; and whom it mentions.
 */
export function settleMentions(text: string, people: readonly Nameable[]): { text: string; ids: string[] } {
  const found = mentionsIn(text, people).filter(({ sure }) => sure)
  let settled = text
  for (const {
    from,
    to,
    people: [one],
  } of found.toReversed())
    if (one) settled = `${settled.slice(0, from + 1)}${one.name.trim()}${settled.slice(to)}`
  return { text: settled, ids: [...new Set(found.flatMap((mention) => mention.people.map(({ id }) => id)))] }
}
