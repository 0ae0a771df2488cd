/** Where each conversation was scrolled to, for coming back; not of those that were left at their end. */
const places = new Map<number, number>()
/** Keys that scroll, or unfold what is in front of the person. */
const moving = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ', 'Enter', 'Tab'])
/** So near to the end is at the end, px. */
const slack = 8

/** The place of a thread that is on screen. */
export interface KeptPlace {
  /** To the end, and with it as long as the person stays there. */
  toEnd(): void
  stop(): void
}

/**
 * Keeps a thread where it belongs while frames and images find their height, until the person scrolls: where it was left,
 * else at the message `target`, else at the beginning of the newest one, which is the end where that is in view. Who is at the
 * end stays there when something is added below, or the composer takes more room.
 */
export function keepPlace(pane: HTMLElement, conversationId: number, target: number | null): KeptPlace {
  let pin: 'first' | 'end' | null = 'first'
  let ours = -1
  const remembered = places.get(conversationId)
  const newestOf = () => [...pane.querySelectorAll<HTMLElement>('.thread-item:not(.event)')].at(-1)
  const newest = newestOf()
  let ended = true
  const atEnd = () => pane.scrollHeight - pane.scrollTop - pane.clientHeight <= slack
  const place = () => {
    if (pin === null) return
    const message = target === null ? newest : pane.querySelector<HTMLElement>(`[data-message="${target}"]`)
    // Something was added: what one reads does not move away for it.
    if (pin === 'first' && remembered === undefined && target === null && newestOf() !== newest)
      pin = ended ? 'end' : null
    if (pin === null) return
    if (pin === 'first' && remembered !== undefined) pane.scrollTop = remembered
    else if (pin === 'first' && message) pane.scrollTop = Math.max(0, message.offsetTop - 16)
    else pane.scrollTop = pane.scrollHeight
    ours = pane.scrollTop
    ended = atEnd()
  }
  // told for the first time within the frame, after its layout and before its picture
  const observer = new ResizeObserver(place)
  observer.observe(pane)
  if (pane.firstElementChild) observer.observe(pane.firstElementChild)
  const listening = new AbortController()
  const options = { passive: true, signal: listening.signal }
  const letGo = () => {
    pin = null
  }
  pane.addEventListener('pointerdown', letGo, options)
  pane.addEventListener('touchstart', letGo, options)
  pane.addEventListener('keydown', ({ key }) => moving.has(key) && letGo(), options)
  pane.addEventListener(
    'wheel',
    ({ deltaY }) => {
      pin = deltaY > 0 && atEnd() ? 'end' : null
    },
    options,
  )
  pane.addEventListener(
    'scroll',
    () => {
      if (Math.abs(pane.scrollTop - ours) <= 2) return
      if (!atEnd()) places.set(conversationId, pane.scrollTop)
      else {
        places.delete(conversationId)
        pin ??= 'end'
      }
    },
    options,
  )
  return {
    toEnd: () => {
      pin = 'end'
      place()
    },
    stop: () => {
      observer.disconnect()
      listening.abort()
    },
  }
}
