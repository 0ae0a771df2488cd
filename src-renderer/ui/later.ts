import { createElement, useEffect, useLayoutEffect, useState, type ComponentType } from 'react'
import { afterPaint } from '../state/after-paint'

/** A component whose code comes later. */
export interface Later<P extends object> {
  /** Draws it: at once when its code is here, else as soon as it is. */
  readonly Shown: ComponentType<P>
  /** Fetches its code ahead. */
  readonly prepare: () => void
}

/** Pressed while something was held, in their order. */
const kept: KeyboardEvent[] = []
let holds = 0
let pressing = false

/**
 * Keys that are pressed before what they are meant for is there: what lies behind it gets none, and once it has the focus they are
 * pressed again, in their order. What one of them opens, and is on its way in turn, gets those that follow.
 */
export function useHeldKeys(held = true): void {
  useLayoutEffect(() => {
    if (!held) return undefined
    holds += 1
    window.addEventListener('keydown', hold, true)
    // the frame that draws it also gives it the focus
    return () => {
      holds -= 1
      afterPaint(() => void pressAgain())
    }
  }, [held])
}

function hold(event: KeyboardEvent): void {
  if (!event.isTrusted) return
  event.preventDefault()
  event.stopImmediatePropagation()
  // what a key that is held down repeats was meant for what stood there before
  if (!event.repeat) kept.push(event)
}

/** Each in a turn of its own, so that the next one finds what the last one did; more may come meanwhile. */
async function pressAgain(): Promise<void> {
  if (pressing) return
  pressing = true
  for (let event = next(); event; event = next()) {
    press(event)
    await new Promise((resolve) => setTimeout(resolve))
  }
  pressing = false
  if (holds === 0) window.removeEventListener('keydown', hold, true)
}

const next = (): KeyboardEvent | undefined => (holds === 0 ? kept.shift() : undefined)

/** No page can press a key as a person does: it tells of the key, and writes its letter where nobody took it. */
function press({ key, code, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): void {
  const keys = { key, code, ctrlKey, metaKey, shiftKey, altKey, bubbles: true, cancelable: true }
  const taken = !(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', keys))
  if (!taken && [...key].length === 1 && !ctrlKey && !metaKey) document.execCommand('insertText', false, key)
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
