import { startTransition, useEffect, useRef, useState } from 'react'
import { afterPaint } from '../state/after-paint'

/** Who changes it again within this time, in ms, is on the way to something else. */
const walkMs = 200

/**
 * The value for what is drawn beside the thing itself: it follows once that is painted, and for who walks on, with a key held down,
 * where they stop. So the next key never waits for what nobody looked at.
 */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  const changedAt = useRef(-Infinity)
  const isSettled = value === settled
  useEffect(() => {
    if (isSettled) return undefined
    const walking = performance.now() - changedAt.current < walkMs
    changedAt.current = performance.now()
    const settle = () => startTransition(() => setSettled(value))
    if (!walking) return afterPaint(settle)
    const timer = setTimeout(settle, walkMs)
    return () => clearTimeout(timer)
  }, [value, isSettled])
  return settled
}
