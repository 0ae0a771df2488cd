import { useState, type ReactNode } from 'react'
import type { Security, SignIn } from '../../src-preload/contract'
import { t } from '../text'
import { Checkbox, Field, Input, Select } from '../ui/field'
import { PasswordField } from '../ui/passphrase'
import {
  isLoopback,
  withAddress,
  withHost,
  withSecurity,
  wrongFields,
  type MailboxForm as Form,
  type ServerForm,
} from './guess'

const securities = ['tls', 'starttls', 'none'] as const satisfies readonly Security[]

function isSecurity(value: string): value is Security {
  return securities.some((one) => one === value)
}

function ServerRow({
  kind,
  server,
  bad,
  onChange,
  failed,
}: {
  kind: 'imap' | 'smtp'
  server: ServerForm
  bad: { host: boolean; port: boolean }
  failed: boolean
  onChange: (server: ServerForm) => void
}) {
  const options = securities
    .filter((one) => one !== 'none' || isLoopback(server.host))
    .map((value) => ({ value, label: t(`setup:add.${value}`) }))
  return (
    <>
      <Field label={t(`setup:add.${kind}`)} error={bad.host ? t('setup:add.badHost') : undefined}>
        {(ids) => (
          <Input
            {...ids}
            value={server.host}
            spellCheck={false}
            autoCapitalize="off"
            dir="ltr"
            onChange={(event) => onChange(withHost(server, kind, event.target.value))}
          />
        )}
      </Field>
      <Field label={t('setup:add.port')} error={bad.port ? t('setup:add.badPort') : undefined}>
        {(ids) => (
          <Input
            {...ids}
            aria-invalid={bad.port || failed || undefined}
            aria-label={t(`setup:add.${kind}Port`)}
            className="num"
            inputMode="numeric"
            value={server.port}
            onChange={(event) => onChange({ ...server, port: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('setup:add.security')}>
        {(ids) => (
          <Select
            {...ids}
            aria-label={t(`setup:add.${kind}Security`)}
            value={server.security}
            options={options}
            onChange={(event) => {
              if (isSecurity(event.target.value)) onChange(withSecurity(server, kind, event.target.value))
            }}
          />
        )}
      </Field>
    </>
  )
}

/** With a password or by browser. */
function SignInChoice({ label, value, onChange }: { label: string; value: SignIn; onChange: (value: SignIn) => void }) {
  return (
    <Field label={label}>
      {(ids) => (
        <Select
          {...ids}
          value={value}
          options={[
            { value: 'password', label: t('accounts:signIn.withPassword') },
            { value: 'oauth', label: t('accounts:signIn.withBrowser') },
          ]}
          onChange={(event) => onChange(event.target.value === 'oauth' ? 'oauth' : 'password')}
        />
      )}
    </Field>
  )
}

/** What the test found wrong: the server, and the field that is to blame, where one is. */
export interface Fault {
  readonly server: 'imap' | 'smtp'
  readonly field: 'port' | 'password' | null
}

/** The fields of a mailbox. */
export function MailboxFields({
  form,
  onChange,
  fault,
  passwordHint,
  receive,
  send,
}: {
  form: Form
  onChange: (form: Form) => void
  fault: Fault | null
  passwordHint?: string | undefined
  /** Signing in by browser, for receiving (and sending, when it is the same) and for sending alone. */
  receive: ReactNode
  send: ReactNode
}) {
  const byBrowser = form.imap.signIn === 'oauth'
  const [left, setLeft] = useState(false)
  const wrong = wrongFields(form)
  const failed = (server: Fault['server'], field: Fault['field']) => fault?.server === server && fault.field === field
  const bad = (kind: 'imap' | 'smtp') => ({ host: left && wrong.has(`${kind}.host`), port: wrong.has(`${kind}.port`) })
  return (
    <div className="y g3" onBlur={() => setLeft(true)}>
      <div className="grid-half">
        <Field
          label={t('setup:add.address')}
          error={left && wrong.has('address') ? t('setup:add.badAddress') : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              type="email"
              autoFocus
              value={form.address}
              spellCheck={false}
              dir="ltr"
              onChange={(event) => onChange(withAddress(form, event.target.value))}
            />
          )}
        </Field>
        <Field label={t('setup:add.name')}>
          {(ids) => (
            <Input
              {...ids}
              value={form.name}
              maxLength={80}
              dir="auto"
              placeholder={t('setup:add.nameHint')}
              onChange={(event) => onChange({ ...form, name: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="grid-server">
        <ServerRow
          kind="imap"
          server={form.imap}
          bad={bad('imap')}
          failed={failed('imap', 'port')}
          onChange={(imap) => onChange({ ...form, imap })}
        />
        <ServerRow
          kind="smtp"
          server={form.smtp}
          bad={bad('smtp')}
          failed={failed('smtp', 'port')}
          onChange={(smtp) => onChange({ ...form, smtp })}
        />
      </div>
      <div className="grid-login">
        <Field label={t('setup:add.user')}>
          {(ids) => (
            <Input
              {...ids}
              value={form.imap.user}
              spellCheck={false}
              autoCapitalize="off"
              dir="ltr"
              onChange={(event) => onChange({ ...form, imap: { ...form.imap, user: event.target.value } })}
            />
          )}
        </Field>
        <SignInChoice
          label={t('accounts:signIn.receive')}
          value={form.imap.signIn}
          onChange={(signIn) => onChange({ ...form, imap: { ...form.imap, signIn } })}
        />
        {!byBrowser && (
          <PasswordField
            label={t('setup:add.password')}
            hint={passwordHint}
            error={failed('imap', 'password') ? t('setup:add.refused') : undefined}
            value={form.password}
            onChange={(password) => onChange({ ...form, password })}
          />
        )}
      </div>
      {byBrowser && receive}
      <Checkbox
        label={t('setup:add.own')}
        checked={form.ownSmtp}
        onChange={(event) =>
          onChange({
            ...form,
            ownSmtp: event.target.checked,
            smtp: { ...form.smtp, user: form.smtp.user || form.imap.user },
          })
        }
      />
      {form.ownSmtp && (
        <div className="grid-login">
          <Field label={t('setup:add.smtpUser')}>
            {(ids) => (
              <Input
                {...ids}
                value={form.smtp.user}
                spellCheck={false}
                autoCapitalize="off"
                dir="ltr"
                onChange={(event) => onChange({ ...form, smtp: { ...form.smtp, user: event.target.value } })}
              />
            )}
          </Field>
          <SignInChoice
            label={t('accounts:signIn.send')}
            value={form.smtp.signIn}
            onChange={(signIn) => onChange({ ...form, smtp: { ...form.smtp, signIn } })}
          />
          {form.smtp.signIn === 'password' && (
            <PasswordField
              label={t('setup:add.smtpPassword')}
              hint={passwordHint}
              error={failed('smtp', 'password') ? t('setup:add.refused') : undefined}
              value={form.smtpPassword}
              onChange={(smtpPassword) => onChange({ ...form, smtpPassword })}
            />
          )}
        </div>
      )}
      {form.ownSmtp && form.smtp.signIn === 'oauth' && send}
    </div>
  )
}
