import { useCallback, useEffect, useRef, type RefObject } from 'react'
import { ask } from '../client'
import { prefetch } from '../live'
import { afterPaint } from '../state/after-paint'
import { useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import { openConversation, openConversationId } from '../state/places'
import type { RowGridHandle } from '../ui/row-grid'
import { isFreeForRows } from '../ui/trigger'
import type { ListView } from './list-states'
import type { ListFilter } from './use-list-window'

interface Options {
  window: ListWindow
  filter: ListFilter
  view: ListView
  openId: number | null
  grid: RefObject<RowGridHandle | null>
}

/** Walking from conversation to conversation: the open one is kept in sight, its neighbours at hand, also when it has left the list. */
export function useListWalk({ window, filter, view, openId, grid }: Options): {
  openIndex: number
  openAt: (index: number) => Promise<void>
} {
  const openIndex = openId === null ? -1 : window.indexOf(openId)
  const place = useLastIndex(openId, openIndex)

  const positionOf = useCallback(
    async (id: number): Promise<number> => {
      const known = window.indexOf(id)
      return known >= 0 ? known : (await ask('conversations.position', { ...filter, id })).position
    },
    [window, filter],
  )

  // Every change of the open conversation is brought into sight, wherever in the list it is.
  useEffect(() => {
    if (openId === null) return undefined
    let current = true
    void positionOf(openId).then(
      (index) => {
        if (!current || index < 0) return
        if (grid.current) goTo(grid.current, index)
      },
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [openId, positionOf, grid])

  // The neighbours of the open conversation are asked for once it is painted, so that J and K find them there.
  const walkedFrom = useRef(-1)
  useEffect(() => {
    if (openIndex < 0) return undefined
    return afterPaint(() => {
      const ahead = openIndex < walkedFrom.current ? -1 : 1
      walkedFrom.current = openIndex
      for (const steps of [1, 2, 3, -1]) prefetchConversation(window.row(openIndex + ahead * steps)?.id)
    })
  }, [openIndex, window])

  const openAt = useCallback(
    async (index: number) => {
      const row = await window.ask(index)
      if (!row) return
      // before anything changes, while the page is laid out: the focus asks for that
      if (grid.current) goTo(grid.current, index)
      openConversation(row.id, view)
    },
    [window, view, grid],
  )

  const step = useCallback(
    async (steps: number) => {
      // what is open now, not when this was drawn: the next key may be faster than the picture
      const open = openConversationId()
      const at = open === null ? -1 : await positionOf(open)
      // gone from the list: its old place is now the next one's
      const from = at < 0 && open !== null && place.current >= 0 ? place.current - (steps > 0 ? 1 : 0) : at
      const next = Math.max(0, Math.min((window.total ?? Infinity) - 1, from + steps))
      if (next === at) return
      await openAt(next)
    },
    [positionOf, openAt, place, window],
  )

  const after = useCallback(
    async (gone: ReadonlySet<number>): Promise<number | null> => {
      const at = openId === null ? -1 : await positionOf(openId)
      if (at < 0) return null
      for (let index = at + 1; index < Math.min(window.total ?? 0, at + 1 + gone.size); index++) {
        const row = await window.ask(index)
        if (row && !gone.has(row.id)) return row.id
      }
      for (let index = at - 1; index >= Math.max(0, at - gone.size); index--) {
        const row = await window.ask(index)
        if (row && !gone.has(row.id)) return row.id
      }
      return null
    },
    [openId, positionOf, window],
  )

  useEffect(() => {
    const hands = {
      step,
      after,
      focus: (id = openId ?? undefined) => grid.current?.focus(Math.max(0, id === undefined ? 0 : window.indexOf(id))),
    }
    useList.setState({ hands })
    return () => useList.setState((state) => (state.hands === hands ? { hands: null } : state))
  }, [step, after, openId, window, grid])

  return { openIndex, openAt }
}

/** Brings a row into sight. The focus goes along when it is in the list or nowhere, never out of a text or a button elsewhere. */
function goTo(grid: RowGridHandle, index: number): void {
  grid.reveal(index, true)
  if (grid.hasFocus() || isFreeForRows()) grid.focus(index)
}

/** A conversation and its customer, kept for a while. */
function prefetchConversation(id: number | undefined): void {
  if (id === undefined) return
  prefetch('conversations.get', { id }, [id], ({ customerId }) => {
    if (customerId !== null) prefetch('customers.get', { id: customerId })
  })
}

/** Where the open conversation stood last, for when it has left the list. */
function useLastIndex(openId: number | null, index: number) {
  const place = useRef(-1)
  const of = useRef(openId)
  useEffect(() => {
    if (index >= 0) place.current = index
    else if (of.current !== openId) place.current = -1
    of.current = openId
  }, [openId, index])
  return place
}
