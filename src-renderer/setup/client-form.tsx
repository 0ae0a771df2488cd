import { useState } from 'react'
import type { OauthClient } from '../../src-preload/contract'
import { asCallError, ask, call } from '../client'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'

/** Hosts that one client serves at a known provider; elsewhere it serves just the servers of the mailbox. */
const family: Readonly<Record<string, readonly string[]>> = { google: ['*.gmail.com'], microsoft: ['*.office365.com'] }

/** Keeps a client for these hosts in the settings, in place of what was there for them. */
async function keepClient(hosts: readonly string[], client: Omit<OauthClient, 'host'>): Promise<void> {
  const { oauthClients } = await ask('settings.get', {})
  const others = oauthClients.filter((one) => !hosts.includes(one.host))
  await call('settings.set', { oauthClients: [...others, ...hosts.map((host) => ({ ...client, host }))] })
}

/**
 * Asks for the OAuth client of the organisation where this build has none. `providerId` null: the sign-in service itself is not
 * known either and is asked for.
 */
export function ClientForm({
  name,
  providerId,
  hosts,
  onKept,
  onPassword,
}: {
  name: string
  providerId: string | null
  hosts: readonly string[]
  onKept: () => void
  onPassword?: (() => void) | undefined
}) {
  const [issuer, setIssuer] = useState('')
  const [clientId, setClientId] = useState('')
  const [secret, setSecret] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const known = providerId !== null && providerId in family
  const badIssuer = issuer !== '' && !(URL.canParse(issuer.trim()) && issuer.trim().startsWith('https://'))
  const ready = clientId.trim() !== '' && (known || (issuer.trim() !== '' && !badIssuer))
  const keep = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await keepClient((providerId !== null && family[providerId]) || [...new Set(hosts)], {
        clientId: clientId.trim(),
        ...(secret === '' ? {} : { clientSecret: secret }),
        ...(known ? {} : { issuer: issuer.trim() }),
      })
      onKept()
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    }
    setBusy(false)
  }
  return (
    <section className="card access-note y g3" aria-label={t('accounts:client.title', { name })}>
      <div className="y g1">
        <h2 className="h3">{t('accounts:client.title', { name })}</h2>
        <p className="t2">
          {known ? t('accounts:client.text', { name }) : t('accounts:client.noService', { host: hosts[0] ?? '' })}
        </p>
      </div>
      {!known && (
        <Field label={t('accounts:client.issuer')} error={badIssuer ? t('accounts:client.badIssuer') : undefined}>
          {(ids) => (
            <Input
              {...ids}
              value={issuer}
              dir="ltr"
              spellCheck={false}
              onChange={(event) => setIssuer(event.target.value)}
            />
          )}
        </Field>
      )}
      <div className="grid-half">
        <Field label={t('accounts:client.id')}>
          {(ids) => (
            <Input
              {...ids}
              value={clientId}
              dir="ltr"
              spellCheck={false}
              onChange={(event) => setClientId(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('accounts:client.secret', { name })}>
          {(ids) => (
            <Input
              {...ids}
              value={secret}
              dir="ltr"
              spellCheck={false}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
        </Field>
      </div>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
      <div className="x">
        {onPassword && (
          <Button kind="ghost" onClick={onPassword}>
            {t('accounts:client.password')}
          </Button>
        )}
        <Button className="push" disabled={!ready} busy={busy} onClick={() => void keep()}>
          {t(busy ? 'accounts:client.saving' : 'accounts:client.save')}
        </Button>
      </div>
    </section>
  )
}
