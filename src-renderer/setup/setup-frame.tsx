import type { ReactNode } from 'react'
import { useShortcuts } from '../state/shortcuts'

/**
 * The frame of a page that sets up a mailbox: what it says and asks scrolls, the ways on and back stay at the foot. With `onSubmit`
 * it is a form, where Enter goes on. Escape goes the one step back that the foot's button goes, wherever the focus is.
 */
export function SetupFrame({
  region,
  title,
  text,
  foot,
  onSubmit,
  onBack,
  children,
}: {
  region: string
  /** Left out where the page has a heading of its own. */
  title?: string
  text?: string
  foot: ReactNode
  onSubmit?: () => void
  /** null: there is nothing to go back to. */
  onBack: (() => void) | null
  children: ReactNode
}) {
  useShortcuts(
    onBack === null
      ? []
      : [
          {
            act: 'escape',
            run: onBack,
          },
        ],
  )
  const inside = (
    <>
      {/* Where nothing is asked, nothing in it can be focused to scroll it by key. */}
      <div className="scroll" tabIndex={onSubmit ? undefined : 0}>
        <div className="setup-in">
          {title !== undefined && (
            <div>
              <h1>{title}</h1>
              <p className="t2 setup-under">{text}</p>
            </div>
          )}
          {children}
        </div>
      </div>
      <footer className="setup-foot">{foot}</footer>
    </>
  )
  return (
    <section className="pane" aria-label={region} data-pane="page" tabIndex={-1}>
      {onSubmit ? (
        <form
          className="setup-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            onSubmit()
          }}
        >
          {inside}
        </form>
      ) : (
        <div className="setup-form">{inside}</div>
      )}
    </section>
  )
}
