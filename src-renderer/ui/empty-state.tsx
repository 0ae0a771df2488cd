import type { ReactNode } from 'react'
import { Icon, type LucideIcon } from './icon'

/** Nothing here: an icon, one line, what to do. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="empty">
      <Icon icon={icon} />
      <h2>{title}</h2>
      {children && <p className="empty-text">{children}</p>}
      {action && <div className="x empty-action">{action}</div>}
    </div>
  )
}
