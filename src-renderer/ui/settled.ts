import { startTransition, useEffect, useState } from 'react'

/** Who changes it again within this time, in ms, is on the way to something else. */
const walkMs = 150

/**
 * The value for what is drawn beside the thing itself: it follows a moment later, and for who walks on where they stop. So the next key
 * never waits for what nobody looked at.
 */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (value === settled) return undefined
    const timer = setTimeout(() => startTransition(() => setSettled(value)), walkMs)
    return () => clearTimeout(timer)
  }, [value, settled])
  return settled
}
