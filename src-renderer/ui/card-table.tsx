import type { ReactNode } from 'react'

/** The words over a column; `end`: over one of numbers, which stand at its end. */
export type TableHead = string | { readonly end: string }

/** A table in a card, where it has one with a last column of acts. `children` are its rows. */
export function CardTable({
  name,
  heads,
  acts,
  children,
}: {
  name?: string
  heads: readonly TableHead[]
  /** What the column of acts holds, for screen readers. */
  acts?: string | undefined
  children: ReactNode
}) {
  return (
    <div className="card clip">
      <table aria-label={name}>
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === 'string' ? (
                <th key={head}>{head}</th>
              ) : (
                <th key={head.end} className="r">
                  {head.end}
                </th>
              ),
            )}
            {acts !== undefined && (
              <th>
                <span className="sr">{acts}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
