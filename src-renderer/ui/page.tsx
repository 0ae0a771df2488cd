import { useEffect, useRef, type ReactNode } from 'react'
import { focusIsFree } from './trigger'

export interface PageTab {
  readonly id: string
  readonly name: string
  /** Shown behind the name, in grey. */
  readonly count?: number | undefined
}

/**
 * A page of text and settings: its heading, what stands at the end of it, tabs where it has some, and one centred column
 * that scrolls by itself.
 */
export function Page({
  title,
  end,
  tabs,
  children,
}: {
  title: string
  end?: ReactNode
  tabs?: {
    readonly label: string
    readonly all: readonly PageTab[]
    readonly shown: string
    readonly onShow: (id: string) => void
  }
  children: ReactNode
}) {
  const place = useRef<HTMLElement>(null)
  // Whoever came by key had the focus on what is gone.
  useEffect(() => {
    if (focusIsFree()) place.current?.focus()
  }, [])
  return (
    <section ref={place} className="pane" aria-label={title} data-pane="page" tabIndex={-1}>
      <div className={`panehead sethead${tabs ? '' : ' alone'}`}>
        <div className="colhead x">
          <h1>{title}</h1>
          {end !== undefined && <span className="push x">{end}</span>}
        </div>
      </div>
      {tabs && (
        <div className="ptabs">
          <nav className="tabs colhead" aria-label={tabs.label}>
            {tabs.all.map((tab) => (
              <button
                key={tab.id}
                type="button"
                className={tab.id === tabs.shown ? 'on' : ''}
                aria-current={tab.id === tabs.shown ? 'page' : undefined}
                onClick={() => tabs.onShow(tab.id)}
              >
                {tab.name}
                {tab.count !== undefined && (
                  <>
                    {' '}
                    <span className="t3">{tab.count}</span>
                  </>
                )}
              </button>
            ))}
          </nav>
        </div>
      )}
      <div className="scroll" key={tabs?.shown}>
        <div className="page-in y sections">{children}</div>
      </div>
    </section>
  )
}
