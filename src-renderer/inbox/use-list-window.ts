import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { CallInput, View } from '../../src-preload/contract'
import { ask, onEvent } from '../client'
import { ListWindow, type ListPage } from '../state/list-window'
import { topicsOf } from '../topics'

/** What makes a list: everything that `conversations.list` is asked with but the page. */
export type ListFilter = Omit<CallInput<'conversations.list'>, 'offset' | 'limit'>

/** Lists that were on screen lately, so that going back to one shows it at once. */
const kept = new Map<string, ListWindow>()
const most = 8

export function listFilter(
  view: View,
  mailboxId: number | null,
  order: 'newest' | 'oldest',
  unreadOnly: boolean,
  tag: string | null = null,
  label: string | null = null,
  saved: string | null = null,
): ListFilter {
  return { view, mailboxId, tag, label, saved, order, unreadOnly }
}

/** The window on one list; the same filter gives the same window while it is kept. */
function listWindow(filter: ListFilter): ListWindow {
  const key = JSON.stringify(filter)
  const found = kept.get(key)
  const window = found ?? new ListWindow((offset, limit) => ask('conversations.list', { ...filter, offset, limit }))
  kept.delete(key)
  kept.set(key, window)
  for (const old of kept.keys()) {
    if (kept.size <= most) break
    kept.delete(old)
  }
  return window
}

let hearing = false
function hear(): void {
  if (hearing) return
  hearing = true
  onEvent((event) => {
    if (event.topic === 'app-state' || topicsOf('conversations.list').includes(event.topic))
      for (const window of kept.values()) window.refresh()
  })
}

/** The list on screen; draws again when its visible rows change. Keep `filter` the same object while it says the same. */
export function useListWindow(filter: ListFilter): ListWindow {
  const window = useMemo(() => listWindow(filter), [filter])
  useEffect(hear, [])
  useSyncExternalStore(
    useCallback((listener: () => void) => window.subscribe(listener), [window]),
    () => window.version,
  )
  return window
}

const firstWindow = (): ListWindow => listWindow(listFilter('inbox', null, 'newest', false))

/** Asks for the first page of the inbox before the list is drawn. */
export function firstList(): void {
  const window = firstWindow()
  const stop = window.subscribe(() => stop())
}

/** Shows that page as it was before, until it is here. */
export function showFirstPage(page: ListPage): void {
  firstWindow().before(page)
}
