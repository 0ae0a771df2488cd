import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { t } from '../text'
import { IconButton } from './button'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** One sentence under the title, also read out when it opens. */
  description?: ReactNode
  /** Buttons: cancel first, the act last. */
  foot?: ReactNode
  wide?: boolean
  /** For a dialog with a layout of its own. */
  className?: string
  children?: ReactNode
}

/** A dialog: fixed head and foot, the middle scrolls, Esc and the scrim close it, focus returns to the opener. */
export function Dialog({ open, onClose, title, description, foot, wide = false, className = '', children }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Radix.Portal>
        {/* own scrim: Radix's Overlay locks scrolling with a <style> of its own, which the window's CSP refuses */}
        <div className="scrim">
          <Radix.Content className={`dialog${wide ? ' wide' : ''} ${className}`} {...(description === undefined ? { 'aria-describedby': undefined } : {})}>
            <div className="dialog-h">
              <Radix.Title asChild><h2 className="grow">{title}</h2></Radix.Title>
              <IconButton icon={X} size="sm" label={t('common:close')} onClick={onClose} />
            </div>
            <div className="dialog-b y g3">
              {description !== undefined && <Radix.Description asChild><div className="t2 sel">{description}</div></Radix.Description>}
              {children}
            </div>
            {foot && <div className="dialog-f">{foot}</div>}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  )
}
