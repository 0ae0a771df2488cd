import { UserCheck } from 'lucide-react'
import type { Person } from '../../src-preload/contract'
import { t } from '../text'
import { Icon } from '../ui/icon'
import type { MenuPart } from '../ui/menu'
import type { usePeople } from '../work/people'

/** A person, null for nobody, undefined when the conversation stays as it is. */
export type AssignTo = Person | null | undefined

/** Whom the conversation is given to when this leaves. */
export function assignItems(
  people: ReturnType<typeof usePeople>,
  chosen: AssignTo,
  choose: (to: AssignTo) => void,
): MenuPart[] {
  const item = (to: AssignTo, label: string): MenuPart => ({
    label,
    checked: chosen?.id === to?.id && (chosen === null) === (to === null),
    keepOpen: true,
    onSelect: () => choose(to),
  })
  return [
    { heading: t('work:assignToo') },
    item(undefined, t('work:asIs')),
    ...[...(people?.people ?? []), ...(people?.groups ?? [])].map((one) =>
      item(one, one.id === people?.self ? t('work:me', { name: one.name }) : one.name || t('work:someone')),
    ),
    item(null, t('work:nobody')),
  ]
}

/** Says whom that is, once it was chosen. */
export function AssignChip({ to }: { to: AssignTo }) {
  if (to === undefined) return null
  const words = to === null ? t('work:assignsToNobody') : t('work:assignsTo', { name: to.name || t('work:you') })
  return (
    <span className="chip" data-tip={words}>
      <Icon icon={UserCheck} />
      <bdi className="cut">{words}</bdi>
    </span>
  )
}
