import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../text'
import { Icon } from './icon'

/** Why something cannot be changed here; as a rule that the organisation has set it. */
export function LockMark({ children = t('common:managed') }: { children?: ReactNode }) {
  return (
    <span className="lockmark">
      <Icon icon={Lock} />
      {children}
    </span>
  )
}
