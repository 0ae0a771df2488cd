import {
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { focusIsFree } from './trigger'
import { useRows } from './use-rows'

/** What a row must put on its outer element so that the grid knows it. */
export interface RowProps {
  role: 'row'
  'data-index': number
  'aria-rowindex': number
  tabIndex: 0 | -1
  style: CSSProperties
}

export interface RowGridHandle {
  /** Scrolls the row into sight and focuses it. */
  focus(index: number): void
  reveal(index: number, center?: boolean): void
  shift(rows: number): void
  /** True when a row has the focus. */
  hasFocus(): boolean
}

export interface RowGridProps {
  label: string
  count: number
  /** px */
  rowHeight: number
  /** Draws a row, or grey bars when its content is not there yet. Give it a memoised component. */
  renderRow: (index: number, row: RowProps, top: number) => ReactNode
  /** Click or Enter. Modifier keys are in the event. */
  onOpen: (index: number, event: MouseEvent | KeyboardEvent) => void
  /** A menu was asked for: by the other mouse button, or by its key. */
  onMenu?: (index: number, event: MouseEvent) => void
  /** Arrow keys went to this row. */
  onMove?: (index: number, event: KeyboardEvent) => void
  onVisible?: (first: number, last: number) => void
  multiselectable?: boolean
  /** The row that Tab goes to when none has been focused yet. */
  current?: number
  ref?: Ref<RowGridHandle>
  className?: string
}

/** A pointer that moved no further between press and release has clicked. */
const stillPx = 8

/** A list of rows of one height as an ARIA grid with one tab stop; draws only what is on screen. */
export function RowGrid({
  label,
  count,
  rowHeight,
  renderRow,
  onOpen,
  onMenu,
  onMove,
  onVisible,
  multiselectable = false,
  current = -1,
  ref,
  className = '',
}: RowGridProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRows(scroller, count, rowHeight)
  const [active, setActive] = useState(-1)
  const wanted = useRef<number | null>(null)
  const { first, last } = rows

  useEffect(() => onVisible?.(first, last), [onVisible, first, last])

  const rowElement = (index: number) => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null
  const focusRow = (index: number) => {
    rows.reveal(index)
    setActive(index)
    const element = rowElement(index)
    if (!element) wanted.current = index
    else if (element !== document.activeElement) element.focus({ preventScroll: true })
  }
  useEffect(() => {
    if (wanted.current === null) return
    const element = rowElement(wanted.current)
    if (!element) return
    wanted.current = null
    element.focus({ preventScroll: true })
  })
  // Whoever came to this list by key goes on from a row of it, and what the next list has instead of rows is found from its pane.
  const begin = useRef(() => focusRow(Math.max(0, current)))
  useEffect(() => {
    const pane = scroller.current?.closest<HTMLElement>('[data-pane]')
    if (pane && pane === document.activeElement) begin.current()
    return () => {
      if (focusIsFree()) pane?.focus()
    }
  }, [])
  useImperativeHandle(ref, () => ({
    focus: focusRow,
    reveal: rows.reveal,
    shift: rows.shift,
    hasFocus: () => scroller.current?.contains(document.activeElement) ?? false,
  }))

  const rowOf = (target: EventTarget) => (target instanceof Element ? target.closest('[data-index]') : null)
  const indexOf = (target: EventTarget | Element | null) => {
    const element = target && rowOf(target)
    return element ? Number(element.getAttribute('data-index')) : -1
  }

  // A list that moves between press and release has another row, or none, under the pointer: the one that was pressed counts.
  const pressed = useRef<{ row: Element; x: number; y: number } | null>(null)
  const onPress = (event: PointerEvent) => {
    const row = rowOf(event.target)
    const control = event.target instanceof Element && event.target.closest('button, input')
    pressed.current = row && !control ? { row, x: event.clientX, y: event.clientY } : null
  }
  const clickedIndex = (event: MouseEvent) => {
    const { row, x, y } = pressed.current ?? { row: null, x: 0, y: 0 }
    pressed.current = null
    const moved = Math.hypot(event.clientX - x, event.clientY - y) > stillPx
    return indexOf(row?.isConnected && !moved ? row : event.target)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const index = indexOf(event.target)
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1)
    const steps: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: count - 1,
    }
    const target = steps[event.key]
    if (target !== undefined) {
      event.preventDefault()
      const next = Math.max(0, Math.min(count - 1, target))
      if (count === 0 || next === index) return
      focusRow(next)
      onMove?.(next, event)
    } else if (
      event.key === 'Enter' &&
      index >= 0 &&
      event.target instanceof Element &&
      event.target.matches('[data-index]')
    ) {
      event.preventDefault()
      onOpen(index, event)
    }
  }

  const stop = active >= 0 && active < count ? active : current >= 0 ? current : 0
  const drawn: number[] = []
  for (let index = first; index <= last; index++) drawn.push(index)
  // the row with the focus stays drawn, else the focus would fall out of the list
  if (active >= 0 && active < count && (active < first || active > last)) drawn.push(active)

  return (
    <div className={`scroll ${className}`} ref={scroller} tabIndex={-1}>
      <div
        className="rows"
        role="grid"
        aria-label={label}
        aria-rowcount={count}
        aria-multiselectable={multiselectable || undefined}
        style={{ blockSize: rows.height }}
        onPointerDown={onPress}
        onClick={(event) => {
          const index = clickedIndex(event)
          if (index >= 0) onOpen(index, event)
        }}
        onContextMenu={(event) => {
          const index = indexOf(event.target)
          if (!onMenu || index < 0) return
          event.preventDefault()
          onMenu(index, event)
        }}
        onFocus={(event) => {
          const index = indexOf(event.target)
          if (index >= 0 && index !== active) setActive(index)
        }}
        onKeyDown={onKeyDown}
      >
        {drawn.map((index) =>
          renderRow(
            index,
            {
              role: 'row',
              'data-index': index,
              'aria-rowindex': index + 1,
              tabIndex: index === stop ? 0 : -1,
              style: { translate: `0 ${rows.top(index)}px`, blockSize: rowHeight },
            },
            rows.top(index),
          ),
        )}
      </div>
    </div>
  )
}
