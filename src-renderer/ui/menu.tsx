import { Ellipsis } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { IconButton } from './button'
import type { LucideIcon } from './icon'
import type { KeysShown } from './kbd'
import { later, Opening } from './later'
import { Trigger, useLayer } from './trigger'

/** With an act or keys, they stand as keycaps at the end. */
export interface MenuItem extends KeysShown {
  label: string
  icon?: LucideIcon
  /** A quiet word at the end: a reason, a count. */
  hint?: string
  danger?: boolean
  disabled?: boolean
  /** Set for a choice: shows a tick when true. */
  checked?: boolean
  /** The menu stays open: for switches, and where `onSelect` puts another layer in its place. */
  keepOpen?: boolean
  onSelect: () => void
}

/** A line between items, or a small heading. */
export type MenuPart = MenuItem | 'separator' | { heading: string }

const layers = later(() => import('./menu-layer').then((module) => module.MenuLayer), Opening)

/** Fetches the code of menus ahead of the first click. */
export const prepareMenus = layers.prepare

export interface MenuProps {
  /** One element that takes a ref (Button, IconButton). Focus returns to it on close. */
  trigger: ReactElement
  /** A function is asked only when the menu opens. */
  items: readonly MenuPart[] | (() => readonly MenuPart[])
  align?: 'start' | 'end'
  label: string
  children?: ReactNode
  /** Set both to open it by other means than its button. */
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** A menu on a button. There are many of them on a page: until it opens, one costs no more than its button. */
export function Menu({ trigger, items, align = 'end', label, children, open, onOpenChange }: MenuProps) {
  const layer = useLayer('menu', open, onOpenChange)
  return (
    <>
      <Trigger layer={layer}>{trigger}</Trigger>
      {layer.open && (
        <layers.Shown layer={layer} items={typeof items === 'function' ? items() : items} align={align} label={label}>
          {children}
        </layers.Shown>
      )}
    </>
  )
}

/** The menu of what else can be done with a thing, behind three dots. */
export function MoreMenu({ label, items }: Required<Pick<MenuProps, 'label'>> & Pick<MenuProps, 'items'>) {
  return <Menu label={label} trigger={<IconButton icon={Ellipsis} size="sm" label={label} />} items={items} />
}
