import { createContext, useCallback, useContext, useLayoutEffect, useRef, useState } from 'react'

/** What a pane is about that stays from one thing to the next: the id of the conversation that it shows. */
export const About = createContext<number | null>(null)

/**
 * State about what the pane shows. With the next one it begins anew: a dialog that was opened for one must never act on another.
 * What is set late, for one that is gone, is lost.
 */
export function useStateAbout<T>(initial: T): [T, (next: T) => void] {
  const about = useContext(About)
  const [held, setHeld] = useState({ about, value: initial })
  // Taken away and not only left aside, else it would be there again when one comes back.
  if (held.about !== about && held.value !== initial) setHeld({ about, value: initial })
  const shown = useRef(about)
  useLayoutEffect(() => {
    shown.current = about
  }, [about])
  const set = useCallback(
    (value: T) => {
      if (shown.current === about) setHeld({ about, value })
    },
    [about],
  )
  return [held.about === about ? held.value : initial, set]
}
