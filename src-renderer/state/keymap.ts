/** Where a shortcut is explained: the place whose work it does. */
export type ShortcutGroup = 'everywhere' | 'go' | 'list' | 'conversation' | 'composer' | 'program'

interface Entry {
  /**
   * What to press as long as the person chose nothing else: `mod+k` (Ctrl, or Command on a Mac), `shift+ArrowDown`, `e`, `?`, or
   * a sequence `g i`. An act may have several.
   */
  readonly keys: readonly string[]
  readonly group: ShortcutGroup
  /** Key of its words, for the list of shortcuts and the command palette. */
  readonly label: string
  /** Also while a text field has focus. Default: yes with Ctrl, Alt or a function key, no without. */
  readonly inText?: boolean
  /** Its keys cannot be changed: the system's own, those of every list, those of every editor of text. */
  readonly fixed?: true
  /** Not offered in the palette: moving keys. */
  readonly moves?: true
}

/** Every act that has a key. Components say what an act does while they are there (`useShortcuts`). */
export const keymap = {
  palette: { keys: ['mod+k'], group: 'everywhere', label: 'common:shortcuts.palette', moves: true },
  search: { keys: ['/'], group: 'everywhere', label: 'common:shortcuts.search' },
  help: { keys: ['?'], group: 'everywhere', label: 'common:shortcuts.help' },
  new: { keys: ['c'], group: 'everywhere', label: 'common:shortcuts.newConversation' },
  undo: { keys: ['mod+z'], group: 'everywhere', label: 'common:shortcuts.undo', inText: false },
  nextPane: { keys: ['F6'], group: 'everywhere', label: 'common:shortcuts.nextPane', moves: true },
  previousPane: {
    keys: ['shift+F6'],
    group: 'everywhere',
    label: 'common:shortcuts.previousPane',
    inText: true,
    moves: true,
  },
  sidebar: { keys: ['mod+\\'], group: 'everywhere', label: 'common:shortcuts.sidebar' },
  profile: { keys: ['p'], group: 'everywhere', label: 'common:shortcuts.profile' },
  back: { keys: ['alt+ArrowLeft'], group: 'everywhere', label: 'common:shortcuts.back', inText: false },
  forward: { keys: ['alt+ArrowRight'], group: 'everywhere', label: 'common:shortcuts.forward', inText: false },
  escape: {
    keys: ['Escape'],
    group: 'everywhere',
    label: 'common:shortcuts.layerUp',
    inText: true,
    fixed: true,
    moves: true,
  },

  'go.inbox': { keys: ['g i'], group: 'go', label: 'common:nav.inbox' },
  'go.unassigned': { keys: ['g u'], group: 'go', label: 'common:nav.unassigned' },
  'go.mine': { keys: ['g m'], group: 'go', label: 'common:nav.mine' },
  'go.assigned': { keys: ['g a'], group: 'go', label: 'common:nav.assigned' },
  'go.snoozed': { keys: ['g z'], group: 'go', label: 'common:nav.snoozed' },
  'go.pending': { keys: ['g p'], group: 'go', label: 'common:nav.pending' },
  'go.drafts': { keys: ['g d'], group: 'go', label: 'common:nav.drafts' },
  'go.outbox': { keys: ['g o'], group: 'go', label: 'common:nav.outbox' },
  'go.closed': { keys: ['g c'], group: 'go', label: 'common:nav.closed' },
  'go.mentions': { keys: ['g n'], group: 'go', label: 'common:nav.mentions' },
  'go.followed': { keys: ['g f'], group: 'go', label: 'common:nav.followed' },
  'go.spam': { keys: ['g j'], group: 'go', label: 'common:nav.spam' },
  'go.groups': { keys: ['g g'], group: 'go', label: 'common:nav.groups' },
  'go.privacy': { keys: ['g y'], group: 'go', label: 'common:nav.privacy' },
  'go.transfers': { keys: ['g t'], group: 'go', label: 'transfers:title' },
  'go.support': { keys: ['g h'], group: 'go', label: 'reports:contact.command' },
  'go.settings': { keys: ['g s'], group: 'go', label: 'common:nav.settings' },

  next: { keys: ['j'], group: 'list', label: 'inbox:keys.next', moves: true },
  previous: { keys: ['k'], group: 'list', label: 'inbox:keys.previous', moves: true },
  nextRow: { keys: ['ArrowDown'], group: 'list', label: 'inbox:keys.nextRow', fixed: true, moves: true },
  previousRow: { keys: ['ArrowUp'], group: 'list', label: 'inbox:keys.previousRow', fixed: true, moves: true },
  open: { keys: ['Enter'], group: 'list', label: 'inbox:keys.open', fixed: true, moves: true },
  pick: { keys: ['x'], group: 'list', label: 'inbox:keys.pick', moves: true },
  // the grid itself moves with Shift and arrows, and the system has its own key for a menu
  extendDown: { keys: ['shift+ArrowDown'], group: 'list', label: 'inbox:keys.extendDown', fixed: true, moves: true },
  extendUp: { keys: ['shift+ArrowUp'], group: 'list', label: 'inbox:keys.extendUp', fixed: true, moves: true },
  pickAll: { keys: ['mod+a'], group: 'list', label: 'inbox:keys.pickAll', inText: false },
  menu: { keys: ['shift+F10'], group: 'list', label: 'inbox:keys.menu', fixed: true, moves: true },

  reply: { keys: ['r'], group: 'conversation', label: 'conversation:keys.reply' },
  replyAll: { keys: ['shift+r'], group: 'conversation', label: 'conversation:keys.replyAll' },
  forwardMessage: { keys: ['f'], group: 'conversation', label: 'conversation:keys.forward' },
  note: { keys: ['n'], group: 'conversation', label: 'work:keys.note' },
  closeOrOpen: { keys: ['e'], group: 'conversation', label: 'inbox:keys.closeOrOpen' },
  assign: { keys: ['a'], group: 'conversation', label: 'work:keys.assign' },
  toMe: { keys: ['i'], group: 'conversation', label: 'work:keys.toMe' },
  tag: { keys: ['t'], group: 'conversation', label: 'work:keys.tag' },
  label: { keys: ['l'], group: 'conversation', label: 'labels:keys.label' },
  snooze: { keys: ['z'], group: 'conversation', label: 'work:keys.snooze' },
  follow: { keys: ['shift+f'], group: 'conversation', label: 'work:keys.follow' },
  merge: { keys: ['m'], group: 'conversation', label: 'threads:keys.merge' },
  split: { keys: ['shift+m'], group: 'conversation', label: 'threads:keys.split' },

  send: { keys: ['mod+Enter'], group: 'composer', label: 'composer:send.keyDefault', inText: true },
  sendOpen: { keys: ['mod+shift+Enter'], group: 'composer', label: 'composer:send.keyOpen', inText: true },
  // the editor of text has these for itself
  bold: { keys: ['mod+b'], group: 'composer', label: 'composer:bold', fixed: true, moves: true },
  italic: { keys: ['mod+i'], group: 'composer', label: 'composer:italic', fixed: true, moves: true },

  lock: { keys: ['mod+shift+l'], group: 'program', label: 'common:shortcuts.lock', inText: true },
  // the plus with and without Shift
  textLarger: { keys: ['mod++', 'mod+='], group: 'program', label: 'common:shortcuts.textLarger', inText: true },
  textSmaller: { keys: ['mod+-'], group: 'program', label: 'common:shortcuts.textSmaller', inText: true },
  textUsual: { keys: ['mod+0'], group: 'program', label: 'common:shortcuts.textUsual', inText: true },
} as const satisfies Record<string, Entry>

/** An act that has a key. */
export type Act = keyof typeof keymap

export const isAct = (name: string): name is Act => Object.hasOwn(keymap, name)

/** All acts, in the order of their list. */
export const acts: readonly Act[] = Object.keys(keymap).filter(isAct)

export const entryOf = (act: Act): Entry & (typeof keymap)[Act] => keymap[act]

/** The keys that a person chose, by act; an empty list where the act is to have none. */
export type OwnKeys = Readonly<Record<string, readonly string[]>>

/** What to press for an act. */
export const keysOf = (act: Act, own: OwnKeys): readonly string[] => own[act] ?? keymap[act].keys

/** Whether two choices of keys are one. */
export const sameKeys = (one: OwnKeys, other: OwnKeys): boolean => JSON.stringify(one) === JSON.stringify(other)

/** For the menu bar: the first key of each act. */
export const menuKeys = (own: OwnKeys): Record<string, string> =>
  Object.fromEntries(acts.map((act) => [act, keysOf(act, own)[0] ?? '']))

/** Held keys of a chord that make of it more than a letter or sign; Shift does not. */
const held = /^(mod|alt|ctrl)\+./

/** Whether a chord can be pressed while one writes, without writing something. */
export const isCommand = (chord: string): boolean => held.test(chord) || /^(shift\+)?F\d/.test(chord)

/** Whether keys are letters and signs only, which a person may turn off. */
export const onlyLetters = (keys: string): boolean =>
  keys.split(' ').every((chord) => chord.replace(/^shift\+(?=.)/, '').length === 1)

/** How long the second key of a sequence may take, ms. */
export const sequenceMs = 1200

export const isMac = (): boolean => document.documentElement.dataset['os'] === 'mac'

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

/** The parts of a chord; the last may be the plus itself. */
const partsOf = (chord: string): string[] => chord.split(/\+(?=.)/)

/** The keycaps of a shortcut: one text per key pressed in turn. */
export function keyLabels(keys: string, mac: boolean = isMac()): string[] {
  return keys.split(' ').map((chord) =>
    partsOf(chord)
      .map(
        (part) =>
          (mac ? macNames : otherNames)[part] ??
          keyNames[part.toLowerCase()] ??
          (part.length === 1 ? part.toUpperCase() : part),
      )
      .join(mac ? '' : ' '),
  )
}

const macSpoken: Record<string, string> = { mod: 'Command', shift: 'Shift', alt: 'Option', ctrl: 'Control' }

/** The same in words that a screen reader can say: `Ctrl+Shift+R`, `G, I`. */
export function keyWords(keys: string, mac: boolean = isMac()): string {
  return keys
    .split(' ')
    .map((chord) =>
      partsOf(chord)
        .map((part) => (mac ? macSpoken : otherNames)[part] ?? (part.length === 1 ? part.toUpperCase() : part))
        .join('+'),
    )
    .join(', ')
}

/** The chord of a key press as it is written in the keymap. */
export function chordOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  mac: boolean,
): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key
  const mod = mac ? event.metaKey : event.ctrlKey
  const named = key.length > 1 || /\p{L}|\p{N}/u.test(key) || key === '\\'
  return `${mod ? 'mod+' : ''}${mac && event.ctrlKey ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${event.shiftKey && named ? 'shift+' : ''}${key}`
}

/**
 * The chords that a key press can be meant as, the likeliest first: where the keyboard writes another script than Latin, the letters
 * of the keymap are where they stand on the keys beside it.
 */
export function chordsOf(event: Parameters<typeof chordOf>[0] & Pick<KeyboardEvent, 'code'>, mac: boolean): string[] {
  const chord = chordOf(event, mac)
  const key = /^Key([A-Z])$/.exec(event.code)?.[1]
  const foreign = /^\p{L}+$/u.test(event.key) && !/\p{Script=Latin}/u.test(event.key)
  if (key === undefined || !foreign) return [chord]
  const { ctrlKey, metaKey, shiftKey, altKey } = event
  return [chord, chordOf({ key, ctrlKey, metaKey, shiftKey, altKey }, mac)]
}
