import { Circle, User, Users } from 'lucide-react'
import type { ReactElement } from 'react'
import { assign } from '../state/work'
import { t } from '../text'
import { Menu, type MenuItem, type MenuPart } from '../ui/menu'
import { usePeople } from './people'

interface Props {
  trigger: ReactElement
  ids: readonly number[]
  /** Who has them now; undefined when they differ. */
  assignee: string | null | undefined
  align?: 'start' | 'end'
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Gives conversations to somebody, a group, or nobody. */
export function AssignMenu({ trigger, ids, assignee, ...rest }: Props) {
  const data = usePeople()
  const person = (one: { id: string; name: string }, group: boolean): MenuItem => ({
    label:
      one.id === data?.self
        ? one.name
          ? t('work:me', { name: one.name })
          : t('work:you')
        : one.name || t('work:someone'),
    icon: group ? Users : User,
    checked: one.id === assignee,
    act: one.id === data?.self ? 'toMe' : undefined,
    onSelect: () => void assign(ids, one),
  })
  const items = (): MenuPart[] => [
    { label: t('work:nobody'), icon: Circle, checked: assignee === null, onSelect: () => void assign(ids, null) },
    'separator',
    ...(data?.people ?? []).map((one) => person(one, false)),
    ...(data && data.groups.length > 0
      ? [{ heading: t('work:groups') }, ...data.groups.map((one) => person(one, true))]
      : []),
  ]
  return <Menu label={t('work:assignTo')} trigger={trigger} items={items} {...rest} />
}
