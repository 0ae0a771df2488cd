import { create } from 'zustand'

/** The results on screen, moved through from the search field. */
export interface SearchHands {
  move(delta: number): void
  open(): void
}

interface State {
  hands: SearchHands | null
  /** What the search field has for its aria attributes: the id of the result that is on. */
  activeId: string | null
  /** Which result was opened last, and what was looked for: whoever comes back finds it again. */
  left: { readonly text: string; readonly index: number } | null
}

export const useSearch = create<State>()(() => ({ hands: null, activeId: null, left: null }))

/** Puts the cursor into the search field of the title bar. */
export function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('input[type="search"]')
  field?.focus()
  field?.select()
}
