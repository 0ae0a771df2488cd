import { ListFilter } from 'lucide-react'
import { useMemo } from 'react'
import type { Field, SavedView, Settings, View } from '../../src-preload/contract'
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
    return placed(lines, kept?.order ?? [])
  }, [saved, kept, own])
}

/** Lines in a person's order; those that nobody has placed come after. */
function placed<T extends { readonly id: string }>(lines: readonly T[], order: readonly string[]): T[] {
  const place = new Map(order.map((id, index) => [id, index]))
  return lines
    .map((line, index) => ({ line, at: place.get(line.id) ?? index + 1000 }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => line)
}

type Kept = Settings['sidebarViews']
let changing: Promise<unknown> = Promise.resolve()

/** Changes this person's sidebar as it is by then, not as it was drawn: the next change may be faster than the picture. */
function change(how: (kept: Kept) => Kept): Promise<boolean> {
  const done = changing.then(async () => {
    try {
      return await keep({ sidebarViews: how((await ask('settings.get', {})).sidebarViews) })
    } catch (thrown) {
      tellFailure(thrown)
      return false
    }
  })
  changing = done
  return done
}

/** Moves a view by one line; where it cannot go further it stays. */
export async function moveView(lines: readonly ViewLine[], id: string, by: -1 | 1): Promise<void> {
  let moved = false
  const move =
    (steps: number) =>
    ({ order, hidden }: Kept): Kept => {
      const ids = placed(lines, order).map((line) => line.id)
      const other = ids[ids.indexOf(id) + steps] ?? id
      moved = other !== id
      // What is not among these lines, such as a view that came since, keeps its place.
      const all = [...order, ...ids.filter((one) => !order.includes(one))]
      return { order: all.map((one) => (one === id ? other : one === other ? id : one)), hidden }
    }
  const label = lines.find((line) => line.id === id)?.label ?? ''
  const undo = async () => void (await change(move(-by)))
  await tellOnceDone(change(move(by)), (done) =>
    done && moved ? { text: t('views:moved', { label }), undo, keeps: true } : null,
  )
}

/** Hides a view from this person's sidebar, or shows it again; what was moved or hidden since stays so when that is taken back. */
export async function hideView({ id, label }: ViewLine, hide: boolean): Promise<void> {
  const put =
    (away: boolean) =>
    ({ order, hidden }: Kept): Kept => {
      const others = hidden.filter((one) => one !== id)
      return { order, hidden: away ? [...others, id] : others }
    }
  const undo = async () => void (await change(put(!hide)))
  await tellOnceDone(change(put(hide)), (done) =>
    done ? { text: t(hide ? 'views:hidden' : 'views:shown', { label }), undo, keeps: true } : null,
  )
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
