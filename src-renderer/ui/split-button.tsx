import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon } from './icon'
import { Menu, type MenuPart } from './menu'

/** The main act as a button (`children`), with its other ways in a menu joined to it. */
export function SplitButton({
  more,
  items,
  children,
}: {
  more: string
  items: readonly MenuPart[]
  children: ReactNode
}) {
  return (
    <span className="split">
      {children}
      <Menu
        label={more}
        trigger={
          <button type="button" className="btn primary" aria-label={more} data-tip={more}>
            <Icon icon={ChevronDown} />
          </button>
        }
        items={items}
      />
    </span>
  )
}
