import { AlertCircle, ChevronDown } from 'lucide-react'
import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'
import { Icon, type LucideIcon } from './icon'
import { Spinner } from './spinner'
import { LockMark } from './lock-mark'

/** Label, control, hint or error, tied together for screen readers: the control gets `id` and `aria-describedby`. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string
  hint?: ReactNode
  error?: ReactNode
  children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}) {
  const id = useId()
  const below = error ?? hint
  const ids = {
    id,
    ...(below ? { 'aria-describedby': `${id}-hint` } : {}),
    ...(error ? { 'aria-invalid': true as const } : {}),
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(ids)}
      {below && (
        <div id={`${id}-hint`} className={`hint${error ? ' bad' : ''}`}>
          {below}
        </div>
      )}
    </div>
  )
}

export interface InputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  icon?: LucideIcon
  small?: boolean
  busy?: boolean
  /** Set by IT: readable, locked. */
  managed?: boolean
  end?: ReactNode
  ref?: Ref<HTMLInputElement> | undefined
}

/** One line of text. `aria-invalid` draws it red with an icon. */
export function Input({
  icon,
  small = false,
  busy = false,
  managed = false,
  end,
  className = '',
  disabled,
  ...rest
}: InputProps) {
  const bad = rest['aria-invalid'] === true || rest['aria-invalid'] === 'true'
  return (
    <span className={`input${small ? ' sm' : ''}${bad ? ' bad' : ''}${disabled || managed ? ' off' : ''} ${className}`}>
      {icon && <Icon icon={icon} small />}
      <input {...rest} disabled={disabled} readOnly={managed || rest.readOnly} />
      {busy && <Spinner />}
      {bad && (
        <span className="bad">
          <Icon icon={AlertCircle} small />
        </span>
      )}
      {managed && <LockMark />}
      {end}
    </span>
  )
}

/** Several lines of text. */
export function TextArea({ className = '', ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <textarea {...rest} className={`area ${className}`} />
}

/** A choice from a list: the system's own select, so that it works with every keyboard and screen reader. */
export function Select({
  options,
  small = false,
  className = '',
  ...rest
}: SelectHTMLAttributes<HTMLSelectElement> & {
  options: readonly { value: string; label: string }[]
  small?: boolean
}) {
  return (
    <span className={`input${small ? ' sm' : ''}${rest.disabled ? ' off' : ''} ${className}`}>
      <select {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <span className="chev">
        <Icon icon={ChevronDown} small />
      </span>
    </span>
  )
}

/** A checkbox with its words. */
export function Checkbox({
  label,
  hint,
  ...rest
}: Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & { label: ReactNode; hint?: ReactNode }) {
  return (
    <label className="checkline">
      <input {...rest} type="checkbox" className="check" />
      <span>
        {label}
        {hint && (
          <span className="hint">
            <br />
            {hint}
          </span>
        )}
      </span>
    </label>
  )
}

/** An on/off control that acts at once. Name it with `label` or `aria-labelledby`. */
export function Switch({
  on,
  onChange,
  label,
  labelledBy,
  describedBy,
  disabled = false,
}: {
  on: boolean
  onChange: (on: boolean) => void
  label?: string
  labelledBy?: string
  describedBy?: string
  disabled?: boolean
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      disabled={disabled}
      className={`switch${on ? ' on' : ''}`}
      onClick={() => onChange(!on)}
    />
  )
}

/** A few choices side by side; arrows move, as in a radio group. */
export function Segmented<T extends string>({
  value,
  options,
  onChange,
  label,
  className = 'seg',
}: {
  value: T
  options: readonly { value: T; label: string; icon?: LucideIcon; disabled?: boolean }[]
  onChange: (value: T) => void
  label: string
  /** How the choices look, where not like switches side by side. */
  className?: string
}) {
  const move = (event: React.KeyboardEvent, step: number) => {
    event.preventDefault()
    const free = options.filter((option) => !option.disabled)
    const at = free.findIndex((option) => option.value === value)
    const next = free[(at + step + free.length) % free.length]
    if (!next) return
    onChange(next.value)
    const buttons = event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]')
    buttons[options.indexOf(next)]?.focus()
  }
  return (
    <div
      className={className}
      role="radiogroup"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight' || event.key === 'ArrowDown') move(event, 1)
        if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') move(event, -1)
      }}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          disabled={option.disabled}
          onClick={() => onChange(option.value)}
        >
          {option.icon && <Icon icon={option.icon} small />}
          {option.label}
        </button>
      ))}
    </div>
  )
}

/** What a thing that people make is called: the first field of its dialog. */
export function LabelField({ label, value, onSet }: { label: string; value: string; onSet: (value: string) => void }) {
  return (
    <Field label={label}>
      {(ids) => (
        <Input
          {...ids}
          value={value}
          maxLength={60}
          dir="auto"
          autoComplete="off"
          autoFocus
          onChange={(event) => onSet(event.target.value)}
        />
      )}
    </Field>
  )
}
