import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'
import { useReturn, type Layer } from './trigger'

/** An open popover at its button. */
export function PopoverLayer({
  layer,
  label,
  align,
  side,
  children,
}: {
  layer: Layer
  label: string
  align: 'start' | 'end'
  side: 'top' | 'bottom' | 'right'
  children: ReactNode
}) {
  const back = useReturn(layer)
  return (
    <Popover.Root open onOpenChange={layer.setOpen}>
      <Popover.Anchor virtualRef={layer.anchor} />
      <Popover.Portal>
        <Popover.Content
          id={layer.id}
          className="menu popover"
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          {...back}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
