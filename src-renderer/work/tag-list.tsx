import { Command } from 'cmdk'
import { Check, Plus } from 'lucide-react'
import { useState } from 'react'
import { makeTag, setTag } from '../state/work'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { useTags } from './tags'
import './work.css'

/** The tags to choose from, with a field that finds and makes them. */
export function TagList({ ids, has }: { ids: readonly number[]; has: readonly string[] }) {
  const [text, setText] = useState('')
  const tags = useTags()
  const typed = text.trim()
  const isNew = typed !== '' && !tags.some((tag) => tag.label.toLocaleLowerCase() === typed.toLocaleLowerCase())
  // In their order, with what would be new behind what is there.
  const found = tags.filter((tag) => tag.label.toLocaleLowerCase().includes(typed.toLocaleLowerCase()))
  return (
    <Command label={t('work:tags')} loop shouldFilter={false} className="tag-picker">
      <Command.Input
        className="input"
        value={text}
        onValueChange={setText}
        placeholder={t('work:findTag')}
        aria-label={t('work:findTag')}
        maxLength={60}
        autoFocus
      />
      <Command.List label={t('work:tags')}>
        {!isNew && found.length === 0 && <div className="mh">{t('work:noTag')}</div>}
        {found.map((tag) => {
          const on = has.includes(tag.name)
          return (
            <Command.Item key={tag.name} className="mi" value={tag.name} onSelect={() => void setTag(ids, tag, !on)}>
              <span className="tick">{on && <Icon icon={Check} />}</span>
              <i className={`dot c-${tag.hue}`} />
              <bdi className="cut">{tag.label}</bdi>
              {on && <span className="sr">{t('work:removeTag', { label: tag.label })}</span>}
            </Command.Item>
          )
        })}
        {isNew && (
          <Command.Item
            className="mi"
            value={`new ${typed}`}
            onSelect={() => {
              setText('')
              void makeTag(ids, typed)
            }}
          >
            <span className="tick">
              <Icon icon={Plus} />
            </span>
            <span className="cut">{t('work:makeTag', { label: typed })}</span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  )
}
