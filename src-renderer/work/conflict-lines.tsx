import { t } from '../text'
import { listText } from '../text/lists'
import { Banner } from '../ui/banner'
import './work.css'

export interface ConflictLine {
  readonly id: string
  /** Who did what, and what stands. */
  readonly text: string
  /** What stands is kept: the last of the acts. */
  readonly acts: readonly { readonly label: string; readonly run: () => void }[]
}

/** Two of the team decided the same thing without knowing of each other: said in words, and either can be chosen. */
export function ConflictLines({ lines }: { lines: readonly ConflictLine[] }) {
  if (lines.length === 0) return null
  return (
    <Banner kind="warn" top className="conflicts">
      <ul className="y">
        {lines.map(({ id, text, acts }) => (
          <li key={id} className="x wrap">
            <span role="status" aria-label={t('work:conflict.label')} className="grow">
              <bdi>{text}</bdi>
            </span>
            <span className="x wrap push">
              {acts.map(({ label, run }, index) => (
                <button key={index} type="button" className="link nowrap" onClick={run}>
                  {label}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Banner>
  )
}

/** Who decided, for the sentence: a person who wrote on two computers is named once. */
export function deciders<W>(
  stands: W,
  others: readonly W[],
  nameOf: (write: W) => string,
): { count: number; names: string; by: string } {
  const names = [...new Set([stands, ...others].map(nameOf))]
  return { count: names.length, names: listText(names), by: nameOf(stands) }
}

/** What each of the writes says, in words; those that read alike are told apart by `withWriter`. */
export function tellApart<W>(
  writes: readonly W[],
  words: (write: W) => string,
  withWriter: (text: string, write: W) => string,
): (write: W) => string {
  const all = writes.map(words)
  return (write) => {
    const text = words(write)
    return all.filter((one) => one === text).length > 1 ? withWriter(text, write) : text
  }
}
