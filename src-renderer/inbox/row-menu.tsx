import { AlarmClock, Bookmark, Circle, CircleCheck, Tag as TagIcon, Trash2, User, UserCheck } from 'lucide-react'
import { useState } from 'react'
import type { ConversationRow } from '../../src-preload/contract'
import { useQuery } from '../live'
import { isDone, setStatus, trash } from '../state/acts'
import { follow } from '../state/follow'
import { actOnPicked } from '../state/list'
import { assign } from '../state/work'
import { t } from '../text'
import { ExportPicked } from '../ui/export-picked'
import { Menu, type MenuPart } from '../ui/menu'
import { AssignMenu } from '../work/assign-menu'
import { selfIn, usePeople } from '../work/people'
import { LabelPicker } from '../work/label-bar'
import { SnoozeMenu } from '../work/snooze-menu'
import { TagPicker } from '../work/tag-picker'
import type { ListView } from './list-states'
import { useMoreActs } from './more-acts'
import { nameOf } from './words'

/** What a menu was asked for: one conversation, or all that are picked when it is one of them. */
export interface Asked {
  readonly ids: readonly number[]
  /** The row under the pointer. */
  readonly row: ConversationRow
  /** Where, px from the window's corner. */
  readonly x: number
  readonly y: number
}

type Layer = 'menu' | 'assign' | 'tag' | 'snooze' | 'label'

/**
 * The menu of a row of the list, at the pointer: the acts of the conversation's head and of the bulk bar. Stays mounted when it
 * closes, since a date may still be picked.
 */
export function RowMenu({
  asked: { ids, row, x, y },
  view,
  open,
  onOpenChange,
  onFocus,
}: {
  asked: Asked
  view: ListView
  /** Whether one of its layers is open. */
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Puts the focus back on the row. */
  onFocus: () => void
}) {
  const [layer, setLayer] = useState<Layer>('menu')
  const [exporting, setExporting] = useState(false)
  const people = usePeople()
  const one = ids.length === 1
  const whole = useQuery('conversations.get', one ? { id: row.id } : null, ids).data
  // What was just given is to be seen, and can be taken, where it was given.
  const { assignee, tags, labels, snoozedUntil } = whole ?? row
  const follows = whole?.followers.some(({ id }) => id === people?.self) ?? false

  /** Another layer takes the place of the menu in the same frame: a key between the two would act on the row. */
  const turnTo = (next: Layer) => ({ keepOpen: true, onSelect: () => setLayer(next) })
  const act = async (does: () => Promise<boolean>) => {
    if (one) await does()
    else await actOnPicked(ids, does)
  }
  const more = useMoreActs({
    ids,
    view,
    alone: one ? row : undefined,
    act,
    onExport: () => setExporting(true),
    labels: turnTo('label'),
  })
  const done = isDone(view) || (one && isDone(row.status))
  const toMe = () => people && void act(() => assign(ids, selfIn(people)))
  const items = (): MenuPart[] => [
    {
      label: t(done ? 'conversation:reopen' : 'conversation:close'),
      icon: done ? Circle : CircleCheck,
      act: 'closeOrOpen',
      onSelect: () => void act(() => setStatus(ids, done ? 'open' : 'closed')),
    },
    { label: t('work:assignTo'), icon: UserCheck, act: 'assign', ...turnTo('assign') },
    { label: t('work:toMe'), icon: User, act: 'toMe', onSelect: toMe },
    { label: t('work:addTag'), icon: TagIcon, act: 'tag', ...turnTo('tag') },
    { label: t('work:snooze'), icon: AlarmClock, act: 'snooze', ...turnTo('snooze') },
    {
      label: t(follows ? 'work:unfollow' : 'work:follow'),
      icon: Bookmark,
      act: 'follow',
      onSelect: () => void act(() => follow(ids, !follows)),
    },
    'separator',
    ...more,
    'separator',
    { label: t('conversation:trash'), icon: Trash2, onSelect: () => void act(() => trash(ids)) },
  ]
  const label = one ? t('inbox:row.acts', { name: nameOf(row) }) : t('inbox:bulk.label', { count: ids.length })
  const control = {
    open,
    onOpenChange,
    trigger: (
      <button
        type="button"
        tabIndex={-1}
        aria-label={label}
        aria-hidden={!open}
        className="at-pointer"
        style={{ left: x, top: y }}
        onFocus={onFocus}
      />
    ),
  }
  return (
    <>
      {layer === 'menu' && <Menu label={label} align="start" items={items} {...control} />}
      {layer === 'assign' && (
        <AssignMenu ids={ids} assignee={one ? (assignee?.id ?? null) : undefined} align="start" {...control} />
      )}
      {layer === 'tag' && <TagPicker ids={ids} has={one ? tags.map(({ name }) => name) : []} {...control} />}
      {layer === 'snooze' && <SnoozeMenu ids={ids} snoozedUntil={one ? snoozedUntil : null} {...control} />}
      {layer === 'label' && <LabelPicker ids={ids} has={one ? labels : []} {...control} />}
      {exporting && <ExportPicked ids={ids} onClose={() => setExporting(false)} />}
    </>
  )
}
