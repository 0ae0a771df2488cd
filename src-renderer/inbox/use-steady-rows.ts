import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react'
import type { ListWindow } from '../state/list-window'
import type { RowGridHandle } from '../ui/row-grid'

/** Keeps the rows where they are while others come and go above. Answers with what the grid tells which rows are in sight. */
export function useSteadyRows(
  window: ListWindow,
  grid: RefObject<RowGridHandle | null>,
): (first: number, last: number) => void {
  const top = useRef<{ id: number; index: number } | null>(null)

  // Rows that come in above what is being read do not push it away.
  const version = window.version
  useLayoutEffect(() => {
    const was = top.current
    if (!was || was.index === 0) return
    const now = window.indexOf(was.id)
    if (now >= 0 && now !== was.index) {
      top.current = { id: was.id, index: now }
      grid.current?.shift(now - was.index)
    }
  }, [version, window, grid])

  return useCallback(
    (first: number, last: number) => {
      window.show(first, last)
      const row = window.row(first)
      top.current = row ? { id: row.id, index: first } : null
    },
    [window],
  )
}
