import { Mail } from 'lucide-react'
import { useQuery } from '../live'
import { goAddMailbox, goSettings } from '../state/places'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { AccessHeld } from '../work/access-held'
import { Section } from './section'

/** The table that every mailbox was added under: what Postern takes, what for, where it is kept, and how much of it was really used. */
export function MailboxAccess() {
  const { data, error, refetch } = useQuery('mailboxes.list', {})
  const mailboxes = (data?.mailboxes ?? []).filter(({ local }) => !local)
  if (error && !data)
    return (
      <EmptyState
        icon={Mail}
        title={t('privacy:failed')}
        action={<Button onClick={refetch}>{t('common:retry')}</Button>}
      >
        {errorText(error)}
      </EmptyState>
    )
  if (data && mailboxes.length === 0)
    return (
      <div className="card">
        <EmptyState
          icon={Mail}
          title={t('settings:mailboxes.empty')}
          action={<Button onClick={goAddMailbox}>{t('settings:mailboxes.add')}</Button>}
        />
      </div>
    )
  return (
    <>
      <p className="t2 sel">
        {t('accounts:access.provider')} {t('accounts:access.not')}: {t('accounts:access.notText')}.{' '}
        {t('accounts:access.controlText')}
      </p>
      {mailboxes.map((mailbox) => (
        <Section
          key={mailbox.id}
          title={mailbox.name}
          text={<bdi className="sel">{mailbox.address}</bdi>}
          acts={<Button onClick={() => goSettings(`mailboxes/${mailbox.id}`)}>{t('accounts:held.settings')}</Button>}
        >
          <AccessHeld mailbox={mailbox} />
        </Section>
      ))}
    </>
  )
}
