import { Users } from 'lucide-react'
import { useQuery } from '../live'
import { goSettings } from '../state/places'
import { gravityOf } from '../state/trouble'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Icon } from '../ui/icon'
import { useDefinitionConflicts } from '../work/definition-conflicts'
import { useIdentityConflicts } from '../work/identity-conflicts'

/** While something of the team needs a person it stands here, on every screen; a click leads to what it is. */
export function TeamFoot() {
  const { data } = useQuery('team.state', {})
  const trouble = (data?.trouble ?? []).map(gravityOf).filter((one) => one !== 'good')
  const count = trouble.length + useDefinitionConflicts().length + useIdentityConflicts().length
  if (count === 0) return null
  const bad = trouble.includes('bad')
  return (
    <button
      type="button"
      className="nav warnfoot"
      data-tip={t('team:trouble.footTip')}
      onClick={() => goSettings('team')}
    >
      <span className={bad ? 'bad' : 'warn'}>
        <Icon icon={Users} />
      </span>
      <span className="meta cut">{t('team:trouble.foot')}</span>
      <span className="n">
        {numberText(count)}
        <span className="sr"> {t('team:trouble.things', { count })}</span>
      </span>
    </button>
  )
}
