/**
 * Where messages lie once persons have put conversations together or taken them apart: a function of the set of messages and of
 * the decisions that stand, so that every console that has the same of both shows the same, in whatever order they came.
 */

/** A message of such conversations, as far as its headers tie it. */
export interface Letter {
  /** Keyed hash of its Message-ID, as text. */
  readonly key: string
  /** What it has in common with every message of its conversation that names the same. */
  readonly ties: readonly string[]
  /** Keys of the messages that it refers to, oldest first. */
  readonly ancestors: readonly string[]
  readonly date: number
}

/** What stands, in an order in which whoever decided later comes later. Messages are named by their keys. */
export type Decision =
  | { readonly do: 'merge'; readonly from: string; readonly into: string }
  /** Out of the conversation of `from`. `left`: answers to what was taken out that stayed behind all the same. */
  | {
      readonly do: 'split'
      readonly from: string
      readonly messages: readonly string[]
      readonly left: readonly string[]
    }

/** @returns for each key the number of its conversation; numbers mean nothing beyond that */
export function arrange(letters: readonly Letter[], decisions: readonly Decision[]): Map<string, number> {
  const ordered = letters.toSorted((a, b) => a.date - b.date || (a.key < b.key ? -1 : 1))
  const byKey = new Map(ordered.map((letter) => [letter.key, letter]))
  const all = [...byKey.values()]
  const places = byHeaders(all)
  let next = all.length
  const move = (from: number, to: number): void => {
    for (const [key, place] of places) if (place === from) places.set(key, to)
  }
  /** A message that is not here is where the first one is that names it. */
  const placeOf = (key: string): number | undefined =>
    places.get(byKey.has(key) ? key : (all.find(({ ancestors }) => ancestors.includes(key))?.key ?? ''))
  for (const decision of decisions) {
    if (decision.do === 'merge') {
      const [from, into] = [placeOf(decision.from), placeOf(decision.into)]
      if (from !== undefined && into !== undefined && from !== into) move(from, into)
      continue
    }
    const from = placeOf(decision.from)
    const within = all.filter(({ key }) => places.get(key) === from)
    const taken = withAnswers(within, new Set(decision.messages), new Set(decision.left))
    if (taken.size === 0 || taken.size === within.length) continue
    for (const key of taken) places.set(key, next)
    next++
  }
  return places
}

/** Those that were taken out and, of all others, what answers them and was not left behind. */
export function withAnswers(
  within: readonly Letter[],
  named: ReadonlySet<string>,
  left: ReadonlySet<string>,
): Set<string> {
  const byKey = new Map(within.map((letter) => [letter.key, letter]))
  const known = new Map<string, boolean>()
  const goes = (letter: Letter): boolean => {
    const before = known.get(letter.key)
    if (before !== undefined) return before
    // A message that answers itself, over however many others, answers nothing.
    known.set(letter.key, false)
    const nearest = letter.ancestors.findLast((key) => key !== letter.key && byKey.has(key))
    const answered = nearest === undefined ? undefined : byKey.get(nearest)
    const does = named.has(letter.key) || (!left.has(letter.key) && answered !== undefined && goes(answered))
    known.set(letter.key, does)
    return does
  }
  return new Set(within.filter(goes).map(({ key }) => key))
}

function byHeaders(letters: readonly Letter[]): Map<string, number> {
  const parents = letters.map((_, index) => index)
  const rootOf = (index: number): number => {
    let at = index
    for (;;) {
      const parent = parents[at] ?? at
      if (parent === at) return at
      at = parent
    }
  }
  const first = new Map<string, number>()
  for (const [index, { ties }] of letters.entries()) {
    for (const tie of ties) {
      const other = first.get(tie)
      if (other === undefined) first.set(tie, index)
      else {
        const [a, b] = [rootOf(other), rootOf(index)]
        parents[Math.max(a, b)] = Math.min(a, b)
      }
    }
  }
  return new Map(letters.map(({ key }, index) => [key, rootOf(index)]))
}
