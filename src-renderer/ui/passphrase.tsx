import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { t } from '../text'
import { IconButton } from './button'
import { Field, Input } from './field'
import { shortest, strengthOf } from './strength'

export interface PasswordInputProps {
  label: string
  value: string
  onChange: (value: string) => void
  ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }
  autoFocus?: boolean
  autoComplete?: string
}

/** A secret that can be looked at while it is typed. */
export function PasswordInput({
  label,
  value,
  onChange,
  ids,
  autoFocus = false,
  autoComplete = 'off',
}: PasswordInputProps) {
  const [shown, setShown] = useState(false)
  return (
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
        <Field
          label={t('setup:secret.new')}
          hint={hint}
          error={left && one !== '' && short ? t('setup:secret.short', { least: shortest }) : undefined}
        >
          {(ids) => (
            <PasswordInput
              ids={ids}
              label={t('setup:secret.new')}
              autoFocus={autoFocus}
              autoComplete="new-password"
              value={one}
              onChange={(value) => onChange(value, two)}
            />
          )}
        </Field>
      </div>
      <Field
        label={t('setup:secret.again')}
        error={two.length >= one.length && two !== '' && one !== two ? t('setup:secret.differs') : undefined}
      >
        {(ids) => (
          <PasswordInput
            ids={ids}
            label={t('setup:secret.again')}
            autoComplete="new-password"
            value={two}
            onChange={(value) => onChange(one, value)}
          />
        )}
      </Field>
    </>
  )
}
