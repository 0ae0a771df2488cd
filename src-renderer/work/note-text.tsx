import { AtSign, UserX } from 'lucide-react'
import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import { mentionsIn, type Mention, type Nameable } from '../../src-preload/contract/mentions'
import { t } from '../text'
import { listText } from '../text/lists'
import { findMention, putMention } from '../text/mentions'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { usePeople } from './people'

const shown = 6

const noMentions: readonly Mention[] = []

/** Whom the words of a note will tell, and the first @ that can mean several people and was not decided. */
export interface Mentions {
  readonly told: readonly Nameable[]
  readonly open: Mention | null
  /** Where the choice stands while one is open. */
  readonly choice: RefObject<HTMLSpanElement | null>
  /** Leads to the choice that a person has to make first; false when there is none. */
  ask(): boolean
  /** The @ means nobody. */
  leave(): void
}

export function useMentions(text: string): Mentions {
  const people = usePeople()
  // What means nobody, by its words: the text before it may still change.
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const found = useMemo(
    () => (people && text.includes('@') ? mentionsIn(text, [...people.people, ...people.groups]) : noMentions),
    [text, people],
  )
  const wordsOf = ({ from, to }: Mention) => text.slice(from, to).toLocaleLowerCase()
  const choice = useRef<HTMLSpanElement>(null)
  const open = found.find((one) => !one.sure && !left.has(wordsOf(one))) ?? null
  return {
    told: [
      ...new Map(
        found
          .filter(({ sure }) => sure)
          .flatMap((one) => one.people)
          .filter(({ id }) => id !== people?.self)
          .map((one) => [one.id, one]),
      ).values(),
    ],
    open,
    choice,
    ask: () => {
      choice.current?.querySelector('button')?.focus()
      return open !== null
    },
    leave: () => open && setLeft(new Set([...left, wordsOf(open)])),
  }
}

interface Props {
  value: string
  onChange: (text: string) => void
  mentions: Mentions
  label: string
  rows: number
  className: string
  describedBy?: string
  /** Whether it takes the focus when it appears. */
  focused?: boolean
  onKeyDown?: (event: KeyboardEvent) => void
}

/** The words of a note: an @ offers people and groups, and what it will tell whom stands below. */
export function NoteText({
  value,
  onChange,
  mentions,
  label,
  rows,
  className,
  describedBy,
  focused = true,
  onKeyDown,
}: Props) {
  const id = useId()
  const [caret, setCaret] = useState(0)
  const [active, setActive] = useState(0)
  /** Where the @ stands whose list was put away. */
  const [away, setAway] = useState<number | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const all = usePeople()
  const asking = findMention(value, caret)
  const wanted = asking?.typed.toLocaleLowerCase() ?? ''
  const people =
    asking && asking.from !== away
      ? [...(all?.people ?? []), ...(all?.groups ?? [])]
          .filter(({ name }) => name.trim() !== '' && name.toLocaleLowerCase().startsWith(wanted))
          .slice(0, shown)
      : []
  const write = (text: string) => {
    setActive(0)
    onChange(text)
  }
  const put = (mention: { from: number; to: number }, name: string) => {
    const next = putMention(value, mention, name)
    // At once: letters that are typed on belong behind the name.
    flushSync(() => write(next.text))
    area.current?.focus()
    area.current?.setSelectionRange(next.caret, next.caret)
    setCaret(next.caret)
  }
  // Who comes back to words goes on at their end.
  useLayoutEffect(() => {
    const end = area.current?.value.length ?? 0
    area.current?.setSelectionRange(end, end)
  }, [])
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && asking && people.length > 0) {
      setAway(asking.from)
      return event.preventDefault()
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const name = people[active]?.name
    const takes = (event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey
    if (people.length === 0 || (step === 0 && !(takes && asking && name !== undefined))) return onKeyDown?.(event)
    if (step !== 0) setActive((active + step + people.length) % people.length)
    else if (asking && name !== undefined) put(asking, name)
    event.preventDefault()
    return undefined
  }
  return (
    <>
      <div className="c-note">
        <textarea
          ref={area}
          className={className}
          autoFocus={focused}
          dir="auto"
          rows={rows}
          value={value}
          aria-label={label}
          aria-describedby={[describedBy, `${id}told`].filter(Boolean).join(' ')}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          {...(people.length > 0
            ? { 'aria-controls': `${id}people`, 'aria-activedescendant': `${id}person${active}` }
            : {})}
          onChange={(event) => {
            const { value: text, selectionStart: at } = event.target
            write(text)
            setCaret(at)
            if (!findMention(text, at)) setAway(null)
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKey}
        />
        {people.length > 0 && (
          <ul id={`${id}people`} className="menu suggestions" role="listbox" aria-label={t('work:note.people')}>
            {people.map((one, index) => (
              <li
                key={one.id}
                id={`${id}person${index}`}
                role="option"
                aria-selected={index === active}
                className={`mi${index === active ? ' on' : ''}`}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => asking && put(asking, one.name)}
              >
                <Avatar name={one.name} size="xs" />
                <bdi className="cut">{one.name}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Told id={`${id}told`} text={value} mentions={mentions} onChoose={put} />
    </>
  )
}

function Told({
  id,
  text,
  mentions: { told, open, choice, leave },
  onChoose,
}: {
  id: string
  text: string
  mentions: Mentions
  onChoose: (mention: Mention, name: string) => void
}) {
  return (
    <div id={id} className="c-told y g1" role="status" aria-label={t('work:note.told')}>
      {open && (
        <span ref={choice} className="x wrap tight">
          <Icon icon={AtSign} small />
          <span>{t('work:note.which', { name: text.slice(open.from, open.to) })}</span>
          {open.people.map((one) => (
            <Button key={one.id} size="sm" onClick={() => onChoose(open, one.name)}>
              <bdi>{one.name}</bdi>
            </Button>
          ))}
          <Button size="sm" kind="ghost" icon={UserX} onClick={leave}>
            {t('work:nobody')}
          </Button>
        </span>
      )}
      {told.length > 0 && (
        <span className="x tight">
          <Icon icon={AtSign} small />
          <bdi>{t('work:note.tells', { names: listText(told.map(({ name }) => name)) })}</bdi>
        </span>
      )}
    </div>
  )
}
