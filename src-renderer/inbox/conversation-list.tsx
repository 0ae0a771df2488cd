import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react'
import { ask } from '../client'
import { prefetch } from '../live'
import { afterPaint } from '../state/after-paint'
import { stepConversation, useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import { openConversation, openConversationId } from '../state/places'
import { useShortcuts } from '../state/shortcuts'
import { t } from '../text'
import { RowGrid, type RowGridHandle, type RowProps } from '../ui/row-grid'
import { usePresence, type Mark } from '../work/presence'
import { ConversationRowView, SkeletonRow } from './conversation-row'
import { EmptyList, EmptyView, ListError, LoadingBars, type ListView } from './list-states'
import { useRowMenu } from './use-row-menu'
import type { ListFilter } from './use-list-window'

export const rowHeights = { comfortable: 97, compact: 53 } as const

const nobody: readonly Mark[] = []

interface Props {
  view: ListView
  filter: ListFilter
  window: ListWindow
  openId: number | null
  density: keyof typeof rowHeights
  mailboxNames: ReadonlyMap<number, string>
  syncing: boolean
}

/** The virtual list of conversations: one tab stop, arrow keys, picking, and the selection kept through every change. */
export function ConversationList({ view, filter, window, openId, density, mailboxNames, syncing }: Props) {
  const grid = useRef<RowGridHandle>(null)
  const picked = useList((state) => state.picked)
  const closing = useList((state) => state.closing)
  const anchor = useRef<number | null>(null)
  const total = window.total ?? 0
  const openIndex = openId === null ? -1 : window.indexOf(openId)
  const place = useLastIndex(openId, openIndex)
  const top = useRef<{ id: number; index: number } | null>(null)

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
  }, [openId, positionOf])

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
  }, [version, window])

  const onVisible = useCallback(
    (first: number, last: number) => {
      window.show(first, last)
      const row = window.row(first)
      top.current = row ? { id: row.id, index: first } : null
    },
    [window],
  )

  const openAt = useCallback(
    async (index: number) => {
      const row = await window.ask(index)
      if (!row) return
      // before anything changes, while the page is laid out: the focus asks for that
      if (grid.current) goTo(grid.current, index)
      openConversation(row.id, view)
    },
    [window, view],
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
  }, [step, after, openId, window])

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

  const onOpen = useCallback(
    (index: number, event: MouseEvent | KeyboardEvent) => {
      const row = window.row(index)
      if (!row) return
      if (event.shiftKey) {
        anchor.current ??= openIndex >= 0 ? openIndex : index
        return range(index)
      }
      if (event.ctrlKey || event.metaKey) return onPick(row.id, false)
      if (event.type === 'keydown' && row.id === openId)
        document.querySelector<HTMLElement>('[data-pane="conversation"]')?.focus()
      anchor.current = index
      openConversation(row.id, view)
    },
    [window, range, onPick, openIndex, openId, view],
  )

  const { menu, onMenu, isAsked } = useRowMenu({ window, view, grid })

  const onMove = useCallback(
    (index: number, event: KeyboardEvent) => {
      if (event.shiftKey) {
        anchor.current ??= event.key === 'ArrowDown' ? index - 1 : index + 1
        return range(index)
      }
      anchor.current = index
      void openAt(index)
    },
    [range, openAt],
  )

  const focusedId = () => {
    const element = document.activeElement?.closest('[role="row"][data-index]')
    const row = element ? window.row(Number(element.getAttribute('data-index'))) : undefined
    return row?.id ?? openId
  }
  useShortcuts([
    {
      act: 'next',
      run: () => stepConversation(1),
    },
    {
      act: 'previous',
      run: () => stepConversation(-1),
    },
    {
      act: 'nextRow',
      run: () => (document.activeElement === document.body ? stepConversation(1) : false),
    },
    {
      act: 'previousRow',
      run: () => (document.activeElement === document.body ? stepConversation(-1) : false),
    },
    {
      act: 'pick',
      run: () => {
        const id = focusedId()
        if (id === null) return false
        onPick(id, false)
        return undefined
      },
    },
  ])

  const several = useMemo(() => mailboxNames.size > 1 && filter.mailboxId === null, [mailboxNames, filter])
  const height = rowHeights[density]
  const presence = usePresence()
  const renderRow = (index: number, props: RowProps, at: number) => {
    const row = window.row(index)
    if (!row) return <SkeletonRow key={`empty-${index}`} props={props} />
    return (
      <ConversationRowView
        key={row.id}
        row={row}
        index={index}
        top={at}
        height={height}
        tabStop={props.tabIndex === 0}
        on={row.id === openId}
        picked={picked.has(row.id)}
        asked={isAsked(row.id)}
        onPick={onPick}
        marks={presence.get(row.id) ?? nobody}
        mailboxes={
          several
            ? row.mailboxIds
                .map((id) => mailboxNames.get(id) ?? '')
                .filter(Boolean)
                .join(', ')
            : ''
        }
      />
    )
  }

  if (window.total === null && window.error) return <ListError window={window} />
  if (window.total === null)
    return (
      <div className="scroll" aria-busy="true">
        {window.slow && <LoadingBars height={height} />}
      </div>
    )
  if (total === 0 && filter.saved) return <EmptyView />
  if (total === 0) return <EmptyList view={view} unreadOnly={filter.unreadOnly ?? false} syncing={syncing} />
  return (
    <>
      <RowGrid
        ref={grid}
        label={t('inbox:list')}
        count={total}
        rowHeight={height}
        multiselectable
        className={`${picked.size > 0 ? 'picking' : ''}${closing ? ' closing' : ''}`}
        current={openIndex}
        renderRow={renderRow}
        onOpen={onOpen}
        onMenu={onMenu}
        onMove={onMove}
        onVisible={onVisible}
      />
      {menu}
    </>
  )
}

/** Brings a row into sight. The focus goes along when it is in the list or nowhere, never out of a text or a button elsewhere. */
function goTo(grid: RowGridHandle, index: number): void {
  grid.reveal(index, true)
  if (grid.hasFocus() || document.activeElement === document.body || document.activeElement === null) grid.focus(index)
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
  const [id, setId] = useState(openId)
  useEffect(() => {
    if (index >= 0) place.current = index
    else if (id !== openId) place.current = -1
    setId(openId)
  }, [openId, index, id])
  return place
}
