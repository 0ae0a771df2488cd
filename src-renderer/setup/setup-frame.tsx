import type { ReactNode } from 'react'

/**
 * The frame of a page that sets up a mailbox: what it says and asks scrolls, the ways on and back stay at the foot. With `onSubmit`
 * it is a form, where Enter goes on; Escape runs `onEscape`.
 */
export function SetupFrame({
  region,
  title,
  text,
  foot,
  onSubmit,
  onEscape,
  children,
}: {
  region: string
  /** Left out where the page has a heading of its own. */
  title?: string
  text?: string
  foot: ReactNode
  onSubmit?: () => void
  onEscape?: () => void
  children: ReactNode
}) {
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
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !onEscape) return
            event.preventDefault()
            event.stopPropagation()
            onEscape()
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
