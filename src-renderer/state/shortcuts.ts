import { useLayoutEffect, useRef } from 'react'
import { create } from 'zustand'
import { chordsOf, entryOf, isCommand, isMac, keysOf, onlyLetters, sequenceMs, type Act, type OwnKeys } from './keymap'

export interface Shortcut {
  /** What it is in the keymap, which has its keys and its words. */
  act: Act
  /** Return false when it does not apply just now: then the key goes on to the one that was registered before. */
  run: (event: KeyboardEvent) => void | boolean
  /** Not offered in the palette: there is nothing to do with it just now. */
  hidden?: boolean
}

/** What can be done just now. Apart from the keys, which every hint on screen listens to. */
export const useActsNow = create<readonly Shortcut[]>()(() => [])

interface Keys {
  /** Whether letters and signs alone act. */
  letters: boolean
  /** The keys that the person chose. */
  own: OwnKeys
}

export const useKeys = create<Keys>()(() => ({ letters: true, own: {} }))

/** What is pressed for an act just now, for a hint beside it; undefined where no key does it. */
export function hintOf(act: Act, { own, letters }: Keys): string | undefined {
  return keysOf(act, own).find((keys) => letters || !onlyLetters(keys))
}

export const useHint = (act: Act | undefined): string | undefined =>
  useKeys((keys) => (act === undefined ? undefined : hintOf(act, keys)))

/** Does an act as its key would. */
export function runAct(act: Act): void {
  const event = new KeyboardEvent('keydown')
  for (const one of useActsNow.getState().toReversed()) if (one.act === act && one.run(event) !== false) return
}

/** True when typing goes into this element. */
export function isTextField(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
}

let begun: { chord: string; at: number } | null = null

/** Finds what a key press runs. Exported for tests; the window listens through `startShortcuts`. */
export function matching(
  shortcuts: readonly Shortcut[],
  { letters, own }: Keys,
  chord: string,
  before: string | null,
  inText: boolean,
): { found: Shortcut[]; begins: boolean } {
  const usable = shortcuts.flatMap((shortcut) =>
    keysOf(shortcut.act, own)
      .filter(
        (keys) => (letters || !onlyLetters(keys)) && (!inText || (entryOf(shortcut.act).inText ?? isCommand(keys))),
      )
      .map((keys) => ({ shortcut, keys })),
  )
  const wanted = before === null ? chord : `${before} ${chord}`
  const found = usable.filter(({ keys }) => keys === wanted).map(({ shortcut }) => shortcut)
  return { found: found.reverse(), begins: before === null && usable.some(({ keys }) => keys.startsWith(`${chord} `)) }
}

/** What can be done over an open layer: not what would be done to a list or conversation behind it, whatever keys a person chose. */
export const overLayers = (shortcuts: readonly Shortcut[]): readonly Shortcut[] =>
  shortcuts.filter(({ act }) => !['list', 'conversation', 'go'].includes(entryOf(act).group))

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return
  // a dialog, menu or palette that is open has the keys for itself
  const layer =
    event.target instanceof Element ? event.target.closest('[role="dialog"], [role="menu"], [role="listbox"]') : null
  // what is left to a field there is left to a layer too: it would reach what lies behind, unseen
  const inText = layer !== null || isTextField(event.target)
  const before = begun && performance.now() - begun.at < sequenceMs ? begun.chord : null
  begun = null
  for (const chord of chordsOf(event, isMac())) {
    if (layer && !chord.startsWith('mod+')) continue
    const { found, begins } = matching(
      layer ? overLayers(useActsNow.getState()) : useActsNow.getState(),
      useKeys.getState(),
      chord,
      before,
      inText,
    )
    for (const shortcut of found) {
      if (shortcut.run(event) === false) continue
      event.preventDefault()
      return
    }
    if (begins) {
      begun = { chord, at: performance.now() }
      return
    }
  }
}

/** Begins to listen for keys in the window. Answers with the function that stops it. */
export function startShortcuts(): () => void {
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

/** What stands in the place of some neighbours; at the end, where there were none. Exported for tests. */
export function replaced<T>(all: readonly T[], before: readonly T[], after: readonly T[]): T[] {
  const at = all.findIndex((one) => before.includes(one))
  return at === -1 ? [...all, ...after] : all.toSpliced(at, before.length, ...after)
}

/**
 * Registers what acts do while the component is there, with its picture: a key finds what is on screen. `run` may change with
 * every render without cost. Where two components have the same act, the one that came later goes first, also when the other
 * changes its acts meanwhile.
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const current = useRef(shortcuts)
  const registered = useRef<readonly Shortcut[]>([])
  const register = (mine: readonly Shortcut[]): void => {
    const before = registered.current
    registered.current = mine
    useActsNow.setState((all) => replaced(all, before, mine), true)
  }
  useLayoutEffect(() => {
    current.current = shortcuts
  })
  const shape = shortcuts.map(({ act, hidden = false }) => `${act} ${hidden}`).join('|')
  useLayoutEffect(
    () =>
      register(
        current.current.map((shortcut, index) => ({
          ...shortcut,
          run: (event: KeyboardEvent) => current.current[index]?.run(event),
        })),
      ),
    [shape],
  )
  useLayoutEffect(() => () => register([]), [])
}
