import type { ReactNode } from 'react'
import { Icon, type LucideIcon } from '../ui/icon'

/** One line: who or which host, what they get, and the acts that end it. */
export function ShareLine({
  mark,
  title,
  text,
  alarm = false,
  children,
}: {
  mark: ReactNode
  title: ReactNode
  text: ReactNode
  alarm?: boolean
  children?: ReactNode
}) {
  return (
    <li className={`set share${alarm ? ' alarm' : ''}`}>
      <span className={alarm ? 'bad' : 't2'}>{mark}</span>
      <div className="grow">
        <div className="medium">
          <bdi>{title}</bdi>
        </div>
        <p>
          <bdi>{text}</bdi>
        </p>
      </div>
      {children !== undefined && <div className="x g1">{children}</div>}
    </li>
  )
}

export const Sign = ({ icon }: { icon: LucideIcon }) => <Icon icon={icon} />
