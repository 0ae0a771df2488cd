import { useCallback, useRef, type RefObject } from 'react'
import { ask } from '../client'
import { tellFailure } from '../state/acts'
import { useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import type { ListFilter } from './use-list-window'

/** As many as one act takes. */
export const mostPicked = 1000

/**
 * Picking one by one and in ranges. A range begins at the anchor: the conversation that was picked or opened last, wherever in the
 * list it is by now.
 */
export function usePicking(
  window: ListWindow,
  filter: ListFilter,
): {
  anchor: RefObject<number | null>
  range: (to: number) => void
  onPick: (id: number, extend: boolean) => void
} {
  const anchor = useRef<number | null>(null)
  const asked = useRef(0)

  const range = useCallback(
    (to: number) => {
      const placeOf = async (id: number): Promise<number> => {
        const known = window.freshIndexOf(id)
        return known >= 0 ? known : (await ask('conversations.position', { ...filter, id })).position
      }
      const pick = async (): Promise<void> => {
        const turn = (asked.current += 1)
        const end = await placeOf(to)
        const from = anchor.current === null ? -1 : await placeOf(anchor.current)
        const ids = end < 0 ? [] : await window.idsBetween(from < 0 ? end : from, end, mostPicked)
        // a longer or shorter one was asked for meanwhile
        if (turn === asked.current) useList.getState().pick(ids)
      }
      pick().catch(tellFailure)
    },
    [window, filter],
  )

  const onPick = useCallback(
    (id: number, extend: boolean) => {
      if (extend && anchor.current !== null) return range(id)
      anchor.current = id
      useList.getState().togglePick(id)
    },
    [range],
  )

  return { anchor, range, onPick }
}
