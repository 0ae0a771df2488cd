import type { ReactElement } from 'react'
import { t } from '../text'
import { later } from '../ui/later'
import { Popover } from '../ui/popover'

const list = later(() => import('./tag-list').then((module) => module.TagList))

/** Fetches the code of the choice ahead of the first press of T. */
export const prepareTags = list.prepare

interface Props {
  trigger: ReactElement
  ids: readonly number[]
  /** Names of the tags that all of them have. */
  has: readonly string[]
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Gives and takes tags; a name that is not there can be made. */
export function TagPicker({ trigger, ids, has, ...rest }: Props) {
  return (
    <Popover label={t('work:tags')} trigger={trigger} {...rest}>
      <list.Shown ids={ids} has={has} />
    </Popover>
  )
}
