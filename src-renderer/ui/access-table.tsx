import { Inbox, Mail, Send, User } from 'lucide-react'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Icon, type LucideIcon } from './icon'

/** What was really used of a mailbox's permission. */
export interface AccessUsed {
  readonly read: number
  readonly sent: number
  readonly acts: number
}

/**
 * What Postern takes of a mailbox, what for and where it is kept; with `used`, how much of it was used so far. The same table
 * is shown before the browser opens and stays wherever the permission can be looked at.
 */
export function AccessTable({
  name,
  uses,
  identity,
  used,
}: {
  /** The provider; null: a server without a name that people know. */ name: string | null
  uses: readonly ('imap' | 'smtp')[]
  identity: boolean
  used?: AccessUsed | undefined
}) {
  const where = (key: 'read' | 'send' | 'move' | 'who') =>
    key === 'send' || key === 'move'
      ? name === null
        ? t(`accounts:access.${key}WhereServer`)
        : t(`accounts:access.${key}Where`, { name })
      : t(`accounts:access.${key}Where`)
  const row = (key: 'read' | 'send' | 'move' | 'who', icon: LucideIcon, count?: string) => (
    <tr key={key}>
      <th scope="row">
        <span className="x top">
          <span className="acc">
            <Icon icon={icon} />
          </span>
          <span className="medium">{t(`accounts:access.${key}`)}</span>
        </span>
      </th>
      <td className="t2">{t(`accounts:access.${key}Why`)}</td>
      <td className="t2">{where(key)}</td>
      {used && <td className="t2 num">{count ?? ''}</td>}
    </tr>
  )
  const times = (key: 'usedRead' | 'usedSend' | 'usedMove', count: number) =>
    count === 0 ? t('accounts:access.never') : t(`accounts:access.${key}`, { count, shown: numberText(count) })
  return (
    <div className="card clip">
      <table className="access">
        <caption className="sr">{t('accounts:access.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('accounts:access.what')}</th>
            <th scope="col">{t('accounts:access.why')}</th>
            <th scope="col">{t('accounts:access.where')}</th>
            {used && <th scope="col">{t('accounts:access.used')}</th>}
          </tr>
        </thead>
        <tbody>
          {uses.includes('imap') && row('read', Mail, used && times('usedRead', used.read))}
          {uses.includes('smtp') && row('send', Send, used && times('usedSend', used.sent))}
          {uses.includes('imap') && row('move', Inbox, used && times('usedMove', used.acts))}
          {identity && row('who', User)}
        </tbody>
      </table>
    </div>
  )
}
