import type { View } from '../../src-preload/contract'
import { useEffect } from 'react'
import { onEvent } from '../client'
import { isDone, setStatus } from '../state/acts'
import { useLayout } from '../state/layout'
import { leaveText, toList, useList } from '../state/list'
import {
  goBack,
  goNewMessage,
  goPrivacy,
  goSettings,
  goView,
  leaveSettings,
  openConversation,
  usePlaces,
} from '../state/places'
import { focusSearch } from '../state/search'
import { isTextField, useShortcuts, type Shortcut } from '../state/shortcuts'
import { useToasts } from '../state/toast'
import { showHelp, showPalette } from '../state/window'
import { t } from '../text'
import { useInGroups } from '../work/people'
import { cyclePanes } from './panes'

const goKeys: readonly { keys: string; view: View }[] = [
  { keys: 'g i', view: 'inbox' },
  { keys: 'g u', view: 'unassigned' },
  { keys: 'g m', view: 'mine' },
  { keys: 'g a', view: 'assigned' },
  { keys: 'g z', view: 'snoozed' },
  { keys: 'g p', view: 'pending' },
  { keys: 'g d', view: 'drafts' },
  { keys: 'g o', view: 'outbox' },
  { keys: 'g c', view: 'closed' },
  { keys: 'g n', view: 'mentions' },
  { keys: 'g f', view: 'followed' },
  { keys: 'g j', view: 'spam' },
]

/** For those who are in a group. */
const groupsKey = { keys: 'g g', view: 'groups' } as const

/** The key E for what is picked; for the open conversation it is the conversation's own (see conversation-parts). */
function closeOrOpenPicked(): boolean | void {
  const place = usePlaces.getState().place
  if (place.kind !== 'inbox' || place.view === 'drafts' || place.view === 'outbox') return false
  const ids = [...useList.getState().picked]
  if (ids.length === 0) return false
  void setStatus(ids, isDone(place.view) ? 'open' : 'closed')
  return undefined
}

function layerUp(): boolean | void {
  const layout = useLayout.getState()
  if (layout.profileOver) return layout.toggleProfile()
  const list = useList.getState()
  if (list.picked.size > 0) return list.clearPicks()
  const place = usePlaces.getState().place
  if (place.kind === 'inbox' || place.kind === 'new-message') return toList()
  return place.kind === 'settings' ? leaveSettings() : goBack()
}

/** Out of what is written; the draft is kept. Other fields have Escape for themselves. */
function leaveComposer(field: HTMLElement): boolean | void {
  if (!field.closest('[data-pane="composer"], .new-message')) return false
  field.blur()
  return leaveText(field)
}

/** The keys of the window once the mail is there, and what the menu bar asks for; see `Everywhere` for those of every page. Draws nothing. */
export function Commands() {
  const inGroups = useInGroups()
  const picked = useList((state) => state.picked.size > 0)
  const shortcuts: Shortcut[] = [
    {
      id: 'palette',
      keys: 'mod+k',
      group: 'everywhere',
      label: t('common:shortcuts.palette'),
      hidden: true,
      run: () => showPalette(true),
    },
    { id: 'search', keys: '/', group: 'everywhere', label: t('common:shortcuts.search'), run: focusSearch },
    { id: 'help', keys: '?', group: 'everywhere', label: t('common:shortcuts.help'), run: () => showHelp(true) },
    {
      id: 'new',
      keys: 'c',
      group: 'everywhere',
      label: t('common:shortcuts.newConversation'),
      run: () => goNewMessage(),
    },
    {
      id: 'undo',
      keys: 'mod+z',
      inText: false,
      group: 'everywhere',
      label: t('common:shortcuts.undo'),
      run: () => useToasts.getState().undo(),
    },
    {
      id: 'pane.next',
      keys: 'F6',
      group: 'everywhere',
      label: t('common:shortcuts.nextPane'),
      hidden: true,
      run: () => cyclePanes(1),
    },
    {
      id: 'pane.previous',
      keys: 'shift+F6',
      inText: true,
      group: 'everywhere',
      label: t('common:shortcuts.previousPane'),
      hidden: true,
      run: () => cyclePanes(-1),
    },
    {
      id: 'sidebar',
      keys: 'mod+\\',
      group: 'everywhere',
      label: t('common:shortcuts.sidebar'),
      run: () => useLayout.getState().toggleSidebar(),
    },
    {
      id: 'profile',
      keys: 'p',
      group: 'everywhere',
      label: t('common:shortcuts.profile'),
      run: () => useLayout.getState().toggleProfile(),
    },
    {
      id: 'back',
      keys: 'alt+ArrowLeft',
      inText: false,
      group: 'everywhere',
      label: t('common:shortcuts.back'),
      run: goBack,
    },
    {
      id: 'forward',
      keys: 'alt+ArrowRight',
      inText: false,
      group: 'everywhere',
      label: t('common:shortcuts.forward'),
      run: () => usePlaces.getState().forward(),
    },
    {
      id: 'escape',
      keys: 'Escape',
      group: 'everywhere',
      label: t('common:shortcuts.layerUp'),
      hidden: true,
      inText: true,
      run: ({ target }) => (isTextField(target) ? leaveComposer(target) : layerUp()),
    },
    {
      id: 'closeOrOpen',
      hidden: !picked,
      keys: 'e',
      group: 'list',
      label: t('inbox:keys.closeOrOpen'),
      run: closeOrOpenPicked,
    },
    ...[...goKeys, ...(inGroups ? [groupsKey] : [])].map(({ keys, view }): Shortcut => ({
      id: `go.${view}`,
      keys,
      group: 'go',
      label: t(`common:nav.${view}`),
      run: () => goView(view),
    })),
    { id: 'go.privacy', keys: 'g y', group: 'go', label: t('common:nav.privacy'), run: () => goPrivacy() },
    { id: 'go.transfers', keys: 'g t', group: 'go', label: t('transfers:title'), run: () => goSettings('transfers') },
    {
      id: 'go.support',
      keys: 'g h',
      group: 'go',
      label: t('reports:contact.command'),
      run: () => goSettings('support'),
    },
    { id: 'go.settings', keys: 'g s', group: 'go', label: t('common:nav.settings'), run: () => goSettings() },
  ]
  useShortcuts(shortcuts)
  useEffect(
    () =>
      onEvent((event) => {
        if (event.topic !== 'command') return
        const does: Record<string, () => void> = {
          settings: () => goSettings(),
          transfers: () => goSettings('transfers'),
          support: () => goSettings('support'),
          identity: () => goPrivacy('access'),
          help: () => showHelp(true),
          'new-message': () => goNewMessage(),
          palette: () => showPalette(true),
          sidebar: () => useLayout.getState().toggleSidebar(),
          'open-conversation': () => event.id !== undefined && openConversation(event.id),
        }
        does[event.name]?.()
      }),
    [],
  )
  return null
}
