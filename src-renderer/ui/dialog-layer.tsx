import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { t } from '../text'
import { IconButton } from './button'
import type { DialogProps } from './dialog'
import { focusIsFree } from './trigger'

/** An open dialog. */
export function DialogLayer({
  open,
  onClose,
  title,
  description,
  foot,
  wide = false,
  className = '',
  children,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Radix.Portal>
        {/* own scrim: Radix's Overlay locks scrolling with a <style> of its own, which the window's CSP refuses */}
        <div className="scrim">
          <Radix.Content
            onCloseAutoFocus={(event) => !focusIsFree() && event.preventDefault()}
            className={`dialog${wide ? ' wide' : ''} ${className}`}
            {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          >
            <div className="dialog-h">
              <Radix.Title asChild>
                <h2 className="grow">{title}</h2>
              </Radix.Title>
              <IconButton icon={X} size="sm" label={t('common:close')} onClick={onClose} />
            </div>
            <div className="dialog-b y g3">
              {description !== undefined && (
                <Radix.Description asChild>
                  <div className="t2 sel">{description}</div>
                </Radix.Description>
              )}
              {children}
            </div>
            {foot && <div className="dialog-f">{foot}</div>}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  )
}
