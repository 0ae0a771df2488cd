import { useState } from 'react'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { goPrivacy, goSettings } from '../state/places'
import { t } from '../text'
import { Button } from '../ui/button'
import { Switch } from '../ui/field'
import { LockMark } from '../ui/lock-mark'
import { ReportDialog } from './report-dialog'
import { Section } from './section'

/** Sharing beyond the team: customer success, performance and troubleshooting, mail to the support team. */
export function Sharing() {
  const [reporting, setReporting] = useState(false)
  const state = useQuery('reports.state', {}).data
  const grants = useQuery('grants.list', {}).data?.grants
  const policy = useQuery('policy.get', {}).data?.policy
  if (!state || !grants || !policy) return null
  const success = grants.filter(({ kind, state: stands }) => kind !== 'support' && stands === 'live')
  const forbidden = policy.supportAccess === 'off' || policy.customerSuccessAccess === 'off'
  return (
    <>
      <Section title={t('reports:sharing.title')} text={t('reports:sharing.text')}>
        <div className="card">
          <div className="set">
            <div className="grow">
              <div className="medium">{t('reports:sharing.success')}</div>
              <p>
                <bdi>
                  {forbidden
                    ? t('reports:sharing.successManaged')
                    : success.length === 0
                      ? t('reports:sharing.successOff')
                      : t('reports:sharing.successOn', {
                          count: success.length,
                          names: success.map(({ identity }) => identity.name).join(', '),
                        })}
                </bdi>
              </p>
            </div>
            {forbidden && <LockMark />}
            <Button onClick={() => goPrivacy('access')}>{t('reports:sharing.successGo')}</Button>
          </div>
          <div className="set">
            <div className="grow">
              <div className="x">
                <span className="medium" id="troubleshooting">
                  {t('reports:sharing.performance')}
                </span>
                <span className="chip sm line">{t('reports:sharing.adminOnly')}</span>
              </div>
              <p id="troubleshooting-text">
                {t(state.on ? 'reports:sharing.performanceOn' : 'reports:sharing.performanceOff')}
              </p>
            </div>
            {state.managed && <LockMark />}
            <Button disabled={!state.mayChange} onClick={() => setReporting(true)}>
              {t('reports:sharing.make')}
            </Button>
            <Switch
              disabled={state.managed || !state.mayChange}
              on={state.on}
              labelledBy="troubleshooting"
              describedBy="troubleshooting-text"
              onChange={(on) => void call('reports.switch', { on }).catch(tellFailure)}
            />
          </div>
          <div className="set">
            <div className="grow">
              <div className="medium">{t('reports:sharing.contact')}</div>
              <p>{t('reports:sharing.contactText')}</p>
            </div>
            <Button onClick={() => goSettings('support')}>{t('reports:sharing.contactGo')}</Button>
          </div>
        </div>
      </Section>
      {reporting && <ReportDialog to={state.supportAddress} onClose={() => setReporting(false)} />}
    </>
  )
}
