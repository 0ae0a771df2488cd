import { Fragment } from 'react'
import { listParts } from '../text/lists'

/** Stands where names come: a character that no text has. */
export const namesHere = '\uFFFC'

/** A sentence with the names in it a shade stronger; `text` has `namesHere` in their place. */
export function Named({ text, names }: { text: string; names: readonly string[] }) {
  const [before = '', after = ''] = text.split(namesHere)
  return (
    <>
      {before}
      {listParts(names).map(({ name, text: part }, index) =>
        name ? (
          <bdi key={index} className="name">
            {part}
          </bdi>
        ) : (
          <Fragment key={index}>{part}</Fragment>
        ),
      )}
      {after}
    </>
  )
}
