import { Popover as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

/** A small layer on a button with more than menu items in it. Focus returns to the button on close. */
export function Popover({ trigger, label, align = 'start', side = 'bottom', open, onOpenChange, children }: { trigger: ReactElement; label: string; align?: 'start' | 'end'; side?: 'top' | 'bottom' | 'right'; open?: boolean; onOpenChange?: (open: boolean) => void; children: ReactNode }) {
  const control = open === undefined ? {} : { open }
  const change = onOpenChange ? { onOpenChange } : {}
  return (
    <Radix.Root {...control} {...change}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu popover" align={align} side={side} sideOffset={6} collisionPadding={8} aria-label={label}>{children}</Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
