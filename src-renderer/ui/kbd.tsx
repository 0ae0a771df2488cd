import { Fragment } from 'react'
import { keyLabels, type Act } from '../state/keymap'
import { useHint } from '../state/shortcuts'

/** What keycaps show. */
export interface KeysShown {
  /** What is pressed for it, as the person chose. */
  act?: Act | undefined
  /** Keys that are always the same, such as `Enter`. */
  keys?: string | undefined
}

/** Keycaps, in the words of this system; nothing where no key does the act. Hidden from screen readers. */
export function Kbd({ act, keys = '', bare = false }: KeysShown & { bare?: boolean }) {
  const hint = useHint(act) ?? keys
  if (hint === '') return null
  return (
    <span className="kbds" aria-hidden="true">
      {keyLabels(hint).map((label, index) => (
        <Fragment key={index}>
          <span className={`kbd${bare ? ' bare' : ''}`}>{label}</span>
        </Fragment>
      ))}
    </span>
  )
}
