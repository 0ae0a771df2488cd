import { useCallback, useRef, type RefObject } from 'react'
import { useList } from '../state/list'
import type { ListWindow } from '../state/list-window'

/** Picking one by one and in ranges; a range begins at the anchor: the row that was picked or opened last. */
export function usePicking(window: ListWindow): {
  anchor: RefObject<number | null>
  range: (to: number) => void
  onPick: (id: number, extend: boolean) => void
} {
  const anchor = useRef<number | null>(null)

  const range = useCallback(
    (to: number) => {
      const from = anchor.current ?? to
      useList.getState().pick(window.idsBetween(from, to))
    },
    [window],
  )

  const onPick = useCallback(
    (id: number, extend: boolean) => {
      const index = window.indexOf(id)
      if (extend && anchor.current !== null) return range(index)
      anchor.current = index
      useList.getState().togglePick(id)
    },
    [window, range],
  )

  return { anchor, range, onPick }
}
