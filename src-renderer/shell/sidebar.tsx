import { AlarmClock, AlertTriangle, Bookmark, Circle, CircleCheck, Clock, Inbox, Mail, OctagonAlert, Pause, PenLine, Plus, Send, SlidersHorizontal, User, UserCheck } from 'lucide-react'
import { memo } from 'react'
import type { Mailbox, MailboxSync, View } from '../../src-preload/contract'
import { useQuery } from '../live'
import { goAddMailbox, goSettings, goView, usePlaces } from '../state/places'
import { errorText, t } from '../text'
import { Avatar } from '../ui/avatar'
import { IconButton } from '../ui/button'
import { Icon, type LucideIcon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { useLabels } from '../work/labels'
import { useTags } from '../work/tags'
import { AccessFoot } from './access-foot'
import { Nav } from './nav'
import { SyncFoot } from './sync-foot'

const views: readonly { view: Exclude<View, 'inbox'>; icon: LucideIcon }[] = [
  { view: 'unassigned', icon: Circle },
  { view: 'mine', icon: User },
  { view: 'assigned', icon: UserCheck },
  { view: 'snoozed', icon: AlarmClock },
  { view: 'pending', icon: Clock },
  { view: 'drafts', icon: PenLine },
  { view: 'outbox', icon: Send },
  { view: 'closed', icon: CircleCheck },
  { view: 'spam', icon: OctagonAlert },
]

const goInbox = () => goView('inbox')
const goSettingsHome = () => goSettings()
const goTo = Object.fromEntries(views.map(({ view }) => [view, () => goView(view)]))

/** Sidebar: workspace, views with counts, mailboxes with their sync, and how the sync stands. */
export const Sidebar = memo(function Sidebar() {
  const kind = usePlaces((state) => state.place.kind)
  const view = usePlaces((state) => state.list.view)
  const mailboxId = usePlaces((state) => state.list.mailboxId)
  const counts = useQuery('counts.get', {}, { topics: ['counts'] }).data
  const mailboxes = useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes ?? []
  const sync = useQuery('sync.status', {}, { topics: ['sync', 'mailboxes'] }).data
  const workspace = useQuery('settings.get', {}, { topics: ['settings'] }).data?.workspaceName
  const inList = kind === 'inbox' || kind === 'new-message'
  const tag = usePlaces((state) => state.list.tag)
  const tags = useTags()
  const label = usePlaces((state) => state.list.label)
  const { labels } = useLabels()
  const isOn = (wanted: View) => inList && view === wanted && mailboxId === null && tag === null && label === null
  const waiting = counts?.views.outbox ?? 0
  const name = workspace || t('common:appName')
  return (
    <nav className="sidebar" aria-label={t('common:nav.label')} data-pane="sidebar">
      <div className="wsp"><Avatar name={name} square /><span className="strong cut"><bdi>{name}</bdi></span></div>
      <div className="scroll" tabIndex={-1}>
        <Nav icon={Inbox} name={t('common:nav.inbox')} count={counts?.views.inbox} hot={(counts?.unread ?? 0) > 0} on={isOn('inbox')} onClick={goInbox} />
        <Nav icon={SlidersHorizontal} name={t('common:nav.settings')} on={false} onClick={goSettingsHome} />
        <div className="navhead"><span>{t('common:nav.views')}</span></div>
        {views.map((entry) => (
          <Nav
            key={entry.view} icon={entry.icon} name={t(`common:nav.${entry.view}`)} on={isOn(entry.view)} onClick={goTo[entry.view] ?? goInbox}
            count={entry.view === 'closed' ? undefined : counts?.views[entry.view]} hot={entry.view === 'outbox' && waiting > 0 && sync?.overall === 'offline'}
          />
        ))}
        <div className="navhead"><span>{t('common:nav.mailboxes')}</span><IconButton icon={Plus} size="sm" label={t('common:nav.addMailbox')} onClick={goAddMailbox} /></div>
        {mailboxes.map((mailbox) => (
          <MailboxNav
            key={mailbox.id} mailbox={mailbox} sync={sync?.mailboxes.find((one) => one.mailboxId === mailbox.id)}
            count={counts?.mailboxes.find((one) => one.id === mailbox.id)} on={inList && mailboxId === mailbox.id}
          />
        ))}
        <div className="navhead"><span>{t('common:nav.tags')}</span><IconButton icon={Plus} size="sm" label={t('common:nav.newTag')} onClick={() => goSettings('tags')} /></div>
        {tags.map((one) => (
          <Nav key={one.name} icon={Inbox} mark={<i className={`dot c-${one.hue}`} />} name={one.label} count={one.open} on={inList && tag === one.name} onClick={() => goView('inbox', null, one.name)} />
        ))}
        {labels.length > 0 && <div className="navhead"><span>{t('common:nav.labels')}</span></div>}
        {labels.map((one) => (
          <Nav key={one.name} icon={Bookmark} name={one.name} count={one.count} on={inList && label === one.name} onClick={() => goView('inbox', null, null, one.name)} />
        ))}
      </div>
      <div className="sidefoot"><AccessFoot /><SyncFoot sync={sync} mailboxes={mailboxes} /></div>
    </nav>
  )
})

function MailboxNav({ mailbox, sync, count, on }: { mailbox: Mailbox; sync: MailboxSync | undefined; count: { open: number; unread: number } | undefined; on: boolean }) {
  const bad = sync?.state === 'auth-failed' || sync?.state === 'error'
  const first = sync && sync.syncedAt === null && (sync.state === 'syncing' || sync.state === 'connecting')
  const percent = sync && first && sync.total > 0 ? `${Math.floor((100 * sync.done) / sync.total)}%` : undefined
  const mark = bad ? <span className="bad"><Icon icon={AlertTriangle} /></span> : first ? <Spinner /> : sync?.state === 'paused' ? <Icon icon={Pause} /> : undefined
  return (
    <Nav
      icon={Mail} mark={mark} name={mailbox.name} count={count?.open} end={percent} hot={(count?.unread ?? 0) > 0} on={on}
      tip={bad ? errorText(sync.error ?? { code: 'internal' }) : sync?.state === 'paused' ? t('common:sync.paused') : undefined}
      onClick={() => goView('inbox', mailbox.id)}
    />
  )
}
