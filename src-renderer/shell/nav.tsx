import { memo, useEffect, useRef, type ReactNode } from 'react'
import { afterPaint } from '../state/after-paint'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Icon, type LucideIcon } from '../ui/icon'

interface NavProps {
  icon: LucideIcon
  mark?: ReactNode
  name: string
  count?: number | undefined
  end?: string | undefined
  on: boolean
  hot?: boolean
  tip?: string | undefined
  onClick: () => void
}

/** One row of a sidebar. */
export const Nav = memo(function Nav({ icon, mark, name, count = 0, end, on, hot = false, tip, onClick }: NavProps) {
  const row = useRef<HTMLButtonElement>(null)
  // in a low window where one is may lie below the fold
  useEffect(() => (on ? afterPaint(() => row.current?.scrollIntoView({ block: 'nearest' })) : undefined), [on])
  const shown = end ?? (count > 0 ? numberText(count) : '')
  return (
    <button
      ref={row}
      type="button"
      className={`nav${on ? ' on' : ''}${hot ? ' hot' : ''}`}
      aria-current={on ? 'page' : undefined}
      data-tip={tip ?? name}
      onClick={onClick}
    >
      {mark ?? <Icon icon={icon} />}
      <span className="cut">
        <bdi>{name}</bdi>
      </span>
      {shown && (
        <span className="n">
          {shown}
          {end === undefined && <span className="sr"> {t('common:nav.conversations', { count })}</span>}
        </span>
      )}
      {tip && <span className="sr">. {tip}</span>}
    </button>
  )
})
