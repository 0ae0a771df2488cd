import { create } from 'zustand'
import type { SearchHit, View } from '../../src-preload/contract'

/** Where a person can be. A conversation that is open is part of the place, so that Back returns to it. */
export type Place =
  | {
      kind: 'inbox'
      view: View
      mailboxId: number | null
      /** Only conversations with this tag. */ tag: string | null
      /** Only conversations with this label of the mail server. */ label: string | null
      /** A saved view; then `view` means nothing. */ saved: string | null
      conversationId: number | null
    }
  | { kind: 'search'; text: string }
  | { kind: 'settings'; page: string | null }
  | { kind: 'add-mailbox' }
  | { kind: 'new-message'; draftId: number | null }

export type ListPlace = Extract<Place, { kind: 'inbox' }>

interface State {
  place: Place
  /** The list that was on screen last: it stays beside the composer, and is where the sidebar points. */
  list: ListPlace
  past: readonly Place[]
  future: readonly Place[]
  /** Goes somewhere. Moving inside one list or typing a search replaces the place instead of adding to the history. */
  go(place: Place): void
  replace(place: Place): void
  back(): void
  forward(): void
}

const longest = 100
const first: ListPlace = {
  kind: 'inbox',
  view: 'inbox',
  mailboxId: null,
  tag: null,
  label: null,
  saved: null,
  conversationId: null,
}

function at(place: Place, list: ListPlace): Pick<State, 'place' | 'list'> {
  return { place, list: place.kind === 'inbox' ? place : list }
}

export const usePlaces = create<State>()((set) => ({
  place: first,
  list: first,
  past: [],
  future: [],
  go: (place) =>
    set((state) => ({ ...at(place, state.list), past: [...state.past, state.place].slice(-longest), future: [] })),
  replace: (place) => set((state) => at(place, state.list)),
  back: () =>
    set((state) => {
      const place = state.past[state.past.length - 1]
      return place
        ? { ...at(place, state.list), past: state.past.slice(0, -1), future: [state.place, ...state.future] }
        : state
    }),
  forward: () =>
    set((state) => {
      const place = state.future[0]
      return place
        ? { ...at(place, state.list), past: [...state.past, state.place], future: state.future.slice(1) }
        : state
    }),
}))

const places = () => usePlaces.getState()

const openIn = ({ place }: State): number | null => (place.kind === 'inbox' ? place.conversationId : null)

/** The conversation that is open, or null. */
export function useOpenConversation(): number | null {
  return usePlaces(openIn)
}

/** The same, asked once. */
export const openConversationId = (): number | null => openIn(places())

export function goView(
  view: View,
  mailboxId: number | null = null,
  tag: string | null = null,
  label: string | null = null,
): void {
  places().go({ kind: 'inbox', view, mailboxId, tag, label, saved: null, conversationId: null })
}

/** A view that people made. */
export function goSaved(saved: string): void {
  places().go({ kind: 'inbox', view: 'inbox', mailboxId: null, tag: null, label: null, saved, conversationId: null })
}

/** Opens a conversation in the list that is shown; from elsewhere, in `view`. */
export function openConversation(id: number | null, view: View = 'inbox'): void {
  const { place, go, replace } = places()
  if (place.kind === 'new-message') return go({ ...places().list, conversationId: id })
  if (place.kind !== 'inbox')
    return go({ kind: 'inbox', view, mailboxId: null, tag: null, label: null, saved: null, conversationId: id })
  if (place.conversationId === id) return
  replace({ ...place, conversationId: id })
}

/** The list that conversations of a status lie in. */
const listOf: Record<SearchHit['status'], View> = { open: 'inbox', pending: 'pending', closed: 'closed', spam: 'spam' }

/** Opens what a search found. */
export const openHit = ({ conversationId, status }: SearchHit): void => openConversation(conversationId, listOf[status])

export function goSettings(page: string | null = null): void {
  places().go({ kind: 'settings', page })
}

/** A tab of the privacy panel. Going from tab to tab adds nothing to the history. */
export function goPrivacy(tab: string | null = null): void {
  const page = tab === null ? 'privacy' : `privacy/${tab}`
  const { place, go, replace } = places()
  if (place.kind === 'settings' && place.page?.startsWith('privacy')) replace({ kind: 'settings', page })
  else go({ kind: 'settings', page })
}

/** Back to the list that was on screen before the settings. */
export function leaveSettings(): void {
  places().go(places().list)
}

export function goAddMailbox(): void {
  places().go({ kind: 'add-mailbox' })
}

/** Opens the composer for a new conversation, or for a draft of one. */
export function goNewMessage(draftId: number | null = null): void {
  places().go({ kind: 'new-message', draftId })
}

export function goSearch(text: string): void {
  const { place, go, replace } = places()
  if (place.kind === 'search') replace({ kind: 'search', text })
  else go({ kind: 'search', text })
}

export function goBack(): void {
  places().back()
}
