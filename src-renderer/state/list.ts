import { create } from 'zustand'
import type { Status } from '../../src-preload/contract'
import { oneByOne } from './one-by-one'
import { useLayout } from './layout'
import { openConversation, openConversationId, usePlaces, type ListPlace } from './places'

/** What the list on screen can answer; it puts itself here while it is there. */
export interface ListHands {
  /** Opens the conversation that stands so many steps below the open one, above it when negative. */
  step(steps: number): void | Promise<void>
  /** The conversation that takes the place of these when they leave; null when none is left. */
  after(ids: ReadonlySet<number>): Promise<number | null> | number | null
  /** Puts keyboard focus on the row of this conversation, of the open one when left out, else on the first. */
  focus(id?: number): void
}

interface State {
  order: 'newest' | 'oldest'
  /** Chosen in saved views, which have an order of their own. */
  savedOrder: Readonly<Record<string, 'newest' | 'oldest'>>
  unreadOnly: boolean
  /** Conversations that are picked for a bulk act. */
  picked: ReadonlySet<number>
  hands: ListHands | null
  /** Rows just left: those below close the gap with a movement instead of a jump. */
  closing: boolean
  setOrder(order: State['order'], saved?: string | null): void
  setUnreadOnly(on: boolean): void
  pick(ids: Iterable<number>): void
  togglePick(id: number): void
  unpick(ids: Iterable<number>): void
  clearPicks(): void
  /**
   * Call before an act that takes conversations out of the view (`status` null: out of every view) and call what it answers
   * after the act: the open conversation, if it left, is followed by the next one, and picks are cleared. Settles when the next one is
   * open.
   */
  leaving(ids: readonly number[], status: Status | null): () => Promise<void>
}

/** The list is asked again after the act, then its rows move; ms for both. */
const closingMs = 500
let closed: ReturnType<typeof setTimeout> | undefined

const none: ReadonlySet<number> = new Set()
const statusOfView: Partial<Record<string, Status>> = {
  inbox: 'open',
  unassigned: 'open',
  mine: 'open',
  groups: 'open',
  assigned: 'open',
  snoozed: 'open',
  pending: 'pending',
  closed: 'closed',
  spam: 'spam',
}

export const useList = create<State>()((set, get) => ({
  order: 'newest',
  savedOrder: {},
  unreadOnly: false,
  picked: none,
  hands: null,
  closing: false,
  setOrder: (order, saved = null) =>
    set((state) => (saved === null ? { order } : { savedOrder: { ...state.savedOrder, [saved]: order } })),
  setUnreadOnly: (unreadOnly) => set({ unreadOnly, picked: none }),
  pick: (ids) => set({ picked: new Set(ids) }),
  togglePick: (id) =>
    set((state) => {
      const picked = new Set(state.picked)
      if (!picked.delete(id)) picked.add(id)
      return { picked }
    }),
  unpick: (ids) =>
    set((state) => {
      const gone = new Set(ids)
      return { picked: new Set([...state.picked].filter((id) => !gone.has(id))) }
    }),
  clearPicks: () => set((state) => (state.picked.size === 0 ? state : { picked: none })),
  leaving: (ids, status) => {
    const place = usePlaces.getState().place
    // The list of a label holds every status.
    const stays = place.kind === 'inbox' && place.label !== null && status !== null && status !== 'spam'
    // Whether it leaves a view that people made is the view's matter: the list is asked again.
    if (place.kind !== 'inbox' || stays || place.saved !== null || statusOfView[place.view] === status)
      return () => Promise.resolve()
    const gone = new Set(ids)
    const open = place.conversationId
    const next = open !== null && gone.has(open) ? (get().hands?.after(gone) ?? null) : undefined
    return async () => {
      get().unpick(gone)
      set({ closing: true })
      clearTimeout(closed)
      closed = setTimeout(() => set({ closing: false }), closingMs)
      if (next === undefined) return
      const id = await Promise.resolve(next).catch(() => null)
      const now = usePlaces.getState().place
      if (now.kind === 'inbox' && now.conversationId === open) openConversation(id)
    }
  },
}))

const isSameList = (one: ListPlace, other: ListPlace): boolean =>
  one.view === other.view &&
  one.mailboxId === other.mailboxId &&
  one.tag === other.tag &&
  one.label === other.label &&
  one.saved === other.saved

// Picks end with their list: an act must not reach what is not shown with them.
usePlaces.subscribe((now, before) => {
  if (now.list !== before.list && !isSameList(now.list, before.list)) useList.getState().clearPicks()
})

/** Does something with conversations that are picked. Once it is done they are no longer; where it failed, somebody tries again. */
export async function actOnPicked(ids: readonly number[], does: () => Promise<boolean>): Promise<void> {
  if (await does()) useList.getState().unpick(ids)
}

/** Opens the next or previous conversation of the list (also when the list has no focus). */
export const stepConversation: (delta: 1 | -1) => void = oneByOne(async (steps) => {
  await useList.getState().hands?.step(steps)
})

/** Puts the keyboard on the list; where that is hidden, what hides it is left first. */
export function toList(): void {
  const focus = (id?: number) => useList.getState().hands?.focus(id)
  const { kind } = usePlaces.getState().place
  const open = openConversationId()
  if (!useLayout.getState().onePane || (kind === 'inbox' && open === null)) return focus()
  openConversation(null)
  // once it is drawn again
  requestAnimationFrame(() => focus(open ?? undefined))
}

/** Out of a text that is written: to the list, or where that is hidden, to the conversation around the text. */
export function leaveText(text: Element): void {
  const around = useLayout.getState().onePane
    ? text.parentElement?.closest<HTMLElement>('[data-pane="conversation"][tabindex]')
    : null
  if (around) around.focus()
  else toList()
}
