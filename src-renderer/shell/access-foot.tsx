import { Shield, ShieldAlert } from 'lucide-react'
import { useEffect } from 'react'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { tellAccess } from '../state/notices'
import { goPrivacy } from '../state/places'
import { showToast } from '../state/toast'
import { t } from '../text'
import { leftText } from '../text/left'
import { Icon } from '../ui/icon'

/** The last that the system has told. */
let told = 0

/** What happened to grants is told to who looks at the window; to nobody there by the system, and here as soon as somebody looks again. */
function useAccessNotices(): void {
  const { notices } = useQuery('grants.notices', {}).data ?? { notices: [] }
  const last = notices.at(-1)?.id ?? 0
  const text = notices.map(({ what, name }) => t(`privacy:notices.${what}`, { name })).join('. ')
  useEffect(() => {
    if (text === '') return undefined
    const tell = (): void => {
      if (document.hasFocus()) {
        showToast({ text, lastsMs: 15_000 })
        void call('grants.noticesSeen', { upTo: last }).catch(tellFailure)
      } else if (last > told) {
        told = last
        void tellAccess(text).catch(tellFailure)
      }
    }
    tell()
    window.addEventListener('focus', tell)
    return () => window.removeEventListener('focus', tell)
  }, [text, last])
}

/** While any grant is live it stands here with the time left, on every screen; a broken log stands here until it is looked at. */
export function AccessFoot() {
  const tick = useNow()
  const data = useQuery('grants.list', {}).data
  const broken = useQuery('accessLog.verdict', {}).data?.verdict?.fault
  useAccessNotices()
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
