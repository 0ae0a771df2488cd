import { ChevronLeft } from 'lucide-react'
import { Fragment } from 'react'
import { useQuery } from '../live'
import { goSettings, leaveSettings } from '../state/places'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { Nav } from './nav'
import { AccessFoot } from './access-foot'
import { findPage, settingsPages } from './settings-pages'
import { SyncFoot } from './sync-foot'
import { TeamFoot } from './team-foot'

const groups = ['you', 'workspace', 'trust'] as const
const goTo = Object.fromEntries(settingsPages.map(({ id }) => [id, () => goSettings(id)]))

/** The sidebar while a person is in settings: back to the work, and the pages. */
export function SettingsSidebar({ address }: { address: string | null }) {
  const { id: shown } = findPage(address)
  const mailboxes = useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes ?? []
  const sync = useQuery('sync.status', {}, { topics: ['sync', 'mailboxes'] }).data
  return (
    <nav className="sidebar" aria-label={t('settings:title')} data-pane="sidebar">
      <button type="button" className="wsp leave" data-tip={t('settings:leave')} onClick={leaveSettings}>
        <Icon icon={ChevronLeft} flip />
        <span className="strong cut" aria-hidden="true">
          {t('settings:title')}
        </span>
        <span className="sr">{t('settings:leave')}</span>
        <span className="push">
          <Kbd keys="Escape" />
        </span>
      </button>
      <div className="scroll" tabIndex={-1}>
        {groups.map((group) => (
          <Fragment key={group}>
            <div className="navhead">
              <span>{t(`settings:groups.${group}`)}</span>
            </div>
            {settingsPages
              .filter((page) => page.group === group)
              .map(({ id, icon }) => (
                <Nav
                  key={id}
                  icon={icon}
                  name={t(`settings:pages.${id}`)}
                  on={id === shown}
                  onClick={goTo[id] ?? leaveSettings}
                />
              ))}
          </Fragment>
        ))}
      </div>
      <div className="sidefoot">
        <AccessFoot />
        <TeamFoot />
        <SyncFoot sync={sync} mailboxes={mailboxes} />
      </div>
    </nav>
  )
}
