import { useId, type ReactNode } from 'react'

/** One setting: what it is, a sentence about it, its control. The control gets ids of both for screen readers. */
export function Row({
  title,
  text,
  children,
}: {
  title: string
  text?: ReactNode
  children: (ids: { labelledBy: string; describedBy: string | undefined }) => ReactNode
}) {
  const id = useId()
  return (
    <div className="set">
      <div className="grow">
        <div className="medium" id={`${id}-title`}>
          {title}
        </div>
        {text !== undefined && <p id={`${id}-text`}>{text}</p>}
      </div>
      <div className="set-control">
        {children({ labelledBy: `${id}-title`, describedBy: text === undefined ? undefined : `${id}-text` })}
      </div>
    </div>
  )
}

/** Settings that belong together; without a title where the page has no others. */
export function Group({ title, children }: { title?: string; children: ReactNode }) {
  if (title === undefined) return <div className="card">{children}</div>
  return (
    <section aria-label={title}>
      <h2 className="group-title">{title}</h2>
      <div className="card">{children}</div>
    </section>
  )
}
