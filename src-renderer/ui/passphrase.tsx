import { Eye, EyeOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { t } from '../text'
import { IconButton } from './button'
import { Field, Input } from './field'
import { shortest, strengthOf } from './strength'

/** A secret that can be looked at while it is typed, under its label. */
export function PasswordField({
  label,
  hint,
  error,
  value,
  onChange,
  autoFocus = false,
  autoComplete = 'off',
}: {
  label: string
  hint?: ReactNode
  error?: ReactNode
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
  autoComplete?: string
}) {
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <Input
          {...ids}
          type={shown ? 'text' : 'password'}
          value={value}
          autoComplete={autoComplete}
          spellCheck={false}
          autoCapitalize="off"
          autoFocus={autoFocus}
          maxLength={1024}
          onChange={(event) => onChange(event.target.value)}
          end={
            <IconButton
              icon={shown ? EyeOff : Eye}
              size="sm"
              label={t(shown ? 'setup:secret.hide' : 'setup:secret.show', { label })}
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            />
          }
        />
      )}
    </Field>
  )
}

/** Whether a new passphrase is long enough and was typed the same twice. */
export function isPassphrasePair(one: string, two: string): boolean {
  return one.length >= shortest && one === two
}

/** A new passphrase, typed twice, with a hint at its strength. */
export function NewPassphrase({
  one,
  two,
  onChange,
  autoFocus = false,
}: {
  one: string
  two: string
  onChange: (one: string, two: string) => void
  autoFocus?: boolean
}) {
  const [left, setLeft] = useState(false)
  const strength = strengthOf(one)
  const short = one.length < shortest
  const hint = short ? (
    t('setup:secret.short', { least: shortest })
  ) : (
    <span className={strength === 'weak' ? 'warn' : 'good'}>{t(`setup:secret.strength.${strength}`)}</span>
  )
  return (
    <>
      <div onBlur={() => setLeft(true)}>
        <PasswordField
          label={t('setup:secret.new')}
          hint={hint}
          error={left && one !== '' && short ? t('setup:secret.short', { least: shortest }) : undefined}
          autoFocus={autoFocus}
          autoComplete="new-password"
          value={one}
          onChange={(value) => onChange(value, two)}
        />
      </div>
      <PasswordField
        label={t('setup:secret.again')}
        error={two.length >= one.length && two !== '' && one !== two ? t('setup:secret.differs') : undefined}
        autoComplete="new-password"
        value={two}
        onChange={(value) => onChange(one, value)}
      />
    </>
  )
}
