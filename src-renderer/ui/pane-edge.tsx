import { useRef, type KeyboardEvent, type PointerEvent } from 'react'

const step = 10

/** The edge of a pane: drag it, or focus it and use the arrow keys; Home and End go to the limits. Values in px. */
export function PaneEdge({
  label,
  value,
  min,
  max,
  at = 'end',
  onChange,
}: {
  label: string
  value: number
  min: number
  max: number
  at?: 'start' | 'end'
  onChange: (value: number) => void
}) {
  const from = useRef<{ x: number; value: number } | null>(null)
  const clamp = (wanted: number) => Math.round(Math.min(max, Math.max(min, wanted)))
  /** Wider is towards the inline end for an edge at the end, mirrored right to left. */
  const sign = (element: Element) => (getComputedStyle(element).direction === 'rtl' ? -1 : 1) * (at === 'end' ? 1 : -1)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const toward = sign(event.currentTarget)
    const wanted = { ArrowRight: value + step * toward, ArrowLeft: value - step * toward, Home: min, End: max }[
      event.key
    ]
    if (wanted === undefined) return
    event.preventDefault()
    onChange(clamp(wanted))
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (from.current) onChange(clamp(from.current.value + (event.clientX - from.current.x) * sign(event.currentTarget)))
  }
  return (
    <div
      className={`edge ${at}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        from.current = { x: event.clientX, value }
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => (from.current = null)}
    />
  )
}
