import { Command } from 'cmdk'
import {
  ArrowRight,
  Clock,
  CircleCheck,
  Inbox,
  ListFilter,
  Mail,
  OctagonAlert,
  PenLine,
  Search,
  Send,
  SlidersHorizontal,
  Zap,
} from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import type { View } from '../../src-preload/contract'
import { useQuery } from '../live'
import { goSaved, goSearch, goView, openConversation } from '../state/places'
import { useShortcutStore, type Shortcut } from '../state/shortcuts'
import { t } from '../text'
import { Icon, type LucideIcon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { Time } from '../ui/time'
import { useSearchResults } from './use-search-results'

const goIcons: Record<string, LucideIcon> = {
  'go.inbox': Inbox,
  'go.pending': Clock,
  'go.drafts': PenLine,
  'go.outbox': Send,
  'go.closed': CircleCheck,
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

/** Every command, every place, and a search, from one field. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const shortcuts = useShortcutStore((state) => state.shortcuts)
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes ?? []
  const views = useQuery('views.list', {}).data?.views ?? []
  const found = useSearchResults(text)
  const listed = [
    ...new Map<string, Shortcut>(shortcuts.filter((one) => !one.hidden).map((one) => [one.label, one])).values(),
  ]
  const run = (does: () => void) => () => {
    onClose()
    // after the palette has given the focus back
    setTimeout(does, 0)
  }
  const command = (one: Shortcut, icon: LucideIcon) => (
    <Command.Item
      key={one.id}
      className="mi"
      value={`${one.id} ${one.label}`}
      keywords={[one.label]}
      onSelect={run(() => void one.run(new KeyboardEvent('keydown')))}
    >
      <Icon icon={icon} />
      <span className="cut">{one.label}</span>
      <span className="end">
        <Kbd keys={one.keys} />
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
                  {listed.filter((one) => one.group !== 'go').map((one) => command(one, Zap))}
                </Command.Group>
                <Command.Group heading={t('search:palette.go')}>
                  {listed.filter((one) => one.group === 'go').map((one) => command(one, goIcons[one.id] ?? ArrowRight))}
                  <Command.Item
                    className="mi"
                    value="go.spam"
                    keywords={[t('common:nav.spam')]}
                    onSelect={run(() => goView('spam'))}
                  >
                    <Icon icon={OctagonAlert} />
                    <span>{t('common:nav.spam')}</span>
                  </Command.Item>
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
