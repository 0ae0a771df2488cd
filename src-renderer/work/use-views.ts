import { ListFilter } from 'lucide-react'
import { useMemo } from 'react'
import type { Field, SavedView, View } from '../../src-preload/contract'
import { ask, call } from '../client'
import { useQuery } from '../live'
import { keep } from '../state/keep'
import { tellDone, tellFailure } from '../state/acts'
import { goView, usePlaces } from '../state/places'
import { tellOnceDone } from '../state/toast'
import { t } from '../text'
import type { LucideIcon } from '../ui/icon'
import { useInGroups } from './people'
import { viewIcons } from './view-icons'

/** A line of the sidebar: one that comes with the program, or one that people made. */
export interface ViewLine {
  /** Of the built-in view, or the saved view's name. */
  readonly id: string
  readonly icon: LucideIcon
  readonly label: string
  readonly view: Exclude<View, 'inbox'> | null
  readonly saved: SavedView | null
  readonly hidden: boolean
}

const builtIn = [
  'unassigned',
  'mine',
  'groups',
  'mentions',
  'followed',
  'assigned',
  'snoozed',
  'pending',
  'drafts',
  'outbox',
  'closed',
  'spam',
] as const satisfies readonly View[]

const withoutGroups = builtIn.filter((view) => view !== 'groups')

/** The built-in views but the inbox; that of groups for those who are in one. */
export const useBuiltInViews = (): typeof builtIn | typeof withoutGroups => (useInGroups() ? builtIn : withoutGroups)

const noViews: readonly SavedView[] = []
const noFields: readonly Field[] = []

export function useSavedViews(): readonly SavedView[] {
  return useQuery('views.list', {}).data?.views ?? noViews
}

export function useFields(): readonly Field[] {
  return useQuery('fields.list', {}).data?.fields ?? noFields
}

/** All views but the inbox in this person's order; that of groups for those who are in one. Saved ones that nobody has placed follow the built-in ones. */
export function useViewLines(): readonly ViewLine[] {
  const saved = useSavedViews()
  const kept = useQuery('settings.get', {}).data?.sidebarViews
  const own = useBuiltInViews()
  return useMemo(() => {
    const hidden = new Set(kept?.hidden)
    const place = new Map((kept?.order ?? []).map((id, index) => [id, index]))
    const lines: ViewLine[] = [
      ...own.map((view): ViewLine => ({
        id: view,
        icon: viewIcons[view],
        label: t(`common:nav.${view}`),
        view,
        saved: null,
        hidden: hidden.has(view),
      })),
      ...saved.map((view): ViewLine => ({
        id: view.name,
        icon: ListFilter,
        label: view.label,
        view: null,
        saved: view,
        hidden: hidden.has(view.name),
      })),
    ]
    const at = (line: ViewLine, index: number): number => place.get(line.id) ?? index + 1000
    return lines
      .map((line, index) => ({ line, at: at(line, index) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ line }) => line)
  }, [saved, kept, own])
}

/** Keeps which views this person's sidebar shows, and in what order. */
export async function keepViews(lines: readonly ViewLine[]): Promise<boolean> {
  return keep({
    sidebarViews: {
      order: lines.map(({ id }) => id),
      hidden: lines.filter(({ hidden }) => hidden).map(({ id }) => id),
    },
  })
}

/** Shows a view in the sidebar again, where it is by now; what was moved or hidden since stays so. */
async function showView(id: string): Promise<void> {
  try {
    const { order, hidden } = (await ask('settings.get', {})).sidebarViews
    await keep({ sidebarViews: { order, hidden: hidden.filter((one) => one !== id) } })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Hides a view from this person's sidebar, or shows it again. */
export async function hideView(lines: readonly ViewLine[], id: string, hidden: boolean): Promise<void> {
  const kept = keepViews(lines.map((line) => (line.id === id ? { ...line, hidden } : line)))
  const label = lines.find((line) => line.id === id)?.label ?? ''
  const undo = () => showView(id)
  await tellOnceDone(kept, (done) => (done && hidden ? { text: t('views:hidden', { label }), undo } : null))
}

/** Deletes a saved view, for the team where it is the team's; the inbox takes its place on screen. */
export async function removeView({ name, label }: SavedView): Promise<void> {
  try {
    await tellDone(t('views:removed', { label }), call('views.remove', { name }))
    if (usePlaces.getState().list.saved === name) goView('inbox')
  } catch (thrown) {
    tellFailure(thrown)
  }
}
