import { Command } from 'cmdk'
import { Bookmark, Check, Plus } from 'lucide-react'
import { useState } from 'react'
import { setLabel } from '../state/work'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { useLabels } from './labels'
import './work.css'

/** The labels of the mail servers to choose from, with a field that finds and makes them. */
export function LabelList({ ids, has }: { ids: readonly number[]; has: readonly string[] }) {
  const [text, setText] = useState('')
  const { labels } = useLabels()
  const typed = text.trim()
  const isNew =
    typed !== '' &&
    !typed.startsWith('\\') &&
    !labels.some(({ name }) => name.toLocaleLowerCase() === typed.toLocaleLowerCase())
  // In their order, with what would be new behind what is there.
  const found = labels.filter(({ name }) => name.toLocaleLowerCase().includes(typed.toLocaleLowerCase()))
  return (
    <Command label={t('labels:labels')} loop shouldFilter={false} className="tag-picker">
      <Command.Input
        className="input"
        value={text}
        onValueChange={setText}
        placeholder={t('labels:find')}
        aria-label={t('labels:find')}
        maxLength={225}
        autoFocus
      />
      <Command.List label={t('labels:labels')}>
        {!isNew && found.length === 0 && <div className="mh">{t('labels:none')}</div>}
        {found.map(({ name }) => {
          const on = has.includes(name)
          return (
            <Command.Item
              key={name}
              className="mi"
              value={`label ${name}`}
              onSelect={() => void setLabel(ids, name, !on)}
            >
              <span className="tick">{on && <Icon icon={Check} />}</span>
              <Icon icon={Bookmark} small />
              <bdi className="cut">{name}</bdi>
              {on && <span className="sr">{t('labels:remove', { label: name })}</span>}
            </Command.Item>
          )
        })}
        {isNew && (
          <Command.Item
            className="mi"
            value={`new ${typed}`}
            onSelect={() => {
              setText('')
              void setLabel(ids, typed, true)
            }}
          >
            <span className="tick">
              <Icon icon={Plus} />
            </span>
            <span className="cut">{t('labels:make', { label: typed })}</span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  )
}
