import type { TeamCarrier } from '../../src-preload/contract/team-link'
import { t } from '../text'
import { Field, Input, Select } from '../ui/field'

export interface CarrierForm {
  kind: 'mailbox' | 'nats'
  url: string
  token: string
}
export const plainCarrier: CarrierForm = { kind: 'mailbox', url: '', token: '' }

const isUrl = (url: string): boolean => /^(nats|tls):\/\/[^\s/:]+(:\d{1,5})?\/?$/.test(url.trim())
export const isCarrier = (form: CarrierForm): boolean => form.kind === 'mailbox' || isUrl(form.url)
export const toCarrier = ({ kind, url, token }: CarrierForm): TeamCarrier =>
  kind === 'mailbox' ? { kind } : { kind, url: url.trim(), token }

const kinds = ['mailbox', 'nats'] as const

/** Over what the team's data travels: the mailbox, or a server that the team runs itself. */
export function CarrierFields({ form, onChange }: { form: CarrierForm; onChange: (form: CarrierForm) => void }) {
  return (
    <>
      <Field label={t('team:create.over')} hint={t(`team:create.overHint.${form.kind}`)}>
        {(ids) => (
          <Select
            {...ids}
            value={form.kind}
            options={kinds.map((kind) => ({ value: kind, label: t(`team:create.overs.${kind}`) }))}
            onChange={(event) => onChange({ ...form, kind: event.target.value === 'nats' ? 'nats' : 'mailbox' })}
          />
        )}
      </Field>
      {form.kind === 'nats' && (
        <>
          <Field
            label={t('team:create.url')}
            error={form.url === '' || isUrl(form.url) ? undefined : t('team:create.badUrl')}
          >
            {(ids) => (
              <Input
                {...ids}
                dir="ltr"
                autoComplete="off"
                spellCheck={false}
                maxLength={300}
                placeholder="tls://nats.example.com:4222"
                value={form.url}
                onChange={(event) => onChange({ ...form, url: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('team:create.token')}>
            {(ids) => (
              <Input
                {...ids}
                type="password"
                dir="ltr"
                autoComplete="off"
                maxLength={500}
                value={form.token}
                onChange={(event) => onChange({ ...form, token: event.target.value })}
              />
            )}
          </Field>
        </>
      )}
    </>
  )
}
