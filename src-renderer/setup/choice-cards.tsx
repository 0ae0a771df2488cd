import type { KeyboardEvent, ReactNode } from 'react'
import { Kbd } from '../ui/kbd'

export interface Choice<T extends string> {
  id: T
  title: string
  text: string
  /** Drawn in the square before it. */
  mark: ReactNode
  colour: string
  end?: ReactNode
}

/** A few choices with a sentence each: arrows move, digits choose, a double click goes on. */
export function ChoiceCards<T extends string>({
  label,
  choices,
  value,
  onChange,
  onSure,
}: {
  label: string
  choices: readonly Choice<T>[]
  value: T | null
  onChange: (value: T) => void
  onSure: () => void
}) {
  const keys = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const named = choices[Number(event.key) - 1]
    const at = choices.findIndex(({ id }) => id === value)
    const going = by === undefined ? named : choices[(at + by + choices.length) % choices.length]
    if (going === undefined) return
    event.preventDefault()
    onChange(going.id)
    event.currentTarget.querySelector<HTMLElement>(`[data-choice="${going.id}"]`)?.focus()
  }
  return (
    <div className="card clip" role="radiogroup" aria-label={label} tabIndex={-1} onKeyDown={keys}>
      {choices.map(({ id, title, text, mark, colour, end }, index) => (
        <button
          key={id}
          type="button"
          role="radio"
          data-choice={id}
          aria-checked={value === id}
          tabIndex={value === id || (value === null && index === 0) ? 0 : -1}
          className={`prov inset-focus${value === id ? ' on' : ''}`}
          onClick={() => onChange(id)}
          onDoubleClick={onSure}
        >
          <span className={`av sq ${colour}`} aria-hidden="true">
            {mark}
          </span>
          <span className="medium">{title}</span>
          <span className={`meta ${value === id ? 't2' : 't3'} prov-text`}>{text}</span>
          <span className="go">
            {end}
            <Kbd keys={String(index + 1)} />
          </span>
        </button>
      ))}
    </div>
  )
}
