import type { LucideIcon } from 'lucide-react'
import { memo } from 'react'

export type { LucideIcon }

/** A decorative icon: 16px, or 14px beside small text. Its meaning must also stand in words. `flip` mirrors it right to left. */
export const Icon = memo(function Icon({
  icon: Shape,
  small = false,
  flip = false,
}: {
  icon: LucideIcon
  small?: boolean
  flip?: boolean
}) {
  return <Shape className={`i${small ? ' s' : ''}${flip ? ' flip' : ''}`} aria-hidden="true" />
})
