import { AlertTriangle, CircleCheck, Info, OctagonAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon, type LucideIcon } from './icon'

const icons = { plain: Info, info: Info, good: CircleCheck, warn: AlertTriangle, bad: OctagonAlert }

/** A strip that says what happened to the data, in place. `urgent` reads it out at once: only for a stopped send. */
export function Banner({
  kind = 'plain',
  icon,
  actions,
  urgent = false,
  top = false,
  className = '',
  children,
}: {
  kind?: 'plain' | 'info' | 'good' | 'warn' | 'bad'
  icon?: LucideIcon
  actions?: ReactNode
  urgent?: boolean
  /** Icon and actions at the first line of a longer text. */ top?: boolean
  className?: string
  children: ReactNode
}) {
  return (
    <div
      className={`banner${kind === 'plain' ? '' : ` ${kind}`}${top ? ' top' : ''} ${className}`}
      role={urgent ? 'alert' : undefined}
    >
      <Icon icon={icon ?? icons[kind]} />
      <div className="grow sel">{children}</div>
      {actions}
    </div>
  )
}
