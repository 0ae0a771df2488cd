import { ExternalLink, KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { MailboxSettings } from '../../src-preload/contract'
import { useQuery } from '../live'
import { t } from '../text'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icon'
import { Access } from './access'
import { ClientForm } from './client-form'
import { SignInProgress } from './sign-in-progress'
import type { SignIn } from './use-sign-in'

/**
 * Signing in by browser inside a form: what is asked for is shown first, in a dialog, and nothing opens before Allow.
 * `settings` null: the servers are not complete yet. `kept`: a permission is kept already and may stay.
 */
export function SignInControl({
  label,
  settings,
  uses,
  signIn,
  kept,
}: {
  label: string
  settings: MailboxSettings | null
  uses: readonly ('imap' | 'smtp')[]
  signIn: SignIn
  kept: boolean
}) {
  const [open, setOpen] = useState(false)
  const [first] = uses
  const host = settings && first ? settings[first].host : ''
  const { data } = useQuery('app.provider', host === '' ? null : { host, uses: [...uses] })
  const provider = data?.provider ?? null
  const oauth = provider?.oauth ?? null
  const missing = oauth === null || oauth.clientMissing
  const name = provider?.name ?? host
  const begin = (method: 'browser' | 'device') => {
    if (!settings) return
    setOpen(false)
    signIn.begin({ settings, uses: [...uses], method })
  }
  const running = signIn.id !== null || signIn.error !== null
  return (
    <div className="field" role="group" aria-label={label}>
      <span className="label">{label}</span>
      {running && (
        <SignInProgress signIn={signIn} name={name} address={settings?.address ?? ''} onRetry={() => setOpen(true)} />
      )}
      {(!running || signIn.done) && (
        <div className="x g3">
          {!running && (
            <span className="x g2 t2">
              <Icon icon={KeyRound} />
              {t(kept ? 'accounts:signIn.kept' : 'accounts:signIn.wanted')}
            </span>
          )}
          <Button
            className={running ? '' : 'push'}
            icon={ExternalLink}
            disabled={host === ''}
            onClick={() => setOpen(true)}
          >
            {t(kept || signIn.done ? 'accounts:signIn.openAgain' : 'accounts:signIn.open')}
          </Button>
        </div>
      )}
      {open && settings && data && (
        <Dialog
          open
          wide
          onClose={() => setOpen(false)}
          title={t('accounts:access.title', { name })}
          foot={
            <>
              {oauth?.device === true && !missing && (
                <Button kind="ghost" onClick={() => begin('device')}>
                  {t('accounts:access.device')}
                </Button>
              )}
              <Button size="lg" className="push" onClick={() => setOpen(false)}>
                {t('accounts:access.cancel')}
              </Button>
              <Button size="lg" kind="primary" disabled={missing} onClick={() => begin('browser')}>
                {t('accounts:access.allow')}
                <Icon icon={ExternalLink} />
              </Button>
            </>
          }
        >
          <Access
            head={null}
            address={settings.address}
            provider={missing ? null : provider}
            uses={uses}
            notice={
              missing ? (
                <ClientForm
                  name={name}
                  providerId={provider?.id ?? null}
                  hosts={uses.map((use) => settings[use].host)}
                  onKept={() => undefined}
                />
              ) : undefined
            }
          />
        </Dialog>
      )}
    </div>
  )
}
