import type { ReactElement, ReactNode } from 'react'
import { later, Opening } from './later'
import { Trigger, useLayer } from './trigger'

const layers = later(() => import('./popover-layer').then((module) => module.PopoverLayer), Opening)

/** Fetches the code of popovers ahead of the first click. */
export const preparePopovers = layers.prepare

export interface PopoverProps {
  /** One element that takes a ref. Focus returns to it on close. */
  trigger: ReactElement
  label: string
  align?: 'start' | 'end'
  side?: 'top' | 'bottom' | 'right'
  open?: boolean
  onOpenChange?: (open: boolean) => void
  children: ReactNode
}

/** A small layer on a button with more than menu items in it. Until it opens, it costs no more than its button. */
export function Popover({
  trigger,
  label,
  align = 'start',
  side = 'bottom',
  open,
  onOpenChange,
  children,
}: PopoverProps) {
  const layer = useLayer('dialog', open, onOpenChange)
  return (
    <>
      <Trigger layer={layer}>{trigger}</Trigger>
      {layer.open && (
        <layers.Shown layer={layer} label={label} align={align} side={side}>
          {children}
        </layers.Shown>
      )}
    </>
  )
}
