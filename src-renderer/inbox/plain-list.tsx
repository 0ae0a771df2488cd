import type { LucideIcon } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, type ReactNode } from 'react'
import type { CallError } from '../client'
import { useList } from '../state/list'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { RowGrid, type RowGridHandle, type RowProps } from '../ui/row-grid'

/** A list that is here as a whole: drafts, the outbox. It walks by keys as the list of conversations does. */
export function PlainList<T>({
  items,
  error,
  refetch,
  icon,
  empty,
  rowHeight,
  isOn,
  onOpen,
  renderRow,
}: {
  /** undefined while it is asked for. */
  items: readonly T[] | undefined
  error: CallError | null
  refetch: () => void
  icon: LucideIcon
  empty: { title: string; text: string; action?: ReactNode }
  rowHeight: number
  isOn: (item: T) => boolean
  onOpen: (item: T) => void
  renderRow: (item: T, props: RowProps) => ReactNode
}) {
  const grid = useRef<RowGridHandle>(null)
  const now = useRef({ items, isOn, onOpen })
  useLayoutEffect(() => {
    now.current = { items, isOn, onOpen }
  })
  useEffect(() => {
    const at = () => now.current.items?.findIndex(now.current.isOn) ?? -1
    const hands = {
      step: (delta: number) => {
        const item = now.current.items?.[Math.max(0, at() + delta)]
        if (item) now.current.onOpen(item)
      },
      after: () => null,
      focus: () => grid.current?.focus(Math.max(0, at())),
    }
    useList.setState({ hands })
    return () => useList.setState((state) => (state.hands === hands ? { hands: null } : state))
  }, [])

  if (!items)
    return (
      <div className="scroll center">
        {error && (
          <EmptyState
            icon={icon}
            title={t('inbox:error.title')}
            action={<Button onClick={refetch}>{t('common:retry')}</Button>}
          >
            {errorText(error)}
          </EmptyState>
        )}
      </div>
    )
  if (items.length === 0)
    return (
      <div className="scroll center">
        <EmptyState icon={icon} title={empty.title} action={empty.action}>
          {empty.text}
        </EmptyState>
      </div>
    )
  return (
    <RowGrid
      ref={grid}
      label={t('inbox:list')}
      count={items.length}
      rowHeight={rowHeight}
      renderRow={(index, props) => items[index] !== undefined && renderRow(items[index], props)}
      current={items.findIndex(isOn)}
      onOpen={(index) => items[index] !== undefined && onOpen(items[index])}
    />
  )
}
