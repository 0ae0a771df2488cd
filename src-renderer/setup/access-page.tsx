import { ChevronLeft, ExternalLink, Server } from 'lucide-react'
import { useQuery } from '../live'
import { t } from '../text'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Access } from './access'
import { ClientForm } from './client-form'
import type { ProviderChoice } from './provider-page'
import { SetupFrame } from './setup-frame'
import { hostsOf } from './sign-in-page'

/** The step before anything opens: what Postern takes, what for, where it is kept, what not. */
export function AccessPage({
  address,
  choice,
  onBack,
  onLeave,
  onPassword,
  onNext,
}: {
  address: string
  choice: ProviderChoice
  onBack: () => void
  onLeave: (() => void) | null
  /** An app password instead of a sign-in by browser. */
  onPassword: () => void
  onNext: (method: 'browser' | 'device') => void
}) {
  const hosts = choice === 'other' ? null : hostsOf[choice]
  const { data } = useQuery('app.provider', hosts ? { host: hosts.imap.host, uses: ['imap', 'smtp'] } : null)
  const provider = hosts ? (data?.provider ?? null) : null
  if (hosts && !data)
    return <section className="pane" aria-label={t('accounts:steps.access')} data-pane="page" tabIndex={-1} />
  const missing = provider?.oauth?.clientMissing === true
  const name = provider?.name ?? ''
  return (
    <SetupFrame
      region={t('accounts:steps.access')}
      onBack={onBack}
      foot={
        <>
          <Button kind="ghost" icon={ChevronLeft} onClick={onBack}>
            {t('accounts:access.back')}
          </Button>
          {provider?.oauth?.device === true && !missing && (
            <Button kind="ghost" onClick={() => onNext('device')}>
              {t('accounts:access.device')}
            </Button>
          )}
          <span className="push" />
          {onLeave && (
            <Button size="lg" onClick={onLeave}>
              {t('accounts:access.cancel')}
            </Button>
          )}
          {choice === 'other' ? (
            <Button size="lg" kind="primary" autoFocus onClick={() => onNext('browser')}>
              {t('accounts:access.next')}
            </Button>
          ) : (
            <Button size="lg" kind="primary" disabled={missing} onClick={() => onNext('browser')}>
              {t('accounts:access.allow')}
              <Icon icon={ExternalLink} />
            </Button>
          )}
        </>
      }
    >
      <Access
        address={address}
        provider={provider}
        uses={['imap', 'smtp']}
        head={
          <div className="x g3">
            <span
              className={`av sq lg ${choice === 'google' ? 'c-sky' : choice === 'microsoft' ? 'c-teal' : 'c-stone'}`}
              aria-hidden="true"
            >
              {choice === 'other' ? <Icon icon={Server} /> : name.charAt(0)}
            </span>
            <h1 className="access-title">
              {choice === 'other' ? t('accounts:access.titleServer') : t('accounts:access.title', { name })}
            </h1>
          </div>
        }
        notice={
          missing && hosts ? (
            <ClientForm
              name={name}
              providerId={provider?.id ?? null}
              hosts={[hosts.imap.host, hosts.smtp.host]}
              onKept={() => undefined}
              onPassword={onPassword}
            />
          ) : undefined
        }
      />
    </SetupFrame>
  )
}
