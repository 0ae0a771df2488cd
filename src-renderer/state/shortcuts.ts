import { useEffect, useLayoutEffect, useRef } from 'react'
import { create } from 'zustand'

/** Where a shortcut is explained in the list of all shortcuts. */
export type ShortcutGroup = 'everywhere' | 'go' | 'list' | 'conversation' | 'composer' | 'program'

export interface Shortcut {
  /** Stable name, e.g. `conversation.reply`; the same id registered later wins while both are there. */
  id: string
  /**
   * `mod+k` (Ctrl, or Command on a Mac), `shift+ArrowDown`, `e`, `?`, or a sequence `g i`. Letters alone fire only outside
   * text fields and only when the person has not turned them off.
   */
  keys: string
  group: ShortcutGroup
  /** What it does, for the list of shortcuts and the command palette. */
  label: string
  /** Return false when it does not apply just now: then the key goes on to the next one. */
  run: (event: KeyboardEvent) => void | boolean
  /** Also while a text field has focus (only sensible with Ctrl or a function key). Default: true for those, false for others. */
  inText?: boolean
  /** Listed but not offered in the palette: moving keys, and what there is nothing to do with just now. */
  hidden?: boolean
}

interface State {
  shortcuts: readonly Shortcut[]
  letters: boolean
  setLetters(on: boolean): void
}

export const useShortcutStore = create<State>()((set) => ({
  shortcuts: [],
  letters: true,
  setLetters: (letters) => set({ letters }),
}))

const isMac = () => document.documentElement.dataset['os'] === 'mac'

const macNames: Record<string, string> = { mod: '⌘', shift: '⇧', alt: '⌥', ctrl: '⌃' }
const otherNames: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', ctrl: 'Ctrl' }
const keyNames: Record<string, string> = {
  enter: '↵',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  tab: '⇥',
  space: '␣',
}

/** The keycaps of a shortcut: one text per key pressed in turn. */
export function keyLabels(keys: string, mac: boolean = isMac()): string[] {
  return keys.split(' ').map((chord) => {
    // the last key may be the plus itself
    const parts = chord
      .split(/\+(?=.)/)
      .map(
        (part) =>
          (mac ? macNames : otherNames)[part] ??
          keyNames[part.toLowerCase()] ??
          (part.length === 1 ? part.toUpperCase() : part),
      )
    return parts.join(mac ? '' : ' ')
  })
}

/** The chord of a key press as it is written in `keys`. */
export function chordOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  mac: boolean,
): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const mod = mac ? event.metaKey : event.ctrlKey
  const named = event.key.length > 1 || /\p{L}|\p{N}/u.test(key) || key === '\\'
  return `${mod ? 'mod+' : ''}${mac && event.ctrlKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${event.shiftKey && named ? 'shift+' : ''}${key}`
}

/** True when typing goes into this element. */
export function isTextField(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
}

const sequenceMs = 1200
let begun: { chord: string; at: number } | null = null

function isLetter(keys: string): boolean {
  return keys.split(' ').every((chord) => chord.length === 1)
}

/** Finds what a key press runs. Exported for tests; the window listens through `startShortcuts`. */
export function matching(
  shortcuts: readonly Shortcut[],
  chord: string,
  before: string | null,
  inText: boolean,
  letters: boolean,
): { found: Shortcut[]; begins: boolean } {
  const usable = shortcuts.filter((shortcut) => {
    if (isLetter(shortcut.keys) && !letters) return false
    if (!inText) return true
    return shortcut.inText ?? /^(mod|alt|ctrl)\+|^F\d/.test(shortcut.keys)
  })
  const wanted = before === null ? chord : `${before} ${chord}`
  const found = usable.filter((shortcut) => shortcut.keys === wanted).reverse()
  return { found, begins: before === null && usable.some((shortcut) => shortcut.keys.startsWith(`${chord} `)) }
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return
  const { shortcuts, letters } = useShortcutStore.getState()
  // a dialog, menu or palette that is open has the keys for itself
  const layer =
    event.target instanceof Element ? event.target.closest('[role="dialog"], [role="menu"], [role="listbox"]') : null
  const chord = chordOf(event, isMac())
  const before = begun && performance.now() - begun.at < sequenceMs ? begun.chord : null
  begun = null
  if (layer && !chord.startsWith('mod+')) return
  const inText = isTextField(event.target)
  const { found, begins } = matching(shortcuts, chord, before, inText, letters)
  for (const shortcut of found) {
    if (shortcut.run(event) === false) continue
    event.preventDefault()
    return
  }
  if (begins) begun = { chord, at: performance.now() }
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
 * Registers shortcuts while the component is there. `run` may change with every render without cost. Where two components have
 * the same key, the one that came later goes first, also when the other changes its keys meanwhile.
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const current = useRef(shortcuts)
  const registered = useRef<readonly Shortcut[]>([])
  // Before the picture, so that no key finds what the last one showed.
  useLayoutEffect(() => {
    current.current = shortcuts
  })
  const shape = shortcuts.map(({ id, keys, hidden = false }) => `${id} ${keys} ${hidden}`).join('|')
  useEffect(() => {
    const mine = current.current.map((shortcut, index) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => current.current[index]?.run(event),
    }))
    const before = registered.current
    registered.current = mine
    useShortcutStore.setState(({ shortcuts }) => ({ shortcuts: replaced(shortcuts, before, mine) }))
  }, [shape])
  useEffect(
    () => () => {
      const mine = registered.current
      registered.current = []
      useShortcutStore.setState(({ shortcuts }) => ({ shortcuts: replaced(shortcuts, mine, []) }))
    },
    [],
  )
}
