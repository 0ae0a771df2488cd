import {
  Menu as Root,
  MenuAnchor,
  MenuCheckboxItem,
  MenuContent,
  MenuItem as Row,
  MenuLabel,
  MenuPortal,
  MenuSeparator,
} from '@radix-ui/react-menu'
import { Check } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { Icon } from './icon'
import { Kbd } from './kbd'
import type { MenuItem, MenuPart } from './menu'
import { useReturn, type Layer } from './trigger'

function Item({ item }: { item: MenuItem }) {
  const inner = (
    <>
      {item.checked !== undefined && <span className="tick">{item.checked && <Icon icon={Check} />}</span>}
      {item.icon && <Icon icon={item.icon} />}
      <span className="cut">{item.label}</span>
      {(item.hint ?? item.act ?? item.keys) && (
        <span className="end">
          {item.hint}
          <Kbd act={item.act} keys={item.keys} />
        </span>
      )}
    </>
  )
  const shared = {
    className: `mi${item.danger ? ' bad' : ''}`,
    disabled: item.disabled ?? false,
    onSelect: (event: Event) => {
      if (item.keepOpen) event.preventDefault()
      item.onSelect()
    },
  }
  return item.checked === undefined ? (
    <Row {...shared}>{inner}</Row>
  ) : (
    <MenuCheckboxItem {...shared} checked={item.checked}>
      {inner}
    </MenuCheckboxItem>
  )
}

/** An open menu at its button. */
export function MenuLayer({
  layer,
  items,
  align,
  label,
  children,
}: {
  layer: Layer
  items: readonly MenuPart[]
  align: 'start' | 'end'
  label: string
  children?: ReactNode
}) {
  const content = useRef<HTMLDivElement>(null)
  const back = useReturn(layer)
  const onEntryFocus = (event: Event) => {
    if (layer.byPointer.current) return
    event.preventDefault()
    content.current?.querySelector<HTMLElement>('[role^="menuitem"]:not([data-disabled])')?.focus()
  }
  return (
    // not modal: the modal kind locks scrolling with a <style> of its own, which the window's CSP refuses
    <Root open onOpenChange={layer.setOpen} modal={false}>
      <MenuAnchor virtualRef={layer.anchor} />
      <MenuPortal>
        <MenuContent
          ref={content}
          id={layer.id}
          className="menu"
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          loop
          onEntryFocus={onEntryFocus}
          {...back}
        >
          {items.map((item, index) => {
            if (item === 'separator') return <MenuSeparator key={index} className="msep" />
            if ('heading' in item)
              return (
                <MenuLabel key={index} className="mh">
                  {item.heading}
                </MenuLabel>
              )
            return <Item key={index} item={item} />
          })}
          {children}
        </MenuContent>
      </MenuPortal>
    </Root>
  )
}
