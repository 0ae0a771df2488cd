import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Icon, type LucideIcon } from './icon'
import { Kbd, type KeysShown } from './kbd'
import { Spinner } from './spinner'

type Base = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> & { ref?: Ref<HTMLButtonElement> | undefined }

/** With an act or keys, they stand as keycaps at the end. */
export interface ButtonProps extends Base, KeysShown {
  kind?: 'default' | 'primary' | 'ghost' | 'danger' | 'danger-fill'
  size?: 'sm' | 'md' | 'lg'
  icon?: LucideIcon
  /** Shows a spinner and takes no clicks; the words should say what goes on ("Saving"). */
  busy?: boolean
  on?: boolean
  submit?: boolean
  children?: ReactNode
}

const sizes = { sm: ' sm', md: '', lg: ' lg' }
const kinds = { default: '', primary: ' primary', ghost: ' ghost', danger: ' danger', 'danger-fill': ' danger-fill' }

/** A button that says its act in words. */
export function Button({
  kind = 'default',
  size = 'md',
  icon,
  act,
  keys,
  busy = false,
  on = false,
  submit = false,
  className = '',
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      {...rest}
      disabled={disabled}
      aria-disabled={busy || undefined}
      className={`btn${kinds[kind]}${sizes[size]}${busy ? ' busy' : ''}${on ? ' on' : ''} ${className}`}
    >
      {busy ? <Spinner /> : icon && <Icon icon={icon} small={size === 'sm'} />}
      {children}
      <Kbd act={act} keys={keys} bare={kind !== 'primary' && kind !== 'ghost'} />
    </button>
  )
}

/** With an act or keys, they stand in the tooltip. */
export interface IconButtonProps extends Base, KeysShown {
  icon: LucideIcon
  /** Name for screen readers, and the tooltip. */
  label: string
  size?: 'sm' | 'md'
  on?: boolean
  flip?: boolean
}

/** A button with an icon only: always with a name and a tooltip. */
export function IconButton({
  icon,
  label,
  act,
  keys,
  size = 'md',
  on = false,
  flip = false,
  className = '',
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      data-tip-act={act}
      data-tip-keys={keys}
      {...rest}
      className={`btn ghost icon${sizes[size]}${on ? ' on' : ''} ${className}`}
    >
      <Icon icon={icon} small={size === 'sm'} flip={flip} />
    </button>
  )
}
