import { useCallback, useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import { stepConversation, useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import { openConversation, useOpenConversation } from '../state/places'
import { useShortcuts } from '../state/shortcuts'
import { t } from '../text'
import { RowGrid, type RowGridHandle, type RowProps } from '../ui/row-grid'
import { isFreeForRows } from '../ui/trigger'
import { usePresence, type Mark } from '../work/presence'
import { ConversationRowView, SkeletonRow } from './conversation-row'
import { EmptyList, EmptyView, ListError, LoadingBars, type ListView } from './list-states'
import { useListWalk } from './use-list-walk'
import type { ListFilter } from './use-list-window'
import { usePicking } from './use-picking'
import { useRowMenu } from './use-row-menu'
import { useSteadyRows } from './use-steady-rows'

export const rowHeights = { comfortable: 97, compact: 53 } as const

const nobody: readonly Mark[] = []

interface Props {
  view: ListView
  filter: ListFilter
  window: ListWindow
  density: keyof typeof rowHeights
  mailboxNames: ReadonlyMap<number, string>
  syncing: boolean
}

/** The virtual list of conversations: one tab stop, arrow keys, picking, and the selection kept through every change. */
export function ConversationList({ view, filter, window, density, mailboxNames, syncing }: Props) {
  const openId = useOpenConversation()
  const grid = useRef<RowGridHandle>(null)
  const picked = useList((state) => state.picked)
  const closing = useList((state) => state.closing)
  const total = window.total ?? 0
  const { openIndex, openAt } = useListWalk({ window, filter, view, openId, grid })
  const onVisible = useSteadyRows(window, grid)
  const { anchor, range, onPick } = usePicking(window, filter)
  useListKeys(window, openId, onPick)

  const onOpen = useCallback(
    (index: number, event: MouseEvent | KeyboardEvent) => {
      const row = window.row(index)
      if (!row) return
      if (event.shiftKey) {
        anchor.current ??= openId ?? row.id
        return range(row.id)
      }
      if (event.ctrlKey || event.metaKey) return onPick(row.id, false)
      if (event.type === 'keydown' && row.id === openId)
        document.querySelector<HTMLElement>('[data-pane="conversation"]')?.focus()
      anchor.current = row.id
      openConversation(row.id, view)
    },
    [window, anchor, range, onPick, openId, view],
  )

  const { menu, onMenu, isAsked } = useRowMenu({ window, view, grid })

  const onMove = useCallback(
    (index: number, event: KeyboardEvent) => {
      const row = window.row(index)
      if (event.shiftKey && row) {
        anchor.current ??= window.row(event.key === 'ArrowDown' ? index - 1 : index + 1)?.id ?? row.id
        return range(row.id)
      }
      anchor.current = row?.id ?? null
      void openAt(index)
    },
    [window, anchor, range, openAt],
  )

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

/** The keys of the list: the next and the previous conversation, and the pick of the row that has the focus. */
function useListKeys(window: ListWindow, openId: number | null, onPick: (id: number, extend: boolean) => void): void {
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
      run: () => (isFreeForRows() ? stepConversation(1) : false),
    },
    {
      act: 'previousRow',
      run: () => (isFreeForRows() ? stepConversation(-1) : false),
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
}
