import { useEffect } from 'react'
import { onEvent } from '../client'
import { isDone, setStatus } from '../state/acts'
import { useLayout } from '../state/layout'
import { actOnPicked, leaveText, toList, useList } from '../state/list'
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
import { useBuiltInViews } from '../work/use-views'
import { cyclePanes } from './panes'

/** The key E for what is picked; for the open conversation it is the conversation's own (see conversation-parts). */
function closeOrOpenPicked(): boolean | void {
  const place = usePlaces.getState().place
  if (place.kind !== 'inbox' || place.view === 'drafts' || place.view === 'outbox') return false
  const ids = [...useList.getState().picked]
  if (ids.length === 0) return false
  void actOnPicked(ids, () => setStatus(ids, isDone(place.view) ? 'open' : 'closed'))
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

/**
 * Out of a field, to the page or pane that it stands in, so that the next Escape leaves that; out of a text that is written to
 * the list, the draft is kept. A search that holds something is emptied first, by the field itself.
 */
function leaveField(field: HTMLElement): boolean | void {
  if (field instanceof HTMLInputElement && field.type === 'search' && field.value !== '') return false
  field.blur()
  if (field.closest('[data-pane="composer"], .new-message')) return leaveText(field)
  return field.closest<HTMLElement>('[data-pane][tabindex]')?.focus()
}

/** The keys of the window once the mail is there, and where notifications and the menu bar lead; see `Everywhere` for what works on every page. Draws nothing. */
export function Commands() {
  const views = useBuiltInViews()
  const picked = useList((state) => state.picked.size > 0)
  const shortcuts: Shortcut[] = [
    {
      act: 'palette',
      run: () => showPalette(true),
    },
    { act: 'search', run: focusSearch },
    { act: 'help', run: () => showHelp(true) },
    {
      act: 'new',
      run: () => goNewMessage(),
    },
    {
      act: 'undo',
      run: () => useToasts.getState().undo(),
    },
    {
      act: 'nextPane',
      run: () => cyclePanes(1),
    },
    {
      act: 'previousPane',
      run: () => cyclePanes(-1),
    },
    {
      act: 'sidebar',
      run: () => useLayout.getState().toggleSidebar(),
    },
    {
      act: 'profile',
      run: () => useLayout.getState().toggleProfile(),
    },
    {
      act: 'back',
      run: goBack,
    },
    {
      act: 'forward',
      run: () => usePlaces.getState().forward(),
    },
    {
      act: 'escape',
      run: ({ target }) => (isTextField(target) ? leaveField(target) : layerUp()),
    },
    {
      act: 'closeOrOpen',
      hidden: !picked,
      run: closeOrOpenPicked,
    },
    // only those who are in a group have a list of its conversations
    ...(['inbox', ...views] as const).map((view): Shortcut => ({
      act: `go.${view}`,
      run: () => goView(view),
    })),
    { act: 'go.privacy', run: () => goPrivacy() },
    { act: 'go.transfers', run: () => goSettings('transfers') },
    {
      act: 'go.support',
      run: () => goSettings('support'),
    },
    { act: 'go.settings', run: () => goSettings() },
  ]
  useShortcuts(shortcuts)
  useEffect(
    () =>
      onEvent((event) => {
        if (event.topic !== 'command') return
        if (event.name === 'identity') goPrivacy('access')
        if (event.name === 'open-conversation' && event.id !== undefined) openConversation(event.id)
      }),
    [],
  )
  return null
}
