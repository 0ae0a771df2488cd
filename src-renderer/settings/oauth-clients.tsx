import { Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { OauthClient } from '../../src-preload/contract'
import { useQuery } from '../live'
import { tellOnceDone } from '../state/toast'
import { t } from '../text'
import { ActDialog } from '../ui/act-dialog'
import { Button, IconButton } from '../ui/button'
import { Field, Input } from '../ui/field'
import { LockMark } from '../ui/lock-mark'
import { keep } from '../state/keep'

const names = ['host', 'issuer', 'clientId', 'clientSecret', 'scope'] as const
const labels = {
  host: 'accounts:clients.host',
  issuer: 'accounts:client.issuer',
  clientId: 'accounts:client.id',
  clientSecret: 'accounts:clients.secret',
  scope: 'accounts:clients.scope',
} as const

function AddClient({ clients, onClose }: { clients: readonly OauthClient[]; onClose: () => void }) {
  const [form, setForm] = useState({ host: '', issuer: '', clientId: '', clientSecret: '', scope: '' })
  const badIssuer =
    form.issuer !== '' && !(URL.canParse(form.issuer.trim()) && form.issuer.trim().startsWith('https://'))
  const ready = form.host.trim() !== '' && form.clientId.trim() !== '' && !badIssuer
  const add = async () => {
    const [host, issuer, clientId] = [form.host.trim().toLowerCase(), form.issuer.trim(), form.clientId.trim()]
    const client: OauthClient = {
      host,
      clientId,
      ...(issuer === '' ? {} : { issuer }),
      ...(form.clientSecret === '' ? {} : { clientSecret: form.clientSecret }),
      ...(form.scope.trim() === '' ? {} : { scope: form.scope.trim() }),
    }
    return (await keep({ oauthClients: [...clients.filter((one) => one.host !== host), client] })) ? undefined : false
  }
  return (
    <ActDialog
      title={t('accounts:clients.addTitle')}
      act={t('accounts:clients.add')}
      ready={ready}
      work={add}
      onClose={onClose}
    >
      {names.map((name) => (
        <Field
          key={name}
          label={t(labels[name])}
          error={name === 'issuer' && badIssuer ? t('accounts:client.badIssuer') : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              value={form[name]}
              dir="ltr"
              spellCheck={false}
              onChange={(event) => setForm({ ...form, [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </ActDialog>
  )
}

function Client({
  client: { host, issuer = '', clientId },
  note,
  children,
}: {
  client: Pick<OauthClient, 'host' | 'issuer' | 'clientId'>
  note?: string
  /** What can be done with it, or why nothing. */
  children: ReactNode
}) {
  return (
    <div className="set">
      <div className="grow">
        <div className="medium sel" dir="ltr">
          {host}
        </div>
        <p className="sel pin-print" dir="ltr">
          {issuer} {clientId}
        </p>
        {note !== undefined && <p>{note}</p>}
      </div>
      {children}
    </div>
  )
}

/** OAuth clients of the organisation, by mail server. */
export function OauthClients() {
  const [adding, setAdding] = useState(false)
  const clients = useQuery('settings.get', {}).data?.oauthClients
  const policy = useQuery('policy.get', {}).data
  if (!clients) return null
  const managed = policy?.policy.oauthClients ?? []
  const remove = async (client: OauthClient) => {
    await tellOnceDone(keep({ oauthClients: clients.filter((other) => other !== client) }), (kept) =>
      kept
        ? {
            text: t('accounts:clients.removed', { host: client.host }),
            undo: async () => void (await keep({ oauthClients: [...clients] })),
          }
        : null,
    )
  }
  return (
    <section aria-label={t('accounts:clients.title')}>
      <div className="x group-head">
        <h2 className="grow">{t('accounts:clients.title')}</h2>
        <Button size="sm" icon={Plus} onClick={() => setAdding(true)}>
          {t('accounts:clients.add')}
        </Button>
      </div>
      <div className="card">
        <div className="set">
          <div className="grow">
            <p>
              {t('accounts:clients.text')}
              {clients.length === 0 && <> {t('accounts:clients.none')}</>}
            </p>
          </div>
        </div>
        {managed.map((one) => (
          <Client
            key={`managed ${one.host}`}
            client={one}
            note={
              policy?.managedBy
                ? t('accounts:clients.managed', { who: policy.managedBy })
                : t('accounts:clients.managedUnnamed')
            }
          >
            <LockMark>{t('accounts:clients.lock')}</LockMark>
          </Client>
        ))}
        {clients.map((one) => (
          <Client key={one.host} client={one}>
            <IconButton
              icon={Trash2}
              label={t('accounts:clients.remove', { host: one.host })}
              onClick={() => void remove(one)}
            />
          </Client>
        ))}
      </div>
      {adding && <AddClient clients={clients} onClose={() => setAdding(false)} />}
    </section>
  )
}
