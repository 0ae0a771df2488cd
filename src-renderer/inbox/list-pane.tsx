import { ArrowDownWideNarrow, CloudOff, ListFilter as FilterIcon, SquarePen } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import type { Mailbox, SyncStatus, View } from '../../src-preload/contract'
import { useQuery } from '../live'
import { useLayout, listWidth, listWidthOf } from '../state/layout'
import { useList } from '../state/list'
import { goNewMessage } from '../state/places'
import { t } from '../text'
import { numberText } from '../text/time'
import { Button, IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Menu } from '../ui/menu'
import { PaneEdge } from '../ui/pane-edge'
import { ToastHost } from '../ui/toast'
import { useTags } from '../work/tags'
import { BulkBar } from './bulk-bar'
import { ConversationList } from './conversation-list'
import { DraftList } from './draft-list'
import { OutboxList } from './outbox-list'
import { firstSync } from './first-sync'
import { listFilter, useListWindow } from './use-list-window'

interface Props {
  view: View
  mailboxId: number | null
  tag: string | null
  label: string | null
  openId: number | null
  density: 'comfortable' | 'compact'
}

const noMailboxes: readonly Mailbox[] = []

/** The list pane: head, sync strip, the list of the view, bulk bar and toast. */
export function ListPane({ view, mailboxId, tag, label, openId, density }: Props) {
  const mailboxes = useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes ?? noMailboxes
  const sync = useQuery('sync.status', {}, { topics: ['sync', 'mailboxes'] }).data
  const width = useLayout(listWidthOf)
  const setLayout = useLayout((state) => state.set)
  const names = useMemo(() => new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox.name])), [mailboxes])
  const tagLabel = useTags().find((one) => one.name === tag)?.label ?? ''
  const place = label ?? (tag !== null ? tagLabel : mailboxId === null ? t(`common:nav.${view}`) : names.get(mailboxId) ?? '')
  const shared = { openId, density, mailboxNames: names }
  return (
    <section className="pane list" aria-label={t('inbox:pane', { view: place })} data-pane="list">
      {view === 'drafts' || view === 'outbox' ? (
        <>
          <div className="panehead">
            <h1 className="title cut"><bdi>{place}</bdi></h1>
            <span className="push"><NewButton /></span>
          </div>
          <OfflineStrip sync={sync} />
          {view === 'drafts' ? <DraftList {...shared} /> : <OutboxList {...shared} />}
        </>
      ) : (
        <Conversations {...shared} view={view} mailboxId={mailboxId} tag={tag} label={label} place={place} sync={sync} />
      )}
      <ToastHost />
      <PaneEdge
        label={t('inbox:resize')} value={width} min={listWidth.min} max={listWidth.max}
        onChange={useCallback((value: number) => setLayout('list', value), [setLayout])}
      />
    </section>
  )
}

function NewButton() {
  return <IconButton icon={SquarePen} size="sm" label={t('inbox:newConversation')} keys="c" onClick={() => goNewMessage()} />
}

function Conversations({ view, mailboxId, tag, label, place, sync, openId, density, mailboxNames }: {
  view: Exclude<View, 'drafts' | 'outbox'>; mailboxId: number | null; tag: string | null; label: string | null; place: string; sync: SyncStatus | undefined
  openId: number | null; density: 'comfortable' | 'compact'; mailboxNames: ReadonlyMap<number, string>
}) {
  const order = useList((state) => state.order)
  const unreadOnly = useList((state) => state.unreadOnly)
  const setOrder = useList((state) => state.setOrder)
  const setUnreadOnly = useList((state) => state.setUnreadOnly)
  const filter = useMemo(() => listFilter(view, mailboxId, order, unreadOnly, tag, label), [view, mailboxId, order, unreadOnly, tag, label])
  const window = useListWindow(filter)
  const first = firstSync(sync)
  const total = window.total
  const counted = total === null ? '' : t(first ? 'inbox:soFar' : view === 'inbox' && label === null && !unreadOnly ? 'inbox:open' : 'inbox:count', { n: numberText(total) })
  return (
    <>
      <div className="panehead">
        <h1 className="title cut"><bdi>{place}</bdi></h1>
        <span className="t3 num nowrap">{counted}</span>
        <span className="push x g1">
          <Menu
            label={t('inbox:sort')}
            trigger={<Button kind="ghost" size="sm" icon={ArrowDownWideNarrow} aria-label={`${t('inbox:sort')}: ${t(`inbox:${order}First`)}`}>{t(`inbox:${order}`)}</Button>}
            items={[
              { label: t('inbox:newestFirst'), checked: order === 'newest', onSelect: () => setOrder('newest') },
              { label: t('inbox:oldestFirst'), checked: order === 'oldest', onSelect: () => setOrder('oldest') },
            ]}
          />
          <Menu
            label={t('inbox:filter')}
            trigger={<IconButton icon={FilterIcon} size="sm" on={unreadOnly} label={t(unreadOnly ? 'inbox:filterOn' : 'inbox:filter')} />}
            items={[{ label: t('inbox:unreadOnly'), checked: unreadOnly, onSelect: () => setUnreadOnly(!unreadOnly) }]}
          />
          <NewButton />
        </span>
      </div>
      {first ? <SyncStrip done={first.done} total={first.total} /> : <OfflineStrip sync={sync} />}
      <ConversationList key={JSON.stringify(filter)} view={view} filter={filter} window={window} openId={openId} density={density} mailboxNames={mailboxNames} syncing={first !== null} />
      <BulkBar view={view} filter={filter} window={window} />
    </>
  )
}

function SyncStrip({ done, total }: { done: number; total: number }) {
  const percent = total === 0 ? 0 : Math.round((100 * done) / total)
  return (
    <div className="strip">
      <div className="x meta">
        <span className="medium" id="sync-strip">{t('inbox:progress')}</span>
        <span className="push t3 num">{t('inbox:progressOf', { done: numberText(done), total: numberText(total) })}</span>
      </div>
      <div className="bar" role="progressbar" aria-labelledby="sync-strip" aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}><i style={{ inlineSize: `${percent}%` }} /></div>
    </div>
  )
}

function OfflineStrip({ sync }: { sync: SyncStatus | undefined }) {
  if (sync?.overall !== 'offline') return null
  return (
    <div className="strip x offline">
      <Icon icon={CloudOff} />
      <span className="meta t2">{sync.waiting === 0 ? t('inbox:offline.nothing') : t('inbox:offline.waiting', { count: sync.waiting })}</span>
    </div>
  )
}
