import { acts, entryOf, isCommand, keysOf, type Act, type OwnKeys } from './keymap'

/** Why keys cannot be had: `taken` never stands in the way of choosing, it says from whom they are taken. */
export type Refusal =
  /** A key that every list, field and dialog has for itself. */
  | { readonly why: 'reserved' }
  /** Copy, paste and their like, in an act that also works while one writes. */
  | { readonly why: 'editing' }
  /** A letter or sign for an act that must work while one writes. */
  | { readonly why: 'needs-held' }
  /** Keys that cannot be changed are these, or begin with them. */
  | { readonly why: 'fixed'; readonly by: Act }
  /** Other keys begin with these, or these begin with others. */
  | { readonly why: 'begins'; readonly by: Act }

const editing = new Set(['mod+c', 'mod+x', 'mod+v', 'mod+a', 'mod+z', 'mod+y', 'mod+shift+z', 'mod+shift+v'])
/** Of the menu bar of macOS. */
const menuBar = new Set(['mod+,', 'mod+q', 'mod+w', 'mod+h', 'mod+m', 'mod+n', 'alt+mod+h'])

/** A key with a name (Enter, Tab, an arrow ...) that is pressed without Ctrl or Alt, function keys aside. */
const isNamed = (chord: string): boolean => !isCommand(chord) && chord.replace(/^shift\+(?=.)/, '').length > 1

/** Why an act cannot have these keys; null where it can. */
export function refusal(act: Act, keys: string, own: OwnKeys, mac: boolean): Refusal | null {
  const chords = keys.split(' ')
  const inText = entryOf(act).inText
  if (chords.some((chord) => isNamed(chord) || (mac && menuBar.has(chord)))) return { why: 'reserved' }
  if (inText !== false && chords.some((chord) => editing.has(chord))) return { why: 'editing' }
  if (inText === true && !chords.every(isCommand)) return { why: 'needs-held' }
  for (const other of acts) {
    if (other === act) continue
    for (const theirs of keysOf(other, own)) {
      if (theirs === keys && entryOf(other).fixed) return { why: 'fixed', by: other }
      if (theirs.startsWith(`${keys} `) || keys.startsWith(`${theirs} `)) return { why: 'begins', by: other }
    }
  }
  return null
}

/** The act that has these keys already and would lose them. */
export const holderOf = (act: Act, keys: string, own: OwnKeys): Act | null =>
  acts.find((other) => other !== act && keysOf(other, own).includes(keys)) ?? null

const same = (one: readonly string[], other: readonly string[]): boolean => one.join('\n') === other.join('\n')

/** Whether an act has other keys than it came with. */
export const isChanged = (act: Act, own: OwnKeys): boolean => !same(keysOf(act, own), entryOf(act).keys)

/** What was chosen once an act has these keys: whoever had one of them has it no longer. */
export function withKeys(own: OwnKeys, act: Act, keys: readonly string[]): Record<string, string[]> {
  const all = acts.map((one): [Act, string[]] => [
    one,
    one === act ? [...keys] : keysOf(one, own).filter((theirs) => !keys.includes(theirs)),
  ])
  // what the program came with is not kept, so that a later version may better it
  return Object.fromEntries(all.filter(([one, theirs]) => !same(theirs, entryOf(one).keys)))
}
