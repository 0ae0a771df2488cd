import { useList } from '../state/list'

const inside =
  'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [contenteditable="true"], [tabindex]:not([tabindex="-1"])'

/** Moves the focus to the next (1) or previous (-1) pane of the window. */
export function cyclePanes(delta: 1 | -1): void {
  // where there is room for one pane only, the others are there but not shown
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) =>
    pane.checkVisibility({ visibilityProperty: true }),
  )
  // panes lie inside panes: the innermost is the one where the focus is
  const now = panes.findLastIndex((pane) => pane.contains(document.activeElement))
  const next = panes[(now + delta + panes.length + (now < 0 && delta < 0 ? 1 : 0)) % Math.max(1, panes.length)]
  if (!next) return
  const hands = useList.getState().hands
  if (next.dataset['pane'] === 'list' && hands) hands.focus()
  // a list of nothing has no row for it
  if (next.contains(document.activeElement)) return
  if (next.tabIndex >= -1 && next.hasAttribute('tabindex')) next.focus()
  else next.querySelector<HTMLElement>(inside)?.focus()
}
