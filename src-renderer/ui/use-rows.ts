import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { afterPaint } from '../state/after-paint'

/** Chromium cuts boxes off somewhere above 16 million px; longer lists are scrolled by a factor. */
const tallest = 16_000_000
const overscan = 6

export interface Rows {
  /** Height of the scrolled box in px. */
  height: number
  first: number
  last: number
  /** Where row `index` stands in the scrolled box, in px. */
  top(index: number): number
  /** Scrolls as little as it takes to show the row; `center` puts it in the middle. */
  reveal(index: number, center?: boolean): void
  /** Moves the view by whole rows without showing it: rows came in above. */
  shift(rows: number): void
}

interface View {
  scrollTop: number
  height: number
}

const look = (box: HTMLElement): View => ({ scrollTop: box.scrollTop, height: box.clientHeight })

/** Offset in px of the list at a scroll position; the two differ only in lists higher than `tallest`. */
export function offsetAt(scrollTop: number, full: number, height: number, view: number): number {
  return full <= height ? scrollTop : (scrollTop * (full - view)) / Math.max(1, height - view)
}

/**
 * Which rows of a list with one row height are on screen. Reads nothing but the scroll position, so its cost does not grow with
 * the number of rows.
 */
export function useRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): Rows {
  const [view, setView] = useState<View>(() => ({ scrollTop: 0, height: window.innerHeight }))
  // kept from the last scroll or resize, so that asking where we are never forces a layout
  const seen = useRef(view)
  /** The next scroll event is ours. */
  const moved = useRef(false)
  const full = count * rowHeight
  const height = Math.min(full, tallest)

  const show = useCallback(
    (next: View) => {
      setView((now) => {
        const step = rowHeight * 2
        const same =
          full <= tallest &&
          Math.floor(now.scrollTop / step) === Math.floor(next.scrollTop / step) &&
          now.height === next.height
        return same ? now : next
      })
    },
    [rowHeight, full],
  )

  // The observer tells the size after layout, so nothing here forces one; until then the window's height is a good guess.
  useEffect(() => {
    const box = scroller.current
    if (!box) return undefined
    const measure = () => {
      seen.current = look(box)
      show(seen.current)
    }
    let later = (): void => undefined
    const scrolled = () => {
      // where we went ourselves is known: asking before the frame is laid out would lay it out twice
      if (!moved.current) return measure()
      moved.current = false
      later()
      later = afterPaint(measure)
    }
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    box.addEventListener('scroll', scrolled, { passive: true })
    return () => {
      later()
      observer.disconnect()
      box.removeEventListener('scroll', scrolled)
    }
  }, [scroller, show])

  const offset = offsetAt(view.scrollTop, full, height, view.height)
  const first = Math.max(0, Math.floor(offset / rowHeight) - overscan)
  const last = Math.min(count - 1, Math.ceil((offset + view.height) / rowHeight) + overscan)

  const top = (index: number) => index * rowHeight - offset + (full <= height ? offset : view.scrollTop)
  const reveal = (index: number, center = false) => {
    const box = scroller.current
    if (!box) return
    const at = index * rowHeight
    const { scrollTop, height: visible } = seen.current
    const now = offsetAt(scrollTop, full, height, visible)
    let wanted = now
    if (center && (at < now || at + rowHeight > now + visible)) wanted = at - (visible - rowHeight) / 2
    else if (at < now) wanted = at
    else if (at + rowHeight > now + visible) wanted = at + rowHeight - visible
    if (wanted === now) return
    const target = full <= height ? wanted : (wanted * (height - visible)) / Math.max(1, full - visible)
    const top = Math.max(0, Math.min(height - visible, target))
    if (Math.abs(top - scrollTop) < 1) return
    box.scrollTo({ top })
    moved.current = true
    seen.current = { scrollTop: top, height: visible }
    show(seen.current)
  }
  const shift = (rows: number) => {
    const box = scroller.current
    if (!box) return
    box.scrollBy({ top: full <= height ? rows * rowHeight : (rows * rowHeight * height) / full })
    seen.current = look(box)
    show(seen.current)
  }
  return { height, first, last, top, reveal, shift }
}
