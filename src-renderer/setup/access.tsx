import { Globe, Info, Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ProviderFacts } from '../../src-preload/contract'
import { t } from '../text'
import { AccessTable } from '../ui/access-table'
import { Icon } from '../ui/icon'
import { LockMark } from '../ui/lock-mark'

export interface AccessProps {
  address: string
  /** null: a server of one's own, signed in to with a password. */
  provider: ProviderFacts | null
  uses: readonly ('imap' | 'smtp')[]
  head: ReactNode
  /** Said above the note, such as that a client id is missing. */
  notice?: ReactNode
}

/** What Postern takes and what it does not, before anything is opened or asked for. */
export function Access({ address, provider, uses, head, notice }: AccessProps) {
  const oauth = provider?.oauth ?? null
  return (
    <>
      {head}
      <p className="t2 access-for">
        {t('accounts:access.for')} <bdi className="medium access-address">{address}</bdi>.{' '}
        {t(oauth ? 'accounts:access.browser' : 'accounts:access.password')}
      </p>
      {notice}
      <AccessTable
        name={provider && provider.id !== 'own' ? provider.name : null}
        uses={uses}
        identity={oauth?.scope.includes('email') === true}
      />
      <div className="x top g4">
        <div className="grow y g1">
          <span className="label">{t(oauth ? 'accounts:access.not' : 'accounts:access.notServer')}</span>
          <span className="t2">{t(oauth ? 'accounts:access.notText' : 'accounts:access.notServerText')}</span>
        </div>
        <div className="grow y g1">
          <span className="label">{t('accounts:access.control')}</span>
          <span className="t2">{t('accounts:access.controlText')}</span>
        </div>
      </div>
      {oauth && (
        <div className="card access-note">
          <div className="x top g3">
            <span className="t2">
              <Icon icon={Info} />
            </span>
            <p className="t2 grow">
              {t(provider?.id === 'google' ? 'accounts:access.google' : 'accounts:access.provider')}
            </p>
          </div>
          <div className="x top g3">
            <span className="t2">
              <Icon icon={Lock} />
            </span>
            <p className="t2 grow">
              {t('accounts:access.scopes')}:{' '}
              <span className="mono sel" dir="ltr">
                {oauth.scope.join(' ')}
              </span>
            </p>
          </div>
          <div className="x g3">
            <span className="t2">
              <Icon icon={Globe} />
            </span>
            <span className="grow t2">
              {t('accounts:access.opensBefore')}{' '}
              <span className="mono access-address" dir="ltr">
                {oauth.opens}
              </span>{' '}
              {t('accounts:access.opensAfter')}
            </span>
            <LockMark>{t('accounts:access.keychain')}</LockMark>
          </div>
        </div>
      )}
    </>
  )
}
