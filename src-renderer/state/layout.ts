import { create } from 'zustand'
import type { Settings } from '../../src-preload/contract'

/** Window size classes of the guide: 1180 and up, 1060 to 1179, under that. */
export type SizeClass = 'wide' | 'middle' | 'narrow'
type Kept = Settings['layout']

interface State {
  size: SizeClass
  /** There is room for one pane beside the rail: an open conversation hides the list. The stylesheet has the same width. */
  onePane: boolean
  /** As kept in the settings: `wide.list`, `narrow.sidebar` ... */
  kept: Kept
  /** The customer pane laid over the conversation in a narrower window. Not kept. */
  profileOver: boolean
  measure(width: number): void
  load(kept: Kept): void
  set(name: string, value: number | boolean): void
  toggleSidebar(): void
  toggleProfile(): void
}

export function sizeClassOf(width: number): SizeClass {
  if (width >= 1180) return 'wide'
  return width >= 1060 ? 'middle' : 'narrow'
}

/** Large text in a small window: fewer CSS pixels than these, and one pane is shown at a time. */
const twoPanes = 720

export const listWidth = { min: 280, max: 420, usual: { wide: 320, middle: 320, narrow: 304 } } as const
export const profileWidth = { min: 240, max: 340, usual: 264 } as const

export const useLayout = create<State>()((set, get) => ({
  size: 'wide',
  onePane: false,
  kept: {},
  profileOver: false,
  measure: (width) => {
    const size = sizeClassOf(width)
    if (size !== get().size) set({ size, profileOver: false })
    if (width < twoPanes !== get().onePane) set({ onePane: width < twoPanes })
  },
  load: (kept) => set({ kept }),
  set: (name, value) => set((state) => ({ kept: { ...state.kept, [`${state.size}.${name}`]: value } })),
  toggleSidebar: () => get().set('rail', !isRail(get())),
  toggleProfile: () => {
    if (get().size === 'wide') get().set('profile', !isProfilePane(get()))
    else set((state) => ({ profileOver: !state.profileOver }))
  },
}))

type Shape = Pick<State, 'size' | 'kept'>

function kept<T extends number | boolean>(state: Shape, name: string, usual: T): T | number | boolean {
  const value = state.kept[`${state.size}.${name}`]
  return typeof value === typeof usual && typeof value !== 'string' && value !== undefined ? value : usual
}

export function isRail(state: Shape): boolean {
  return kept(state, 'rail', state.size === 'narrow') === true
}

/** True when the customer has a pane of its own beside the conversation. */
export function isProfilePane(state: Shape): boolean {
  return state.size === 'wide' && kept(state, 'profile', true) === true
}

function width(state: Shape, name: string, usual: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Number(kept(state, name, usual))))
}

/** Width of the list in px. */
export function listWidthOf(state: Shape): number {
  return width(state, 'list', listWidth.usual[state.size], listWidth.min, listWidth.max)
}

/** Width of the customer pane in px. */
export function profileWidthOf(state: Shape): number {
  return width(state, 'profileWidth', profileWidth.usual, profileWidth.min, profileWidth.max)
}
