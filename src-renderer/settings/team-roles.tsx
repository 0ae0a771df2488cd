import { Check } from 'lucide-react'
import { t } from '../text'
import { Icon } from '../ui/icon'
import './settings.css'

const may = {
  read: ['owner', 'admin', 'agent', 'light'],
  note: ['owner', 'admin', 'agent', 'light'],
  send: ['owner', 'admin', 'agent'],
  work: ['owner', 'admin', 'agent'],
  support: ['owner', 'admin'],
  mailboxes: ['owner', 'admin'],
  shared: ['owner', 'admin'],
  diagnostics: ['owner', 'admin'],
  team: ['owner'],
} as const
const shownRoles = ['owner', 'admin', 'agent', 'light'] as const
const acts = ['read', 'note', 'send', 'work', 'support', 'mailboxes', 'shared', 'diagnostics', 'team'] as const

export function Roles() {
  return (
    // nothing in it takes the focus, and by key it must be reached to be scrolled
    <section aria-label={t('team:matrix.title')} tabIndex={0}>
      <h2 className="group-title">{t('team:matrix.title')}</h2>
      <div className="card mx clip">
        <table>
          <thead>
            <tr>
              <th>
                <span className="sr">{t('team:matrix.title')}</span>
              </th>
              {shownRoles.map((role) => (
                <th key={role} className="c">
                  {t(`team:roles.${role}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {acts.map((act) => (
              <tr key={act}>
                <td>{t(`team:matrix.${act}`)}</td>
                {shownRoles.map((role) => (
                  <td key={role} className="c">
                    {may[act].some((one) => one === role) ? (
                      <span className="acc">
                        <Icon icon={Check} />
                        <span className="sr">{t('team:matrix.yes')}</span>
                      </span>
                    ) : (
                      <span className="t3">
                        <span aria-hidden="true">–</span>
                        <span className="sr">{t('team:matrix.no')}</span>
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        <div className="meta t3 team-matrix-foot">{t('team:matrix.teamHint')}</div>
      </div>
    </section>
  )
}
