import { Fragment } from 'react'
import { keyLabels } from '../state/shortcuts'

/** Keycaps of a shortcut such as `mod+Enter` or `g i`, in the words of this system. Hidden from screen readers. */
export function Kbd({ keys, bare = false }: { keys: string; bare?: boolean }) {
  return (
    <span className="kbds" aria-hidden="true">
      {keyLabels(keys).map((label, index) => (
        <Fragment key={index}>
          <span className={`kbd${bare ? ' bare' : ''}`}>{label}</span>
        </Fragment>
      ))}
    </span>
  )
}
