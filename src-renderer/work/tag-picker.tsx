import { Command } from 'cmdk'
import { Check, Plus } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { makeTag, setTag } from '../state/work'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { Popover } from '../ui/popover'
import { useTags } from './tags'
import './work.css'

interface Props {
  trigger: ReactElement
  ids: readonly number[]
  /** Names of the tags that all of them have. */
  has: readonly string[]
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** Gives and takes tags; a name that is not there can be made. */
export function TagPicker({ trigger, ids, has, ...rest }: Props) {
  const [text, setText] = useState('')
  const tags = useTags()
  const typed = text.trim()
  const isNew = typed !== '' && !tags.some((tag) => tag.label.toLocaleLowerCase() === typed.toLocaleLowerCase())
  return (
    <Popover label={t('work:tags')} trigger={trigger} {...rest}>
      <Command label={t('work:tags')} loop className="tag-picker">
        <Command.Input className="input" value={text} onValueChange={setText} placeholder={t('work:findTag')} aria-label={t('work:findTag')} maxLength={60} autoFocus />
        <Command.List label={t('work:tags')}>
          {!isNew && <Command.Empty className="mh">{t('work:noTag')}</Command.Empty>}
          {tags.map((tag) => {
            const on = has.includes(tag.name)
            return (
              <Command.Item key={tag.name} className="mi" value={tag.name} keywords={[tag.label]} onSelect={() => void setTag(ids, tag, !on)}>
                <span className="tick">{on && <Icon icon={Check} />}</span><i className={`dot c-${tag.hue}`} /><bdi className="cut">{tag.label}</bdi>
                {on && <span className="sr">{t('work:removeTag', { label: tag.label })}</span>}
              </Command.Item>
            )
          })}
          {isNew && (
            <Command.Item
              className="mi" value={`new ${typed}`} forceMount
              onSelect={() => {
                setText('')
                void makeTag(ids, typed)
              }}
            >
              <span className="tick"><Icon icon={Plus} /></span><span className="cut">{t('work:makeTag', { label: typed })}</span>
            </Command.Item>
          )}
        </Command.List>
      </Command>
    </Popover>
  )
}
