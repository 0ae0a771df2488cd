import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useState } from 'react'
import { t } from '../text'
import { IconButton } from './button'
import type { DialogProps } from './dialog'
import { focusIsFree, openerNow } from './trigger'

const canFocus = ':is(input, select, textarea, button, a[href], [tabindex="0"]):not(:disabled)'

/** Where the keys go in a dialog that has just opened: to what it asks for, else to its buttons; to the one that closes it only when there is nothing else. */
function focusFirst(event: Event): void {
  const dialog = event.currentTarget
  if (!(dialog instanceof HTMLElement)) return
  const first =
    dialog.querySelector<HTMLElement>(`.dialog-b ${canFocus}`) ??
    dialog.querySelector<HTMLElement>(`.dialog-f ${canFocus}`)
  if (!first) return
  event.preventDefault()
  first.focus()
}

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
  // Asked for while it is drawn: a moment later a field of its own may have the focus.
  const [opener] = useState(openerNow)
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Radix.Portal>
        {/* own scrim: Radix's Overlay locks scrolling with a <style> of its own, which the window's CSP refuses */}
        <div className="scrim mid">
          <Radix.Content
            onOpenAutoFocus={focusFirst}
            onCloseAutoFocus={(event) => {
              event.preventDefault()
              if (focusIsFree()) opener?.focus()
            }}
            onInteractOutside={(event) => {
              const { target } = event
              // Asked after the click: a message may be gone by then.
              if (target instanceof Element && (target.closest('.toast-host') || !target.isConnected))
                event.preventDefault()
            }}
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
