import { AlarmClock, Bookmark, Ellipsis, Tag, UserCheck, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { View } from '../../src-preload/contract'
import { call } from '../client'
import { isDone, setRead, setStatus, tellFailure, trash } from '../state/acts'
import { assign } from '../state/work'
import { actOnPicked, useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import { useShortcuts } from '../state/shortcuts'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Button, IconButton } from '../ui/button'
import { ExportPicked } from '../ui/export-picked'
import { Menu } from '../ui/menu'
import { focusIsFree } from '../ui/trigger'
import { AssignMenu } from '../work/assign-menu'
import { selfIn, usePeople } from '../work/people'
import { LabelPicker } from '../work/label-bar'
import { SnoozeMenu } from '../work/snooze-menu'
import { TagPicker } from '../work/tag-picker'
import { useMoreActs } from './more-acts'
import type { ListFilter } from './use-list-window'
import { mostPicked as most } from './use-picking'

const pageMost = 200

type Layer = 'assign' | 'tag' | 'snooze' | 'label'

async function idsOf(filter: ListFilter): Promise<number[]> {
  const ids: number[] = []
  for (let offset = 0; offset < most; offset += pageMost) {
    const page = await call('conversations.list', { ...filter, offset, limit: pageMost })
    ids.push(...page.rows.map((row) => row.id))
    if (ids.length >= page.total || page.rows.length === 0) break
  }
  return ids.slice(0, most)
}

/** Floats at the foot of the list when one or more are picked. The open conversation stays open. */
export function BulkBar({
  view,
  filter,
  window,
}: {
  view: Exclude<View, 'drafts' | 'outbox'>
  filter: ListFilter
  window: ListWindow
}) {
  const picked = useList((state) => state.picked)
  const clear = useList((state) => state.clearPicks)
  const [busy, setBusy] = useState(false)
  const [layer, setLayer] = useState<Layer | null>(null)
  const layered = (one: Layer) => (on: boolean) => setLayer(on ? one : null)
  const people = usePeople()
  const [exporting, setExporting] = useState(false)
  const ids = [...picked]
  const total = window.total ?? 0

  const pickAll = async () => {
    try {
      useList.getState().pick(await idsOf(filter))
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  const act = async (does: () => Promise<boolean>) => {
    setBusy(true)
    await actOnPicked(ids, does)
    setBusy(false)
  }
  const more = useMoreActs({
    ids,
    view,
    act,
    onExport: () => setExporting(true),
    labels: { onSelect: () => setLayer('label') },
  })
  const ifPicked = (does: () => void) => () => (picked.size > 0 ? does() : false)
  useShortcuts([
    {
      act: 'pickAll',
      run: () => (total > 0 ? void pickAll() : false),
    },
    {
      act: 'assign',
      hidden: picked.size === 0,
      run: ifPicked(() => setLayer('assign')),
    },
    {
      act: 'toMe',
      hidden: picked.size === 0,
      run: ifPicked(() => people && void assign(ids, selfIn(people))),
    },
    {
      act: 'tag',
      hidden: picked.size === 0,
      run: ifPicked(() => setLayer('tag')),
    },
    {
      act: 'snooze',
      hidden: picked.size === 0,
      run: ifPicked(() => setLayer('snooze')),
    },
  ])

  if (picked.size === 0) return null
  const toOpen = isDone(view)
  return (
    <div
      className="bulk y"
      role="toolbar"
      aria-label={t('inbox:bulk.label', { count: picked.size })}
      aria-busy={busy || undefined}
    >
      <div className="x">
        <span className="medium num" aria-live="polite">
          {t('inbox:bulk.label', { count: picked.size })}
        </span>
        {picked.size < Math.min(total, most) && (
          <button type="button" className="link meta" onClick={() => void pickAll()}>
            {t('inbox:bulk.all', { n: numberText(Math.min(total, most)) })}
          </button>
        )}
        <IconButton icon={X} size="sm" className="push" label={t('inbox:bulk.clear')} act="escape" onClick={clear} />
      </div>
      <div className="x g1">
        {toOpen ? (
          <Button size="sm" act="closeOrOpen" disabled={busy} onClick={() => void act(() => setStatus(ids, 'open'))}>
            {view === 'spam' ? t('inbox:bulk.notSpam') : t('inbox:bulk.open')}
          </Button>
        ) : (
          <Button size="sm" act="closeOrOpen" disabled={busy} onClick={() => void act(() => setStatus(ids, 'closed'))}>
            {t('inbox:bulk.close')}
          </Button>
        )}
        <Button size="sm" disabled={busy} onClick={() => void act(() => setRead(ids, true))}>
          {t('inbox:bulk.read')}
        </Button>
        <Button size="sm" disabled={busy} onClick={() => void act(() => trash(ids))}>
          {t('inbox:bulk.trash')}
        </Button>
        <AssignMenu
          ids={ids}
          assignee={undefined}
          open={layer === 'assign'}
          onOpenChange={layered('assign')}
          trigger={<IconButton icon={UserCheck} size="sm" label={t('work:assignTo')} act="assign" disabled={busy} />}
        />
        <TagPicker
          ids={ids}
          has={[]}
          open={layer === 'tag'}
          onOpenChange={layered('tag')}
          trigger={<IconButton icon={Tag} size="sm" label={t('work:addTag')} act="tag" disabled={busy} />}
        />
        <SnoozeMenu
          ids={ids}
          snoozedUntil={null}
          open={layer === 'snooze'}
          onOpenChange={layered('snooze')}
          trigger={<IconButton icon={AlarmClock} size="sm" label={t('work:snooze')} act="snooze" disabled={busy} />}
        />
        {layer === 'label' && (
          <LabelPicker
            ids={ids}
            has={[]}
            open
            onOpenChange={layered('label')}
            trigger={<IconButton icon={Bookmark} size="sm" label={t('labels:add')} disabled={busy} />}
          />
        )}
        <Menu
          label={t('inbox:bulk.more')}
          trigger={
            <IconButton icon={Ellipsis} size="sm" label={t('inbox:bulk.more')} className="push" disabled={busy} />
          }
          items={more}
        />
      </div>
      {exporting && <ExportPicked ids={ids} onClose={() => setExporting(false)} />}
      <BackToList />
    </div>
  )
}

/** The bar takes the focus along when it goes, with the button or menu that was used last: then the list has it. Draws nothing. */
function BackToList() {
  useEffect(
    () => () => {
      if (focusIsFree()) useList.getState().hands?.focus()
    },
    [],
  )
  return null
}
