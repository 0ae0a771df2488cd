import {
  ArrowDownWideNarrow,
  CloudOff,
  EyeOff,
  ListFilter as FilterIcon,
  Pause,
  Pencil,
  Plus,
  SquarePen,
  Trash2,
} from 'lucide-react'
import { lazy, memo, Suspense, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { SavedView, SyncStatus, View } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useLayout, listWidth, listWidthOf } from '../state/layout'
import { useList } from '../state/list'
import { goNewMessage, usePlaces } from '../state/places'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Button, IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Menu, type MenuPart } from '../ui/menu'
import { PaneEdge } from '../ui/pane-edge'
import { focusIsFree } from '../ui/trigger'
import { useTags } from '../work/tags'
import { hideView, removeView, useSavedViews, useViewLines } from '../work/use-views'
import { BulkBar } from './bulk-bar'
import { ConversationList } from './conversation-list'
import { DraftList } from './draft-list'
import { OutboxList } from './outbox-list'
import { firstSync } from './first-sync'
import { conditionsOf } from './list-conditions'
import { listFilter, useListWindow } from './use-list-window'
import { useMailboxes } from '../work/mailboxes'

const ViewDialog = lazy(() => import('../work/view-dialog').then((module) => ({ default: module.ViewDialog })))

interface Props {
  view: View
  mailboxId: number | null
  tag: string | null
  label: string | null
  saved: string | null
  density: 'comfortable' | 'compact'
}

/** The list pane: head, sync strip, the list of the view and bulk bar. */
export const ListPane = memo(function ListPane({ view, mailboxId, tag, label, saved: savedName, density }: Props) {
  const mailboxes = useMailboxes()
  const sync = useQuery('sync.status', {}).data
  const width = useLayout(listWidthOf)
  const setLayout = useLayout((state) => state.set)
  const names = useMemo(() => new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox.name])), [mailboxes])
  const tagLabel = useTags().find((one) => one.name === tag)?.label ?? ''
  const saved = useSavedViews().find((one) => one.name === savedName) ?? null
  const place =
    savedName !== null
      ? (saved?.label ?? '')
      : label !== null
        ? label
        : tag !== null
          ? tagLabel
          : mailboxId === null
            ? t(`common:nav.${view}`)
            : (names.get(mailboxId) ?? '')
  const shared = { density, mailboxNames: names }
  const pane = useRef<HTMLElement>(null)
  // Whoever came back by key had the focus on what is gone; its rows take it over from here. A start leaves it alone.
  useLayoutEffect(() => {
    if (usePlaces.getState().past.length > 0 && focusIsFree()) pane.current?.focus()
  }, [])
  return (
    <section
      ref={pane}
      className="pane list"
      aria-label={t('inbox:pane', { view: place })}
      data-pane="list"
      tabIndex={-1}
    >
      {view === 'drafts' || view === 'outbox' ? (
        <>
          <div className="panehead">
            <h1 className="title cut">
              <bdi>{place}</bdi>
            </h1>
            <span className="push">
              <NewButton />
            </span>
          </div>
          <OfflineStrip sync={sync} />
          {view === 'drafts' ? <DraftList {...shared} /> : <OutboxList {...shared} />}
        </>
      ) : (
        <Conversations
          {...shared}
          view={view}
          mailboxId={mailboxId}
          tag={tag}
          label={label}
          savedName={savedName}
          saved={saved}
          place={place}
          sync={sync}
        />
      )}
      <PaneEdge
        label={t('inbox:resize')}
        value={width}
        min={listWidth.min}
        max={listWidth.max}
        onChange={useCallback((value: number) => setLayout('list', value), [setLayout])}
      />
    </section>
  )
})

function NewButton() {
  return (
    <IconButton
      icon={SquarePen}
      size="sm"
      label={t('inbox:newConversation')}
      act="new"
      onClick={() => goNewMessage()}
    />
  )
}

function Conversations({
  view,
  mailboxId,
  tag,
  label,
  savedName,
  saved,
  place,
  sync,
  density,
  mailboxNames,
}: {
  view: Exclude<View, 'drafts' | 'outbox'>
  mailboxId: number | null
  tag: string | null
  label: string | null
  savedName: string | null
  saved: SavedView | null
  place: string
  sync: SyncStatus | undefined
  density: 'comfortable' | 'compact'
  mailboxNames: ReadonlyMap<number, string>
}) {
  const chosen = useList((state) => (savedName === null ? state.order : state.savedOrder[savedName]))
  const order = chosen ?? saved?.order ?? 'newest'
  const unreadOnly = useList((state) => state.unreadOnly)
  const setOrder = useList((state) => state.setOrder)
  const setUnreadOnly = useList((state) => state.setUnreadOnly)
  const filter = useMemo(
    () => listFilter(view, mailboxId, order, unreadOnly, tag, label, savedName),
    [view, mailboxId, order, unreadOnly, tag, label, savedName],
  )
  const [dialog, setDialog] = useState<'new' | 'edit' | null>(null)
  const line = useViewLines().find(({ id }) => id === savedName)
  const mailboxAddress = useMailboxes().find(({ id }) => id === mailboxId)?.address
  const ofView: MenuPart[] = saved
    ? [
        { label: t('views:edit'), icon: Pencil, onSelect: () => setDialog('edit') },
        { label: t('views:hide'), icon: EyeOff, onSelect: () => line && void hideView(line, true) },
        { label: t('views:remove'), icon: Trash2, danger: true, onSelect: () => void removeView(saved) },
      ]
    : [{ label: t('views:saveAs'), icon: Plus, onSelect: () => setDialog('new') }]
  const window = useListWindow(filter)
  const first = firstSync(sync)
  const total = window.total
  const counted =
    total === null
      ? ''
      : t(first ? 'inbox:soFar' : view === 'inbox' && label === null && !unreadOnly ? 'inbox:open' : 'inbox:count', {
          n: numberText(total),
        })
  return (
    <>
      <div className="panehead">
        <h1 className="title cut">
          <bdi>{place}</bdi>
        </h1>
        <span className="t3 num nowrap">{counted}</span>
        <span className="push x g1">
          <Menu
            label={t('inbox:sort')}
            trigger={
              <Button
                kind="ghost"
                size="sm"
                icon={ArrowDownWideNarrow}
                aria-label={`${t('inbox:sort')}: ${t(`inbox:${order}First`)}`}
              >
                {t(`inbox:${order}`)}
              </Button>
            }
            items={[
              {
                label: t('inbox:newestFirst'),
                checked: order === 'newest',
                onSelect: () => setOrder('newest', savedName),
              },
              {
                label: t('inbox:oldestFirst'),
                checked: order === 'oldest',
                onSelect: () => setOrder('oldest', savedName),
              },
            ]}
          />
          <Menu
            label={t('inbox:filter')}
            trigger={
              <IconButton
                icon={FilterIcon}
                size="sm"
                on={unreadOnly}
                label={t(unreadOnly ? 'inbox:filterOn' : 'inbox:filter')}
              />
            }
            items={[
              { label: t('inbox:unreadOnly'), checked: unreadOnly, onSelect: () => setUnreadOnly(!unreadOnly) },
              'separator',
              ...ofView,
            ]}
          />
          <NewButton />
        </span>
      </div>
      {first ? <SyncStrip done={first.done} total={first.total} /> : <OfflineStrip sync={sync} />}
      <PausedStrip sync={sync} mailboxId={mailboxId} />
      <ConversationList
        key={JSON.stringify(filter)}
        view={view}
        filter={filter}
        window={window}
        density={density}
        mailboxNames={mailboxNames}
        syncing={first !== null}
      />
      <BulkBar view={view} filter={filter} window={window} />
      {dialog && (
        <Suspense fallback={null}>
          <ViewDialog
            view={dialog === 'edit' ? saved : null}
            begin={conditionsOf(view, mailboxAddress, tag, unreadOnly)}
            onClose={() => setDialog(null)}
          />
        </Suspense>
      )}
    </>
  )
}

function SyncStrip({ done, total }: { done: number; total: number }) {
  const percent = total === 0 ? 0 : Math.round((100 * done) / total)
  return (
    <div className="strip">
      <div className="x meta">
        <span className="medium" id="sync-strip">
          {t('inbox:progress')}
        </span>
        <span className="push t3 num">
          {t('inbox:progressOf', { done: numberText(done), total: numberText(total) })}
        </span>
      </div>
      <div
        className="bar"
        role="progressbar"
        aria-labelledby="sync-strip"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <i style={{ inlineSize: `${percent}%` }} />
      </div>
    </div>
  )
}

/** In the list of a mailbox that somebody paused: an empty or old list would look like a quiet day. */
function PausedStrip({ sync, mailboxId }: { sync: SyncStatus | undefined; mailboxId: number | null }) {
  const here = sync?.mailboxes.find((one) => one.mailboxId === mailboxId)
  if (here?.state !== 'paused') return null
  return (
    <div className="strip x offline">
      <Icon icon={Pause} />
      <span className="meta t2 grow">{t('inbox:pausedMailbox')}</span>
      <Button
        size="sm"
        onClick={() => void call('mailboxes.pause', { id: here.mailboxId, paused: false }).catch(tellFailure)}
      >
        {t('common:sync.resume')}
      </Button>
    </div>
  )
}

function OfflineStrip({ sync }: { sync: SyncStatus | undefined }) {
  if (sync?.overall !== 'offline') return null
  return (
    <div className="strip x offline">
      <Icon icon={CloudOff} />
      <span className="meta t2">
        {sync.waiting === 0 ? t('inbox:offline.nothing') : t('inbox:offline.waiting', { count: sync.waiting })}
      </span>
    </div>
  )
}
