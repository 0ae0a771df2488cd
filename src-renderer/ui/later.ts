import { createElement, useEffect, useLayoutEffect, useState, type ComponentType } from 'react'

/** A component whose code comes later. */
export interface Later<P extends object> {
  /** Draws it: at once when its code is here, else as soon as it is. */
  readonly Shown: ComponentType<P>
  /** Fetches its code ahead. */
  readonly prepare: () => void
}

/** Keys that are pressed before what they are meant for is there do nothing, rather than something to what lies behind it. */
export function useHeldKeys(held = true): void {
  useLayoutEffect(() => {
    if (!held) return undefined
    const hold = (event: KeyboardEvent) => {
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    window.addEventListener('keydown', hold, true)
    return () => window.removeEventListener('keydown', hold, true)
  }, [held])
}

/** In the place of a layer whose code is on its way. */
export function Opening(): null {
  useHeldKeys()
  return null
}

/**
 * A component whose code is not needed for the first picture. Unlike React's `lazy` it is drawn in the same frame once its code
 * is here: whoever presses a key and types on must find the field there. `Meanwhile` keeps its place.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, Meanwhile?: ComponentType<P>): Later<P> {
  let code: ComponentType<P> | null = null
  let loading: Promise<void> | null = null
  const fetch = (): Promise<void> =>
    (loading ??= load().then(
      (loaded) => {
        code = loaded
      },
      (fault: unknown) => {
        loading = null
        throw fault
      },
    ))
  function Shown(props: P) {
    const [, drawAgain] = useState(false)
    const [fault, setFault] = useState<{ why: unknown } | null>(null)
    useEffect(() => {
      if (!code)
        fetch().then(
          () => drawAgain(true),
          (why: unknown) => setFault({ why }),
        )
    }, [])
    if (fault) throw fault.why
    if (code) return createElement(code, props)
    return Meanwhile ? createElement(Meanwhile, props) : null
  }
  return { Shown, prepare: () => void fetch().catch(() => undefined) }
}
