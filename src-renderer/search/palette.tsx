import { Command } from 'cmdk'
import { ArrowRight, ListFilter, Mail, Search, SlidersHorizontal, Tag, Zap } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import type { View } from '../../src-preload/contract'
import { goSaved, goSearch, goSettings, goView, openConversation } from '../state/places'
import { acts, entryOf, type Act, type ShortcutGroup } from '../state/keymap'
import { runAct, useShortcutStore } from '../state/shortcuts'
import { t } from '../text'
import { Icon, type LucideIcon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { Time } from '../ui/time'
import { useTags } from '../work/tags'
import { useSavedViews } from '../work/use-views'
import { viewIcons } from '../work/view-icons'
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
const goIcons: Record<string, LucideIcon> = {
  ...Object.fromEntries(Object.entries(viewIcons).map(([view, icon]) => [`go.${view}`, icon])),
  'go.settings': SlidersHorizontal,
}
const viewOf: Record<string, View> = { open: 'inbox', pending: 'pending', closed: 'closed', spam: 'spam' }
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

/** Every command, every place, and a search, from one field. */
export function Palette({ pages, onClose }: { pages: readonly Page[]; onClose: () => void }) {
  const [text, setText] = useState('')
  const shortcuts = useShortcutStore((state) => state.shortcuts)
  const mailboxes = useMailboxes()
  const views = useSavedViews()
  const tags = useTags()
  const found = useSearchResults(text)
  const offered = new Set(shortcuts.filter((one) => !one.hidden).map((one) => one.act))
  const listed = (group: ShortcutGroup): Act[] =>
    acts.filter((act) => entryOf(act).group === group && !entryOf(act).moves && offered.has(act))
  const run = (does: () => void) => () => {
    onClose()
    // after the palette has given the focus back
    setTimeout(does, 0)
  }
  const command = (act: Act, icon: LucideIcon) => (
    <Command.Item
      key={act}
      className="mi"
      value={`act ${act}`}
      keywords={[t(entryOf(act).label)]}
      onSelect={run(() => runAct(act))}
    >
      <Icon icon={icon} />
      <span className="cut">{t(entryOf(act).label)}</span>
      <span className="end">
        <Kbd act={act} />
      </span>
    </Command.Item>
  )
  const asked = text.trim()
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <div className="scrim">
          <Dialog.Content className="dialog palette" aria-describedby={undefined}>
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
                  {doGroups.map((group) => listed(group).map((act) => command(act, Zap)))}
                </Command.Group>
                <Command.Group heading={t('search:palette.go')}>
                  {listed('go').map((act) => command(act, goIcons[act] ?? ArrowRight))}
                  {views.map((view) => (
                    <Command.Item
                      key={view.name}
                      className="mi"
                      value={`view ${view.name} ${view.label}`}
                      keywords={[view.label]}
                      onSelect={run(() => goSaved(view.name))}
                    >
                      <Icon icon={ListFilter} />
                      <bdi className="cut">{view.label}</bdi>
                    </Command.Item>
                  ))}
                  {mailboxes.map((mailbox) => (
                    <Command.Item
                      key={mailbox.id}
                      className="mi"
                      value={`mailbox ${mailbox.id} ${mailbox.name}`}
                      keywords={[mailbox.name, mailbox.address]}
                      onSelect={run(() => goView('inbox', mailbox.id))}
                    >
                      <Icon icon={Mail} />
                      <bdi className="cut">{mailbox.name}</bdi>
                      <span className="end">
                        <bdi>{mailbox.address}</bdi>
                      </span>
                    </Command.Item>
                  ))}
                  {tags.map((tag) => (
                    <Command.Item
                      key={tag.name}
                      className="mi"
                      value={`tag ${tag.name} ${tag.label}`}
                      keywords={[tag.label]}
                      onSelect={run(() => goView('inbox', null, tag.name))}
                    >
                      <Icon icon={Tag} />
                      <bdi className="cut">{tag.label}</bdi>
                    </Command.Item>
                  ))}
                  {pages.map((page) => (
                    <Command.Item
                      key={page.id}
                      className="mi"
                      value={`settings ${page.id}`}
                      keywords={[t('search:palette.page', { name: page.name })]}
                      onSelect={run(() => goSettings(page.id))}
                    >
                      <Icon icon={page.icon} />
                      <span className="cut">{t('search:palette.page', { name: page.name })}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
                {asked !== '' && (
                  <Command.Group heading={t('search:palette.search')} forceMount>
                    {found.answeredFor === asked &&
                      found.hits.slice(0, mostHits).map((hit) => (
                        <Command.Item
                          key={`${hit.conversationId}-${hit.messageId}`}
                          forceMount
                          className="mi"
                          value={`hit ${hit.conversationId} ${hit.messageId}`}
                          onSelect={run(() => openConversation(hit.conversationId, viewOf[hit.status]))}
                        >
                          <Icon icon={Mail} />
                          <span className="cut">
                            <bdi>{hit.person.join('')}</bdi> · <bdi>{hit.subject.join('')}</bdi>
                          </span>
                          <span className="end">
                            <Time at={hit.at} form="search" />
                          </span>
                        </Command.Item>
                      ))}
                    <Command.Item
                      forceMount
                      className="mi"
                      value="search all mail"
                      onSelect={run(() => goSearch(asked))}
                    >
                      <Icon icon={Search} />
                      <span className="cut">{t('search:palette.searchFor', { text: asked })}</span>
                    </Command.Item>
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
