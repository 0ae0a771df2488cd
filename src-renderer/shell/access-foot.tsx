import { Shield, ShieldAlert } from 'lucide-react'
import { useEffect } from 'react'
import { onEvent } from '../client'
import { useQuery } from '../live'
import { useNow } from '../state/clock'
import { goPrivacy } from '../state/places'
import { showToast } from '../state/toast'
import { t } from '../text'
import { leftText } from '../text/left'
import { Icon } from '../ui/icon'

/** While any grant is live it stands here with the time left, on every screen; a broken log stands here until it is looked at. */
export function AccessFoot() {
  const tick = useNow()
  const data = useQuery('grants.list', {}).data
  const broken = useQuery('accessLog.verdict', {}).data?.verdict?.fault
  useEffect(
    () =>
      onEvent((event) => {
        if (event.topic === 'access-notice')
          showToast({ text: t(`privacy:notices.${event.what}`, { name: event.name }), lastsMs: 15_000 })
      }),
    [],
  )
  const live = data?.grants.filter((grant) => grant.state === 'live') ?? []
  const next = live.toSorted((a, b) => a.endsAt - b.endsAt)[0]
  const looking = live.some((grant) => grant.open > 0)
  return (
    <>
      {broken && (
        <button type="button" className="nav bad" data-tip={t('privacy:foot.broken')} onClick={() => goPrivacy('log')}>
          <Icon icon={ShieldAlert} />
          <span className="meta cut">{t('privacy:foot.broken')}</span>
        </button>
      )}
      {next && data && (
        <button type="button" className="nav" data-tip={t('privacy:foot.label')} onClick={() => goPrivacy('access')}>
          <Icon icon={Shield} />
          <span className="meta cut">{t(looking ? 'privacy:foot.looking' : 'privacy:foot.label')}</span>
          <span className="n">{leftText(next.endsAt - Math.max(data.now, tick))}</span>
        </button>
      )}
    </>
  )
}
