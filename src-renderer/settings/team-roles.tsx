import { Check } from 'lucide-react'
import type { Permission } from '../../src-preload/contract'
import { permissionsOf } from '../../src-preload/contract/roles'
import { Role } from '../../src-preload/contract/team'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { singlePermissions } from './team-permissions'
import './settings.css'

const can = (permission: Permission) => (role: Role) => permissionsOf(role, []).has(permission)
const lines = () => [
  ...(['read', 'note', 'send', 'work'] as const).map((one) => ({ label: t(`team:matrix.${one}`), may: can(one) })),
  ...singlePermissions.map((one) => ({ label: t(`team:permissions.names.${one}`), may: can(one) })),
  // no permission, and never given to another: the owner's computer signs it
  { label: t('team:matrix.team'), may: (role: Role) => role === 'owner' },
]

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
              {Role.options.map((role) => (
                <th key={role} className="c">
                  {t(`team:roles.${role}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines().map(({ label, may }) => (
              <tr key={label}>
                <td>{label}</td>
                {Role.options.map((role) => (
                  <td key={role} className="c">
                    {may(role) ? (
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
