import { useId, type FormEvent, type ReactNode } from 'react'
import type { CallError } from '../client'
import { t } from '../text'
import { Banner } from './banner'
import { Button } from './button'
import { Dialog } from './dialog'
import { useFinish } from './use-finish'

/**
 * A dialog that does one thing: cancel first, the act last, Enter in a field does it too. It closes once that is done; a
 * failure stands below what was asked, in words.
 */
export function ActDialog({
  title,
  description,
  act,
  acting = act,
  danger = false,
  ready = true,
  work,
  words,
  cancel,
  status,
  wide = false,
  onClose,
  children,
}: {
  title: string
  description?: ReactNode
  /** The words of the button. */
  act: string
  /** The words of the button while it is done. */
  acting?: string
  danger?: boolean
  /** Whether what was filled in is enough. */
  ready?: boolean
  /** Does it; `false` leaves the dialog open. */
  work: () => Promise<void | false>
  /** A sentence of the dialog's own for an error; undefined for the usual one. */
  words?: (error: CallError) => string | undefined
  /** A button in the place of cancel. */
  cancel?: ReactNode
  /** What is said beside the buttons. */
  status?: ReactNode
  wide?: boolean
  onClose: () => void
  children?: ReactNode
}) {
  const { busy, failure, finish } = useFinish(onClose, words)
  const form = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready) finish(work)
  }
  return (
    <Dialog
      open
      wide={wide}
      onClose={onClose}
      title={title}
      description={description}
      foot={
        <>
          {status}
          {cancel ?? (
            <Button size="lg" onClick={onClose}>
              {t('cancel')}
            </Button>
          )}
          <Button size="lg" kind={danger ? 'danger-fill' : 'primary'} submit form={form} disabled={!ready} busy={busy}>
            {busy ? acting : act}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={children === undefined ? undefined : 'y g3'}
        hidden={children === undefined}
        onSubmit={submit}
      >
        {children}
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
