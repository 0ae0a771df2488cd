import { ShieldAlert } from 'lucide-react'
import type { Mailbox } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { t } from '../text'
import { dayText } from '../text/time'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { useMailboxes } from '../work/mailboxes'

/** Takes the exception of one server back; the next connection asks for a certificate that this computer trusts. */
async function remove(mailbox: Mailbox, use: 'imap' | 'smtp'): Promise<void> {
  const { id, paused: _paused, ...settings } = mailbox
  const { pin: _pin, ...server } = settings[use]
  await call('app.updateMailbox', { id, settings: { ...settings, [use]: server } })
  showToast({ text: t('settings:pins.removed', { host: server.host }) })
}

/** The certificates that a person accepted although nobody known vouches for them. Draws nothing when there are none. */
export function PinnedCertificates() {
  const mailboxes = useMailboxes()
  const pins = mailboxes.flatMap((mailbox) =>
    (['imap', 'smtp'] as const).flatMap((use) => {
      const { pin, host } = mailbox[use]
      return pin && pin.host === host ? [{ mailbox, use, pin }] : []
    }),
  )
  if (pins.length === 0) return null
  return (
    <section aria-label={t('settings:pins.title')}>
      <h2 className="group-title">{t('settings:pins.title')}</h2>
      <div className="card">
        {pins.map(({ mailbox, use, pin }) => (
          <div className="set" key={`${mailbox.id} ${use}`}>
            <span className="warn">
              <Icon icon={ShieldAlert} />
            </span>
            <div className="grow">
              <div className="medium sel" dir="ltr">
                {pin.host}:{mailbox[use].port}
              </div>
              <p>{t('settings:pins.text', { name: mailbox.name, day: dayText(pin.at) })}</p>
              <p className="mono meta sel pin-print" dir="ltr">
                {pin.sha256}
              </p>
            </div>
            <Button onClick={() => void remove(mailbox, use).catch(tellFailure)}>{t('settings:pins.remove')}</Button>
          </div>
        ))}
      </div>
    </section>
  )
}
