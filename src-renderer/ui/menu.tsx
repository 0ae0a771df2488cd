import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Icon, type LucideIcon } from './icon'
import { Kbd } from './kbd'

export interface MenuItem {
  label: string
  icon?: LucideIcon
  /** Shortcut shown at the end. */
  keys?: string
  /** A quiet word at the end: a reason, a count. */
  hint?: string
  danger?: boolean
  disabled?: boolean
  /** Set for a choice: shows a tick when true. */
  checked?: boolean
  /** The menu stays open: for switches. */
  keepOpen?: boolean
  onSelect: () => void
}

/** A line between items, or a small heading. */
export type MenuPart = MenuItem | 'separator' | { heading: string }

function Item({ item }: { item: MenuItem }) {
  const inner = (
    <>
      {item.checked !== undefined && <span className="tick">{item.checked && <Icon icon={Check} />}</span>}
      {item.icon && <Icon icon={item.icon} />}
      <span className="cut">{item.label}</span>
      {(item.hint ?? item.keys) && <span className="end">{item.hint}{item.keys && <Kbd keys={item.keys} bare />}</span>}
    </>
  )
  const shared = { className: `mi${item.danger ? ' bad' : ''}`, disabled: item.disabled ?? false, onSelect: (event: Event) => {
    if (item.keepOpen) event.preventDefault()
    item.onSelect()
  } }
  return item.checked === undefined
    ? <DropdownMenu.Item {...shared}>{inner}</DropdownMenu.Item>
    : <DropdownMenu.CheckboxItem {...shared} checked={item.checked}>{inner}</DropdownMenu.CheckboxItem>
}

/** A menu on a button. `trigger` must be one element that takes a ref (Button, IconButton). Focus returns to it on close. */
export function Menu({ trigger, items, align = 'end', label, children, open, onOpenChange }: { trigger: ReactElement; items: readonly MenuPart[]; align?: 'start' | 'end'; label: string; children?: ReactNode; /** Set both to open it by other means than its button. */ open?: boolean; onOpenChange?: (open: boolean) => void }) {
  return (
    // not modal: the modal kind locks scrolling with a <style> of its own, which the window's CSP refuses
    <DropdownMenu.Root modal={false} {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8} aria-label={label} loop>
          {items.map((item, index) => {
            if (item === 'separator') return <DropdownMenu.Separator key={index} className="msep" />
            if ('heading' in item) return <DropdownMenu.Label key={index} className="mh">{item.heading}</DropdownMenu.Label>
            return <Item key={index} item={item} />
          })}
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
