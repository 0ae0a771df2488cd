import { memo } from 'react'
import { hueOf, initialsOf } from './initials'

/** Initials on a tint that stays the same for a person. Decorative: the name stands beside it, else give `label`. */
export const Avatar = memo(function Avatar({
  name,
  seed,
  size,
  square = false,
  viewing = false,
  label,
}: {
  name: string
  /** What the hue hangs on (an address); the name if not given. */ seed?: string
  size?: 'xs' | 'sm' | 'lg' | 'xl' | 'xxl'
  square?: boolean
  /** A ring: this person is here now. */ viewing?: boolean
  label?: string
}) {
  const named = label ? { role: 'img', 'aria-label': label, 'data-tip': label } : { 'aria-hidden': true }
  // drawn by the stylesheet: initials are a picture, not text to read, copy or search
  return (
    <span
      {...named}
      data-initials={initialsOf(name)}
      className={`av${size ? ` ${size}` : ''}${square ? ' sq' : ''}${viewing ? ' view' : ''} c-${hueOf(seed ?? name)}`}
    />
  )
})
