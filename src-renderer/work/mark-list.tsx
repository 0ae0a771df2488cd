import { Command } from 'cmdk'
import { Check, Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Icon } from '../ui/icon'
import './work.css'

/** What a conversation can be marked with: `id` is unique, `label` is read. */
export interface Mark {
  readonly id: string
  readonly label: string
}

/** Marks to choose from, with a field that finds them and makes new ones. `has` holds the ids that are on. */
export function MarkList<M extends Mark>({
  words,
  marks,
  has,
  maxLength,
  canMake = () => true,
  icon,
  onSet,
  onMake,
}: {
  words: {
    name: string
    find: string
    /** Nothing fits what was typed, and there is nothing at all yet. */
    none: string
    first: string
    make: (label: string) => string
    remove: (label: string) => string
  }
  marks: readonly M[]
  has: readonly string[]
  /** Characters of a new one. */
  maxLength: number
  canMake?: (typed: string) => boolean
  icon: (mark: M) => ReactNode
  onSet: (mark: M, on: boolean) => void
  onMake: (label: string) => void
}) {
  const [text, setText] = useState('')
  const typed = text.trim()
  const lower = typed.toLocaleLowerCase()
  const isNew = typed !== '' && canMake(typed) && !marks.some(({ label }) => label.toLocaleLowerCase() === lower)
  // In their order, with what would be new behind what is there.
  const found = marks.filter(({ label }) => label.toLocaleLowerCase().includes(lower))
  const empty = !isNew && found.length === 0
  return (
    <Command label={words.name} loop shouldFilter={false} className="tag-picker">
      <Command.Input
        className="input"
        value={text}
        onValueChange={setText}
        placeholder={words.find}
        aria-label={words.find}
        maxLength={maxLength}
        autoFocus
      />
      {empty && <div className="mh">{typed === '' ? words.first : words.none}</div>}
      <Command.List label={words.name} hidden={empty}>
        {found.map((mark) => {
          const on = has.includes(mark.id)
          return (
            <Command.Item key={mark.id} className="mi" value={`mark ${mark.id}`} onSelect={() => onSet(mark, !on)}>
              <span className="tick">{on && <Icon icon={Check} />}</span>
              {icon(mark)}
              <bdi className="cut">{mark.label}</bdi>
              {on && <span className="sr">{words.remove(mark.label)}</span>}
            </Command.Item>
          )
        })}
        {isNew && (
          <Command.Item
            className="mi"
            value={`new ${typed}`}
            onSelect={() => {
              setText('')
              onMake(typed)
            }}
          >
            <span className="tick">
              <Icon icon={Plus} />
            </span>
            <span className="cut">{words.make(typed)}</span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  )
}
