import { useCallback, useState, type MouseEvent, type ReactNode, type RefObject } from 'react'
import { useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import type { RowGridHandle } from '../ui/row-grid'
import type { ListView } from './list-states'
import { RowMenu, type Asked } from './row-menu'

/** Where the menu stands that was asked for by key, px from the row's corner. */
const menuInset = 32

/** The menu of the rows of a list: what asks for it, which rows it is about while it is open, and itself. */
export function useRowMenu({
  window,
  view,
  grid,
}: {
  window: ListWindow
  view: ListView
  grid: RefObject<RowGridHandle | null>
}): { menu: ReactNode; onMenu: (index: number, event: MouseEvent) => void; isAsked: (id: number) => boolean } {
  const [asked, setAsked] = useState<(Asked & { readonly times: number; readonly index: number }) | null>(null)
  const [open, setOpen] = useState(false)
  const onMenu = useCallback(
    (index: number, event: MouseEvent) => {
      const row = window.row(index)
      if (!row) return
      const now = useList.getState().picked
      const box = event.target instanceof Element ? event.target.closest('[data-index]')?.getBoundingClientRect() : null
      // By key there is no pointer in the row.
      const inside = box && event.clientY > box.top && event.clientY < box.bottom && event.clientX > box.left
      const [x, y] = inside || !box ? [event.clientX, event.clientY] : [box.left + menuInset, box.top + menuInset]
      setAsked((before) => ({
        ids: now.has(row.id) ? [...now] : [row.id],
        row,
        index,
        x,
        y,
        times: (before?.times ?? 0) + 1,
      }))
      setOpen(true)
    },
    [window],
  )
  return {
    onMenu,
    isAsked: (id) => open && asked?.ids.includes(id) === true,
    menu: asked && (
      <RowMenu
        key={asked.times}
        asked={asked}
        view={view}
        open={open}
        onOpenChange={setOpen}
        onFocus={() => grid.current?.focus(Math.min(asked.index, (window.total ?? 1) - 1))}
      />
    ),
  }
}
