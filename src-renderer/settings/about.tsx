import { FileText } from 'lucide-react'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Page } from '../ui/page'
import './settings.css'

/** Which program this is, and its logs. */
export function About() {
  const state = useQuery('app.state', {}).data
  if (!state) return null
  return (
    <Page title={t('settings:pages.about')}>
      <div className="card">
        <div className="set">
          <div className="grow">
            <div className="medium sel">{t('settings:about.version', { version: state.version })}</div>
            <p>{t('settings:about.licence')}</p>
          </div>
        </div>
        <div className="set">
          <div className="grow">
            <div className="medium">{t('settings:about.logs')}</div>
            <p>{t('settings:about.logsText')}</p>
          </div>
          <Button icon={FileText} onClick={() => void call('app.window', { act: 'show-logs' }).catch(tellFailure)}>
            {t('settings:about.showLogs')}
          </Button>
        </div>
      </div>
      {state.standIn && <Banner kind="warn">{t('settings:about.standIn')}</Banner>}
    </Page>
  )
}
