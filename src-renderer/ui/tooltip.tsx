import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { isAct } from '../state/keymap'
import { Kbd, type KeysShown } from './kbd'

interface Tip {
  text: string
  shown: KeysShown
  box: DOMRect
}

const delayMs = 500

function keysAt(element: Element): KeysShown {
  const act = element.getAttribute('data-tip-act') ?? ''
  return { act: isAct(act) ? act : undefined, keys: element.getAttribute('data-tip-keys') ?? undefined }
}

/** Whether the words of the tip stand in the element already, in full: a tip that repeats them would only be in the way. */
function isReadable(element: HTMLElement, text: string): boolean {
  const label = element.matches('.cut') ? element : element.querySelector<HTMLElement>('.cut')
  if (!label || label.clientWidth < 4 || label.scrollWidth > label.clientWidth) return false
  return element.innerText.replace(/\s+/g, ' ').includes(text.replace(/\s+/g, ' '))
}

/**
 * All tooltips of the window: any element with `data-tip` (and `data-tip-act` or `data-tip-keys`) has one, on hover and on keyboard focus.
 * One layer for all costs nothing per row. It repeats names that screen readers already have, so it is hidden from them.
 */
export function TooltipLayer() {
  const [tip, setTip] = useState<Tip | null>(null)
  const ref = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let current: Element | null = null
    const hide = () => {
      clearTimeout(timer)
      current = null
      setTip(null)
    }
    const show = (target: EventTarget | null, wait: number) => {
      const element = target instanceof Element ? target.closest('[data-tip]') : null
      if (element === current) return
      hide()
      const text = element?.getAttribute('data-tip')
      if (!element || !text) return
      current = element
      timer = setTimeout(() => {
        if (element.isConnected && !(element instanceof HTMLElement && isReadable(element, text)))
          setTip({ text, shown: keysAt(element), box: element.getBoundingClientRect() })
      }, wait)
    }
    const over = (event: PointerEvent) => show(event.target, delayMs)
    const focus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) show(event.target, delayMs)
    }
    document.addEventListener('pointerover', over)
    document.addEventListener('focusin', focus)
    document.addEventListener('pointerdown', hide, true)
    document.addEventListener('keydown', hide, true)
    document.addEventListener('scroll', hide, { capture: true, passive: true })
    return () => {
      hide()
      document.removeEventListener('pointerover', over)
      document.removeEventListener('focusin', focus)
      document.removeEventListener('pointerdown', hide, true)
      document.removeEventListener('keydown', hide, true)
      document.removeEventListener('scroll', hide, true)
    }
  }, [])

  useLayoutEffect(() => {
    const own = ref.current
    if (!own || !tip) return
    const { width, height } = own.getBoundingClientRect()
    const room = 8
    const x = Math.max(room, Math.min(tip.box.left + tip.box.width / 2 - width / 2, innerWidth - width - room))
    const below = tip.box.bottom + 6
    const y = below + height + room > innerHeight ? tip.box.top - height - 6 : below
    own.style.left = `${x}px`
    own.style.top = `${y}px`
  }, [tip])

  if (!tip) return null
  return (
    <div ref={ref} className="tip" aria-hidden="true">
      <span>{tip.text}</span>
      <Kbd {...tip.shown} bare />
    </div>
  )
}
