import { AlertTriangle, Bookmark, Inbox, Mail, Pause, Plus, SlidersHorizontal } from 'lucide-react'
import { lazy, memo, Suspense, useState } from 'react'
import type { Mailbox, MailboxSync, View } from '../../src-preload/contract'
import { useQuery } from '../live'
import { goAddMailbox, goSaved, goSettings, goView, usePlaces } from '../state/places'
import { errorText, t } from '../text'
import { numberText } from '../text/numbers'
import { Avatar } from '../ui/avatar'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { useLabels } from '../work/labels'
import { useTags } from '../work/tags'
import { useViewLines } from '../work/use-views'
import { Nav } from './nav'
import { SideFoot } from './side-foot'
import { useMailboxes } from '../work/mailboxes'

const ViewDialog = lazy(() => import('../work/view-dialog').then((module) => ({ default: module.ViewDialog })))

const goInbox = () => goView('inbox')
const goSettingsHome = () => goSettings()

/** Sidebar: workspace, views with counts, mailboxes with their sync, and how the sync stands. */
export const Sidebar = memo(function Sidebar() {
  const kind = usePlaces((state) => state.place.kind)
  const view = usePlaces((state) => state.list.view)
  const mailboxId = usePlaces((state) => state.list.mailboxId)
  const counts = useQuery('counts.get', {}).data
  const mailboxes = useMailboxes()
  const sync = useQuery('sync.status', {}).data
  const workspace = useQuery('settings.get', {}).data?.workspaceName
  const inList = kind === 'inbox' || kind === 'new-message'
  const tag = usePlaces((state) => state.list.tag)
  const saved = usePlaces((state) => state.list.saved)
  const tags = useTags()
  const label = usePlaces((state) => state.list.label)
  const { labels } = useLabels()
  const lines = useViewLines().filter(({ hidden }) => !hidden)
  const savedCounts = useQuery('views.counts', lines.some((line) => line.saved) ? {} : null).data?.counts
  const [making, setMaking] = useState(false)
  const isOn = (wanted: View) =>
    inList && view === wanted && mailboxId === null && tag === null && label === null && saved === null
  const waiting = counts?.views.outbox ?? 0
  const name = workspace || t('common:appName')
  return (
    <nav className="sidebar" aria-label={t('common:nav.label')} data-pane="sidebar">
      <div className="wsp">
        <Avatar name={name} square />
        <span className="strong cut">
          <bdi>{name}</bdi>
        </span>
      </div>
      <div className="scroll" tabIndex={-1}>
        <Nav
          icon={Inbox}
          name={t('common:nav.inbox')}
          count={counts?.views.inbox}
          hot={(counts?.unread ?? 0) > 0}
          on={isOn('inbox')}
          onClick={goInbox}
        />
        <Nav icon={SlidersHorizontal} name={t('common:nav.settings')} on={false} onClick={goSettingsHome} />
        <div className="navhead">
          <span>{t('common:nav.views')}</span>
          <IconButton icon={Plus} size="sm" label={t('common:nav.newView')} onClick={() => setMaking(true)} />
        </div>
        {lines.map(({ id, icon, label: text, view: builtIn, saved: own }) => {
          if (builtIn !== null) {
            return (
              <Nav
                key={id}
                icon={icon}
                name={text}
                on={isOn(builtIn)}
                onClick={() => goView(builtIn)}
                count={builtIn === 'closed' ? undefined : counts?.views[builtIn]}
                hot={
                  (builtIn === 'outbox' && waiting > 0 && sync?.overall === 'offline') ||
                  (builtIn === 'mentions' && (counts?.views.mentions ?? 0) > 0)
                }
              />
            )
          }
          const shown = savedCounts?.find(({ name: of }) => of === own?.name)
          return (
            <Nav
              key={id}
              icon={icon}
              name={text}
              on={inList && saved === id}
              count={shown?.count}
              end={shown?.more ? t('views:more', { n: numberText(shown.count) }) : undefined}
              onClick={() => goSaved(id)}
            />
          )
        })}
        <div className="navhead">
          <span>{t('common:nav.mailboxes')}</span>
          <IconButton icon={Plus} size="sm" label={t('common:nav.addMailbox')} onClick={goAddMailbox} />
        </div>
        {mailboxes.map((mailbox) => (
          <MailboxNav
            key={mailbox.id}
            mailbox={mailbox}
            sync={sync?.mailboxes.find((one) => one.mailboxId === mailbox.id)}
            count={counts?.mailboxes.find((one) => one.id === mailbox.id)}
            on={inList && saved === null && mailboxId === mailbox.id}
          />
        ))}
        <div className="navhead">
          <span>{t('common:nav.tags')}</span>
          <IconButton icon={Plus} size="sm" label={t('common:nav.newTag')} onClick={() => goSettings('tags')} />
        </div>
        {tags.map((one) => (
          <Nav
            key={one.name}
            icon={Inbox}
            mark={<i className={`dot c-${one.hue}`} />}
            name={one.label}
            count={one.open}
            on={inList && tag === one.name}
            onClick={() => goView('inbox', null, one.name)}
          />
        ))}
        {labels.length > 0 && (
          <div className="navhead">
            <span>{t('common:nav.labels')}</span>
          </div>
        )}
        {labels.map((one) => (
          <Nav
            key={one.name}
            icon={Bookmark}
            name={one.name}
            count={one.count}
            on={inList && label === one.name}
            onClick={() => goView('inbox', null, null, one.name)}
          />
        ))}
      </div>
      {making && (
        <Suspense fallback={null}>
          <ViewDialog view={null} begin={[{ on: 'status', any: ['open'] }]} onClose={() => setMaking(false)} />
        </Suspense>
      )}
      <SideFoot />
    </nav>
  )
})

function MailboxNav({
  mailbox,
  sync,
  count,
  on,
}: {
  mailbox: Mailbox
  sync: MailboxSync | undefined
  count: { open: number; unread: number } | undefined
  on: boolean
}) {
  const bad = sync?.state === 'auth-failed' || sync?.state === 'error'
  const first = sync && sync.syncedAt === null && (sync.state === 'syncing' || sync.state === 'connecting')
  const share = sync && first && sync.total > 0 ? sync.done / sync.total : null
  const mark = bad ? (
    <span className="bad">
      <Icon icon={AlertTriangle} />
    </span>
  ) : first ? (
    <Spinner share={share} />
  ) : sync?.state === 'paused' ? (
    <Icon icon={Pause} />
  ) : undefined
  return (
    <Nav
      icon={Mail}
      mark={mark}
      name={mailbox.name}
      count={count?.open}
      end={share === null ? undefined : `${Math.floor(100 * share)}%`}
      hot={(count?.unread ?? 0) > 0}
      on={on}
      tip={
        bad
          ? errorText(sync.error ?? { code: 'internal' })
          : sync?.state === 'paused'
            ? t('common:sync.paused')
            : undefined
      }
      onClick={() => goView('inbox', mailbox.id)}
    />
  )
}
