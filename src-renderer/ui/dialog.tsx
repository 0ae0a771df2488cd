import type { ReactNode } from 'react'
import { later, Opening } from './later'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** One sentence under the title, also read out when it opens. */
  description?: ReactNode
  /** Buttons: cancel first, the act last. */
  foot?: ReactNode
  wide?: boolean
  /** For a dialog with a layout of its own. */
  className?: string
  children?: ReactNode
}

const layers = later(() => import('./dialog-layer').then((module) => module.DialogLayer), Opening)

/** Fetches the code of dialogs ahead of the first one. */
export const prepareDialogs = layers.prepare

/** A dialog: fixed head and foot, the middle scrolls, Esc and the scrim close it, focus returns to the opener. */
export function Dialog(props: DialogProps) {
  return <layers.Shown {...props} />
}
