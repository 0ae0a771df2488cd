import { isMailboxAddress, sameAddress } from '../../src-preload/contract/address'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { addressesOf, noSignature, senderName, type Alias, type Mailbox } from '../../src-preload/contract'
import { t } from '../text'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Segmented } from '../ui/field'
import { MoreMenu } from '../ui/menu'
import { SignatureEditor } from '../writing/signature-editor'

function AliasDialog({
  mailbox,
  alias,
  agentName,
  onSet,
  onClose,
}: {
  mailbox: Mailbox
  alias: Alias | null
  agentName: string
  onSet: (alias: Alias) => void
  onClose: () => void
}) {
  const [form, setForm] = useState<Alias>(alias ?? { address: '', name: '', signature: null })
  const address = form.address.trim()
  const twice = addressesOf(mailbox).some((one) => sameAddress(one, address) && !sameAddress(one, alias?.address ?? ''))
  const bad = address !== '' && !isMailboxAddress(address)
  const ready = address !== '' && !bad && !twice
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    onSet({ ...form, address, name: form.name.trim() })
    onClose()
  }
  const withoutName = { ...mailbox, identity: { ...mailbox.identity, aliases: [] } }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(alias ? 'identity:addresses.editTitle' : 'identity:addresses.addTitle')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="alias" disabled={!ready}>
            {t(alias ? 'identity:addresses.change' : 'identity:addresses.add')}
          </Button>
        </>
      }
    >
      <form id="alias" className="y g3" noValidate onSubmit={submit}>
        <Field
          label={t('identity:addresses.address')}
          error={twice ? t('identity:addresses.twice') : bad ? t('identity:addresses.bad') : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              type="email"
              value={form.address}
              dir="ltr"
              autoFocus
              autoComplete="off"
              spellCheck={false}
              maxLength={320}
              onChange={(event) => setForm({ ...form, address: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('identity:addresses.name')} hint={t('identity:addresses.nameHint')}>
          {(ids) => (
            <Input
              {...ids}
              value={form.name}
              placeholder={senderName(withoutName, mailbox.address, agentName)}
              dir="auto"
              autoComplete="off"
              maxLength={80}
              onChange={(event) => setForm({ ...form, name: event.target.value })}
            />
          )}
        </Field>
        <div className="field">
          <span className="label">{t('identity:signature.title')}</span>
          <Segmented
            label={t('identity:signature.title')}
            value={form.signature === null ? 'mailbox' : 'own'}
            onChange={(value) =>
              setForm({
                ...form,
                signature: value === 'own' ? (form.signature ?? mailbox.identity.signature ?? noSignature) : null,
              })
            }
            options={(['mailbox', 'own'] as const).map((value) => ({
              value,
              label: t(`identity:signature.choices.${value}`),
            }))}
          />
        </div>
        {form.signature !== null && (
          <SignatureEditor
            name={t('identity:signature.text')}
            value={form.signature}
            onChange={(signature) => setForm((now) => ({ ...now, signature }))}
          />
        )}
      </form>
    </Dialog>
  )
}

/** The addresses of a mailbox: its own, and those that it receives under besides. Kept with the page. */
export function Addresses({
  mailbox,
  agentName,
  onChange,
}: {
  mailbox: Mailbox
  agentName: string
  onChange: (aliases: Alias[]) => void
}) {
  const [layer, setLayer] = useState<{ alias: Alias | null } | null>(null)
  const { aliases } = mailbox.identity
  return (
    <section aria-label={t('identity:addresses.title')}>
      <div className="x group-head">
        <h2 className="grow">{t('identity:addresses.title')}</h2>
        <Button size="sm" icon={Plus} onClick={() => setLayer({ alias: null })}>
          {t('identity:addresses.add')}
        </Button>
      </div>
      <div className="card">
        <div className="set">
          <div className="grow">
            <p>{t('identity:addresses.text')}</p>
          </div>
        </div>
        <div className="set">
          <div className="grow">
            <div className="medium sel">
              <bdi>{mailbox.address}</bdi>
            </div>
            <p className="sel">
              <bdi>{senderName(mailbox, mailbox.address, agentName)}</bdi>
            </p>
          </div>
          <span className="chip sm">{t('identity:addresses.main')}</span>
        </div>
        {aliases.map((alias) => (
          <div className="set" key={alias.address}>
            <div className="grow">
              <div className="medium sel">
                <bdi>{alias.address}</bdi>
              </div>
              <p className="sel">
                <bdi>{senderName(mailbox, alias.address, agentName)}</bdi>
              </p>
            </div>
            {alias.signature !== null && <span className="chip sm">{t('identity:addresses.ownSignature')}</span>}
            <MoreMenu
              label={t('identity:addresses.more', { address: alias.address })}
              items={[
                { label: t('identity:addresses.edit'), icon: Pencil, onSelect: () => setLayer({ alias }) },
                {
                  label: t('identity:addresses.remove'),
                  icon: Trash2,
                  danger: true,
                  onSelect: () => onChange(aliases.filter((one) => one !== alias)),
                },
              ]}
            />
          </div>
        ))}
      </div>
      {layer && (
        <AliasDialog
          mailbox={mailbox}
          alias={layer.alias}
          agentName={agentName}
          onClose={() => setLayer(null)}
          onSet={(next) =>
            onChange(layer.alias ? aliases.map((one) => (one === layer.alias ? next : one)) : [...aliases, next])
          }
        />
      )}
    </section>
  )
}
