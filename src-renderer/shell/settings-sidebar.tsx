import { ChevronLeft } from 'lucide-react'
import { Fragment } from 'react'
import { goSettings, leaveSettings } from '../state/places'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { Nav } from './nav'
import { findPage, settingsPages } from './settings-pages'
import { SideFoot } from './side-foot'

const groups = ['you', 'workspace', 'trust'] as const
const goTo = Object.fromEntries(settingsPages.map(({ id }) => [id, () => goSettings(id)]))

/** The sidebar while a person is in settings: back to the work, and the pages. */
export function SettingsSidebar({ address }: { address: string | null }) {
  const { id: shown } = findPage(address)
  return (
    <nav className="sidebar" aria-label={t('settings:title')} data-pane="sidebar">
      <button type="button" className="wsp leave" data-tip={t('settings:leave')} onClick={leaveSettings}>
        <Icon icon={ChevronLeft} flip />
        <span className="strong cut" aria-hidden="true">
          {t('settings:title')}
        </span>
        <span className="sr">{t('settings:leave')}</span>
        <span className="push">
          <Kbd act="escape" />
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
      <SideFoot />
    </nav>
  )
}
