import { Command } from 'cmdk'
import { ListFilter, Mail, Search, Tag } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { goSaved, goSearch, goSettings, goView, openHit } from '../state/places'
import { entryOf, type ShortcutGroup } from '../state/keymap'
import { runAct, useActsNow } from '../state/shortcuts'
import { t } from '../text'
import { Icon, type LucideIcon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { Time } from '../ui/time'
import { focusIsFree, openerNow } from '../ui/trigger'
import { useTags } from '../work/tags'
import { useSavedViews } from '../work/use-views'
import { actIcons, offeredActs, type OfferedAct } from './act-icons'
import { Hits, markTyped } from './hits'
import { useSearchResults } from './use-search-results'
import { useMailboxes } from '../work/mailboxes'

/** What can be done with what is open comes first, what is about the program last. */
const doGroups = [
  'conversation',
  'composer',
  'list',
  'everywhere',
  'program',
] as const satisfies readonly ShortcutGroup[]
const mostHits = 5

/** Words that begin with what was typed count most, then words that hold it; every word typed must be found. */
function score(_value: string, typed: string, keywords: string[] = []): number {
  const text = keywords.join(' ').toLocaleLowerCase()
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (!words.every((word) => text.includes(word))) return 0
  return words.every((word) => ` ${text}`.includes(` ${word}`)) ? 1 : 0.5
}

/** A page of settings, by the id of its address. */
interface Page {
  readonly id: string
  readonly icon: LucideIcon
  readonly name: string
}

/** One line: what it leads to, and at its end a key or a fact. */
function Item({
  icon,
  end,
  children,
  ...item
}: {
  value: string
  keywords?: string[]
  forceMount?: boolean
  icon: LucideIcon
  end?: ReactNode
  children: ReactNode
  onSelect: () => void
}) {
  return (
    <Command.Item className="mi" {...item}>
      <Icon icon={icon} />
      <span className="cut">{children}</span>
      {end !== undefined && <span className="end">{end}</span>}
    </Command.Item>
  )
}

/** Every command, every place, and a search, from one field. */
export function Palette({ pages, onClose }: { pages: readonly Page[]; onClose: () => void }) {
  const [text, setText] = useState('')
  const shortcuts = useActsNow()
  const mailboxes = useMailboxes()
  const views = useSavedViews()
  const tags = useTags()
  const found = useSearchResults(text)
  const possible = new Set(shortcuts.filter((one) => !one.hidden).map((one) => one.act))
  const listed = (group: ShortcutGroup): OfferedAct[] =>
    offeredActs.filter((act) => entryOf(act).group === group && possible.has(act))
  const [opener] = useState(openerNow)
  // Closed first: what is done may ask where the focus is, or take it; a key in between would reach what lies behind.
  const run = (does: () => void) => () => {
    flushSync(onClose)
    opener?.focus()
    does()
  }
  const asked = text.trim()
  const marked = (label: string) => <Hits text={markTyped(label, asked)} />
  const command = (act: OfferedAct) => (
    <Item
      key={act}
      value={`act ${act}`}
      keywords={[t(entryOf(act).label)]}
      icon={actIcons[act]}
      end={<Kbd act={act} />}
      onSelect={run(() => runAct(act))}
    >
      {marked(t(entryOf(act).label))}
    </Item>
  )
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <div className="scrim">
          <Dialog.Content
            className="dialog palette"
            aria-describedby={undefined}
            onCloseAutoFocus={(event) => {
              event.preventDefault()
              if (focusIsFree()) opener?.focus()
            }}
          >
            <Dialog.Title className="sr">{t('search:palette.label')}</Dialog.Title>
            <Command label={t('search:palette.label')} loop filter={score}>
              <div className="pal-q">
                <Icon icon={Search} />
                <Command.Input
                  value={text}
                  onValueChange={setText}
                  placeholder={t('search:palette.input')}
                  aria-label={t('search:palette.input')}
                />
              </div>
              <Command.List className="pal-ls" label={t('search:palette.label')}>
                <Command.Empty className="mh">{t('search:palette.nothing')}</Command.Empty>
                <Command.Group heading={t('search:palette.do')}>
                  {doGroups.map((group) => listed(group).map(command))}
                </Command.Group>
                <Command.Group heading={t('search:palette.go')}>
                  {listed('go').map(command)}
                  {views.map(({ name, label }) => (
                    <Item
                      key={name}
                      value={`view ${name} ${label}`}
                      keywords={[label]}
                      icon={ListFilter}
                      onSelect={run(() => goSaved(name))}
                    >
                      <bdi>{marked(label)}</bdi>
                    </Item>
                  ))}
                  {mailboxes.map(({ id, name, address }) => (
                    <Item
                      key={id}
                      value={`mailbox ${id} ${name}`}
                      keywords={[name, address]}
                      icon={Mail}
                      end={<bdi>{address}</bdi>}
                      onSelect={run(() => goView('inbox', id))}
                    >
                      <bdi>{marked(name)}</bdi>
                    </Item>
                  ))}
                  {tags.map(({ name, label }) => (
                    <Item
                      key={name}
                      value={`tag ${name} ${label}`}
                      keywords={[label]}
                      icon={Tag}
                      onSelect={run(() => goView('inbox', null, name))}
                    >
                      <bdi>{marked(label)}</bdi>
                    </Item>
                  ))}
                  {pages.map(({ id, icon, name }) => (
                    <Item
                      key={id}
                      value={`settings ${id}`}
                      keywords={[t('search:palette.page', { name })]}
                      icon={icon}
                      onSelect={run(() => goSettings(id))}
                    >
                      {marked(t('search:palette.page', { name }))}
                    </Item>
                  ))}
                </Command.Group>
                {asked !== '' && (
                  <Command.Group heading={t('search:palette.search')} forceMount>
                    {found.answeredFor === asked &&
                      found.hits.slice(0, mostHits).map((hit) => (
                        <Item
                          key={`${hit.conversationId}-${hit.messageId}`}
                          forceMount
                          value={`hit ${hit.conversationId} ${hit.messageId}`}
                          icon={Mail}
                          end={<Time at={hit.at} form="search" />}
                          onSelect={run(() => openHit(hit))}
                        >
                          <bdi>
                            <Hits text={hit.person} />
                          </bdi>{' '}
                          ·{' '}
                          <bdi>
                            <Hits text={hit.subject} />
                          </bdi>
                        </Item>
                      ))}
                    <Item forceMount value="search all mail" icon={Search} onSelect={run(() => goSearch(asked))}>
                      {t('search:palette.searchFor', { text: asked })}
                    </Item>
                  </Command.Group>
                )}
              </Command.List>
              <footer className="pal-f">
                <span>
                  <Kbd keys="ArrowUp" />
                  <Kbd keys="ArrowDown" />
                  {t('search:palette.move')}
                </span>
                <span>
                  <Kbd keys="Enter" />
                  {t('search:palette.run')}
                </span>
                <span className="push">
                  <Kbd keys="Escape" />
                  {t('search:palette.close')}
                </span>
              </footer>
            </Command>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
