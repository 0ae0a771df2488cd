import type { ReactNode } from 'react'
import { Icon, type LucideIcon } from './icon'

/** Nothing here: an icon, one line, what to do. */
export function EmptyState({
  icon,
  title,
  page = false,
  children,
  action,
}: {
  icon: LucideIcon
  title: string
  /** Nothing else is on the page: its title is the heading of the window. */
  page?: boolean | undefined
  children?: ReactNode
  action?: ReactNode
}) {
  const Title = page ? 'h1' : 'h2'
  return (
    <div className="empty">
      <Icon icon={icon} />
      <Title className="title">{title}</Title>
      {children && <p className="empty-text">{children}</p>}
      {action && <div className="x empty-action">{action}</div>}
    </div>
  )
}
