import { Slot } from 'radix-ui'
import {
  useCallback,
  useId,
  useLayoutEffect,
  useRef,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type RefObject,
} from 'react'
import { useStateAbout } from './about'

/** What a button and the layer that it opens know of each other. */
export interface Layer {
  readonly kind: 'menu' | 'dialog'
  readonly open: boolean
  setOpen(open: boolean): void
  readonly anchor: RefObject<HTMLElement | null>
  /** Id of the layer's element. */
  readonly id: string
  /** Opened by a press of the pointer, not by a key. */
  readonly byPointer: RefObject<boolean>
}

/** The state of a layer on a button; `open` and `onOpenChange` when somebody else holds it. */
export function useLayer(
  kind: Layer['kind'],
  open: boolean | undefined,
  onOpenChange: ((open: boolean) => void) | undefined,
): Layer {
  const [own, setOwn] = useStateAbout(false)
  const anchor = useRef<HTMLElement>(null)
  const byPointer = useRef(false)
  const setOpen = useCallback(
    (next: boolean) => {
      setOwn(next)
      onOpenChange?.(next)
    },
    [onOpenChange, setOwn],
  )
  const isOpen = open ?? own
  useLayoutEffect(() => {
    if (!isOpen) byPointer.current = false
  }, [isOpen])
  return { kind, open: isOpen, setOpen, anchor, id: useId(), byPointer }
}

/** The button of a layer, as the ARIA patterns of menu button and dialog button want it. */
export function Trigger({ layer, children }: { layer: Layer; children: ReactElement }) {
  const { kind, open, setOpen, anchor, id, byPointer } = layer
  const press = (event: PointerEvent) => {
    if (event.button !== 0 || event.ctrlKey || isDisabled(event.currentTarget)) return
    byPointer.current = !open
    setOpen(!open)
    // else the button takes the focus from the menu that is just opening
    if (!open) event.preventDefault()
  }
  const key = (event: KeyboardEvent) => {
    if (!['Enter', ' ', 'ArrowDown'].includes(event.key) || isDisabled(event.currentTarget)) return
    event.preventDefault()
    setOpen(event.key === 'ArrowDown' ? true : !open)
  }
  return (
    <Slot.Root
      ref={anchor}
      aria-haspopup={kind}
      aria-expanded={open}
      aria-controls={open ? id : undefined}
      data-state={open ? 'open' : 'closed'}
      {...(kind === 'menu' ? { onPointerDown: press, onKeyDown: key } : { onClick: () => setOpen(!open) })}
    >
      {children}
    </Slot.Root>
  )
}

const isDisabled = (element: Element): boolean => element instanceof HTMLButtonElement && element.disabled

/** Who has the focus while a dialog opens; of a menu, which is gone when it closes, the menu's button. */
export function openerNow(): HTMLElement | null {
  const had = document.activeElement
  const menu = had?.closest('[role="menu"]')
  const opener = menu ? document.querySelector(`[aria-controls="${menu.id}"]`) : had
  return opener instanceof HTMLElement ? opener : null
}

interface OutsideEvent {
  readonly target: EventTarget | null
  preventDefault(): void
}

/**
 * Whether the focus, which leaves a layer with it, was not taken by another meanwhile: a layer hears of its end a moment after it is
 * gone, and whoever types on has opened the next one by then, which closes when the focus leaves it.
 */
export const focusIsFree = (): boolean => document.activeElement === document.body || document.activeElement === null

/** The same, or on the pane of a list as a whole: its rows may take it. */
export const isFreeForRows = (): boolean =>
  focusIsFree() || document.activeElement?.matches('[data-pane="list"]') === true

/**
 * What a layer does when it closes: the focus returns to its button, unless the person has pressed or gone elsewhere. A press on
 * the button itself is the button's affair.
 */
export function useReturn({ anchor }: Layer): {
  onInteractOutside(event: OutsideEvent): void
  onCloseAutoFocus(event: Event): void
} {
  const outside = useRef(false)
  return {
    onInteractOutside: (event) => {
      if (event.target instanceof Node && anchor.current?.contains(event.target)) event.preventDefault()
      else outside.current = true
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault()
      if (!outside.current && focusIsFree()) anchor.current?.focus()
    },
  }
}
