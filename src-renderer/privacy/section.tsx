import type { ReactNode } from 'react'

/** One part of the panel: a heading, a sentence, what can be done, and the part itself. */
export function Section({
  title,
  text,
  mark,
  acts,
  children,
}: {
  title: string
  text?: ReactNode
  mark?: ReactNode
  acts?: ReactNode
  children: ReactNode
}) {
  return (
    <section aria-label={title}>
      <div className="sec-head">
        <div className="grow">
          <div className="x">
            <h2>{title}</h2>
            {mark}
          </div>
          {text !== undefined && <p className="t3">{text}</p>}
        </div>
        {acts}
      </div>
      {children}
    </section>
  )
}
