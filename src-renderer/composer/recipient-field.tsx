import { TriangleAlert, X } from 'lucide-react'
import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react'
import type { Address } from '../../src-preload/contract'
import { addressKey, isMailAddress } from '../../src-preload/contract/address'
import { ask } from '../client'
import { beforeKeeping } from '../state/closing'
import { t } from '../text'
import { glance } from '../text/lists'
import { numberText } from '../text/numbers'
import { Avatar } from '../ui/avatar'
import { Icon } from '../ui/icon'
import { addRecipients, parseRecipients, recipientText } from './recipients'

const askAfterMs = 80
/** Chips shown before the rest is put away. */
const shownChips = 30

function useSuggestions(text: string, there: readonly Address[]): Address[] {
  const [found, setFound] = useState<{ text: string; addresses: Address[] }>({ text: '', addresses: [] })
  const wanted = text.trim()
  useEffect(() => {
    if (wanted === '') return undefined
    let gone = false
    const timer = setTimeout(() => {
      void ask('customers.suggest', { text: wanted }).then(
        ({ addresses }) => {
          if (!gone) setFound({ text: wanted, addresses })
        },
        () => undefined,
      )
    }, askAfterMs)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [wanted])
  if (wanted === '' || found.text === '') return []
  const known = new Set(there.map((one) => addressKey(one.address)))
  return found.addresses.filter((one) => !known.has(addressKey(one.address)))
}

export interface RecipientFieldProps {
  label: string
  people: readonly Address[]
  onChange: (people: Address[]) => void
  /** At the end of the line: Cc, Bcc. By Tab they come before the field, so that the next is what follows it. */
  end?: ReactNode
  inputRef?: Ref<HTMLInputElement> | undefined
  autoFocus?: boolean
}

/** Recipients as chips, with suggestions from the customers. Comma, semicolon, Enter or leaving makes a chip. */
export function RecipientField({ label, people, onChange, end, inputRef, autoFocus = false }: RecipientFieldProps) {
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [open, setOpen] = useState(false)
  const [all, setAll] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const suggestions = useSuggestions(open ? text : '', people)
  const listed = open && suggestions.length > 0
  const shown = all ? people : people.slice(0, shownChips)

  const add = (more: Address[]) => {
    if (more.length > 0) onChange(addRecipients(people, more))
    setText('')
    setAt(0)
  }
  const commit = () => add(parseRecipients(text))
  const commitNow = useRef(commit)
  useLayoutEffect(() => {
    commitNow.current = commit
  })
  // A field that goes with its place is not left before; whoever saves what was written there does so a moment after.
  useLayoutEffect(() => {
    const stop = beforeKeeping(() => commitNow.current())
    return () => {
      stop()
      commitNow.current()
    }
  }, [])
  const remove = (index: number) => {
    onChange(people.filter((_, i) => i !== index))
    box.current?.querySelector('input')?.focus()
  }
  const edit = (index: number) => {
    const one = people[index]
    if (!one) return
    onChange(people.filter((_, i) => i !== index))
    setText(recipientText(one))
    box.current?.querySelector('input')?.focus()
  }

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = listed ? suggestions[at] : undefined
    if (event.key === 'ArrowDown' && listed) setAt((at + 1) % suggestions.length)
    else if (event.key === 'ArrowUp' && listed) setAt((at - 1 + suggestions.length) % suggestions.length)
    else if (event.key === 'Escape' && listed) {
      event.preventDefault()
      setOpen(false)
    } else if (
      (event.key === 'Enter' || event.key === 'Tab') &&
      chosen &&
      text.trim() !== '' &&
      !isMailAddress(text.trim()) &&
      !event.shiftKey
    )
      add([chosen])
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && text.trim() !== '') commit()
    else if ((event.key === ',' || event.key === ';') && text.trim() !== '' && !/^[^<]*"[^"]*$/.test(text)) commit()
    else if (event.key === 'Backspace' && text === '' && people.length > 0) edit(people.length - 1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div
      className="c-addr"
      ref={box}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return
        setOpen(false)
        commit()
      }}
    >
      <label htmlFor={id}>{label}</label>
      {people.length > glance && (
        <span className="num">
          <span aria-hidden>{numberText(people.length)}</span>
          <span className="sr">{t('composer:recipients', { count: people.length })}</span>
        </span>
      )}
      {end}
      <div className="chips">
        {shown.map((one, index) => {
          const good = isMailAddress(one.address)
          const name = one.name || one.address
          return (
            <span
              key={`${one.address}${index}`}
              className={`tag lg recipient-chip${good ? '' : ' bad'}`}
              data-tip={good ? one.address : t('composer:badAddress', { address: one.address })}
            >
              {!good && <Icon icon={TriangleAlert} small />}
              <bdi className="cut" onDoubleClick={() => edit(index)}>
                {name}
              </bdi>
              {!good && <span className="sr">{t('composer:badAddress', { address: one.address })}</span>}
              <button
                type="button"
                className="chip-x"
                aria-label={t('composer:removeRecipient', { name })}
                onClick={() => remove(index)}
              >
                <Icon icon={X} small />
              </button>
            </span>
          )
        })}
        {shown.length < people.length && (
          <button type="button" className="link" onClick={() => setAll(true)}>
            {t('composer:showAll', { count: people.length - shown.length })}
          </button>
        )}
        <input
          id={id}
          ref={inputRef}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a new message begins with its recipient
          autoFocus={autoFocus}
          value={text}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          role="combobox"
          aria-expanded={listed}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={listed ? `${id}-${at}` : undefined}
          onFocus={() => setOpen(true)}
          onChange={(event) => {
            setText(event.target.value)
            setAt(0)
            setOpen(true)
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData('text/plain')
            const found = parseRecipients(pasted)
            if (found.length < 2 && !(found[0] && isMailAddress(found[0].address))) return
            event.preventDefault()
            add([...parseRecipients(text), ...found])
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {listed && (
        <div className="menu suggestions" id={`${id}-list`} role="listbox" aria-label={t('composer:suggestions')}>
          {suggestions.map((one, index) => (
            <div
              key={one.address}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              className={`mi${index === at ? ' on' : ''}`}
              onPointerMove={() => setAt(index)}
              onPointerDown={(event) => {
                event.preventDefault()
                add([one])
              }}
            >
              <Avatar name={one.name || one.address} seed={one.address} size="xs" />
              <bdi className="cut">{one.name || one.address}</bdi>
              {one.name && <bdi className="t3 meta push cut">{one.address}</bdi>}
            </div>
          ))}
        </div>
      )}
    </div>
  )
}
