import { Eye, Gauge, Lock, Mail, Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { CallOutput, View } from '../../src-preload/contract'
import { ask, asCallError, call } from '../client'
import { useQuery } from '../live'
import { applyTheme } from '../state/window'
import { errorText, t } from '../text'
import { leftText } from '../text/left'
import { exactTime, messageTime } from '../text/time'
import { numberText } from '../text/numbers'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Input } from '../ui/field'
import { Icon, type LucideIcon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { ToastHost } from '../ui/toast'
import { TooltipLayer } from '../ui/tooltip'
import { SessionConversation } from './session-conversation'
import { SessionList, type Shown } from './session-list'
import { SessionLog } from './session-log'
import { viewIcons } from '../work/view-icons'
import './support.css'

type Session = CallOutput<'support.session'>
const views: readonly View[] = ['inbox', 'pending', 'closed', 'spam']

/** Corrected time, carried on from what the store said. */
function useSessionTime(now: number): number {
  const [begun] = useState(() => ({ now, at: performance.now() }))
  const [time, setTime] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setTime(begun.now + performance.now() - begun.at), 1000)
    return () => clearInterval(timer)
  }, [begun])
  return time
}

/** The bar above everything: whose data, which scope, how long. It cannot be closed or covered. */
function Bar({ session }: { session: Session }) {
  const now = useSessionTime(session.now)
  const [busy, setBusy] = useState(false)
  const left = session.endsAt - now
  return (
    <div className="sesbar" role="status" aria-label={t('support:window')}>
      <Icon icon={Eye} />
      <span className="strong nowrap">
        <bdi>{t('support:viewing', { workspace: session.workspace || t('support:unnamed') })}</bdi>
      </span>
      <span className="sep" />
      <span className="nowrap">{t(`privacy:scopes.${session.scope}`)}</span>
      <span className="sep" />
      <span className="dim cut grow" data-tip={session.reason}>
        <bdi>
          {t('support:grantedBy', {
            by: session.grantedBy,
            reference: session.reference === '' ? '' : t('support:reference', { reference: session.reference }),
          })}
        </bdi>
      </span>
      <div className="y left-box">
        <span className="meta nowrap num" data-tip={exactTime(session.endsAt)}>
          {t('support:left', { time: leftText(left), when: messageTime(session.endsAt, now) })}
        </span>
        <progress
          max={session.endsAt - session.grantedAt}
          value={Math.max(0, left)}
          aria-label={t('support:left', { time: leftText(left), when: messageTime(session.endsAt, now) })}
        />
      </div>
      <Button
        busy={busy}
        onClick={() => {
          setBusy(true)
          void call('app.endSupport', {}).catch(() => setBusy(false))
        }}
      >
        {t(busy ? 'support:ending' : 'support:end')}
      </Button>
    </div>
  )
}

function Nav({
  icon,
  name,
  on,
  count,
  onClick,
}: {
  icon: LucideIcon
  name: string
  on: boolean
  count?: number | undefined
  onClick: () => void
}) {
  return (
    <button type="button" className={`nav${on ? ' on' : ''}`} aria-current={on ? 'page' : undefined} onClick={onClick}>
      <Icon icon={icon} />
      <span className="cut">
        <bdi>{name}</bdi>
      </span>
      {count ? <span className="n">{numberText(count)}</span> : null}
    </button>
  )
}

function Sidebar({ session, shown, onShow }: { session: Session; shown: Shown; onShow: (shown: Shown) => void }) {
  const [text, setText] = useState('')
  const lists = session.scope !== 'diagnostics'
  const locked = [
    ...(lists ? [] : (['lists'] as const)),
    ...(session.scope === 'full' ? [] : (['text', 'search', 'customers'] as const)),
    'files',
    'drafts',
    'settings',
    'team',
  ] as const
  const mailboxId = shown.kind === 'list' ? shown.mailboxId : null
  return (
    <nav className="sidebar" aria-label={t('support:views')}>
      <div className="scroll" tabIndex={-1}>
        {session.scope === 'full' && (
          <form
            className="ses-search"
            onSubmit={(event) => {
              event.preventDefault()
              if (text.trim() !== '') onShow({ kind: 'search', text: text.trim() })
            }}
          >
            <Input
              small
              icon={Search}
              type="search"
              aria-label={t('support:search')}
              placeholder={t('support:search')}
              value={text}
              maxLength={200}
              end={text.trim() === '' ? undefined : <Kbd keys="Enter" />}
              onChange={(event) => setText(event.target.value)}
            />
          </form>
        )}
        {lists &&
          views.map((view) => (
            <Nav
              key={view}
              icon={viewIcons[view]}
              name={t(`common:nav.${view}`)}
              on={shown.kind === 'list' && shown.view === view && mailboxId === null}
              onClick={() => onShow({ kind: 'list', view, mailboxId: null })}
            />
          ))}
        <Nav
          icon={Gauge}
          name={t('support:diagnostics')}
          on={shown.kind === 'diagnostics'}
          onClick={() => onShow({ kind: 'diagnostics' })}
        />
        {lists && session.mailboxes.length > 0 && (
          <>
            <div className="navhead">
              <span>{t('support:mailboxes')}</span>
            </div>
            {session.mailboxes.map((mailbox) => (
              <Nav
                key={mailbox.id}
                icon={Mail}
                name={mailbox.name}
                on={mailboxId === mailbox.id}
                onClick={() => onShow({ kind: 'list', view: 'inbox', mailboxId: mailbox.id })}
              />
            ))}
          </>
        )}
        <div className="navhead">
          <span>{t('support:notPart')}</span>
        </div>
        <ul>
          {locked.map((name) => (
            <li key={name} className="nav off">
              <Icon icon={Lock} />
              <span className="cut">{t(`support:locked.${name}`)}</span>
            </li>
          ))}
        </ul>
      </div>
      <div className="sidefoot meta t3">
        <bdi>{t('support:you', { name: session.staff, organisation: session.organisation })}</bdi>
      </div>
    </nav>
  )
}

function Diagnostics() {
  const { data, error } = useQuery('support.diagnostics', {})
  return (
    <section className="pane ses-wide" aria-label={t('support:diagnostics')} tabIndex={-1}>
      <div className="panehead">
        <h1 className="title">{t('support:diagnostics')}</h1>
      </div>
      <div className="scroll" tabIndex={0}>
        {error ? (
          <EmptyState icon={Gauge} title={t('support:failed')}>
            {errorText(error)}
          </EmptyState>
        ) : (
          <pre className="mono sel ses-pre">{data?.text}</pre>
        )}
      </div>
    </section>
  )
}

/** The window of a support session: what was granted, read-only, under a bar that says so. */
export function SessionWindow() {
  const [session, setSession] = useState<Session | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [shown, setShown] = useState<Shown | null>(null)
  const [open, setOpen] = useState<number | null>(null)
  useEffect(() => {
    void ask('app.state', {}).then(
      (state) => {
        document.documentElement.dataset['os'] = state.platform
        applyTheme(state.theme)
      },
      () => undefined,
    )
    ask('support.session', {}).then(
      (found) => {
        setSession(found)
        setShown(
          found.scope === 'diagnostics' ? { kind: 'diagnostics' } : { kind: 'list', view: 'inbox', mailboxId: null },
        )
        document.title = t('support:viewing', { workspace: found.workspace || t('support:unnamed') })
      },
      (thrown: unknown) => setFailure(errorText(asCallError(thrown))),
    )
  }, [])
  if (!session || !shown)
    return (
      <main className="fill">
        <h1 className="sr">{t('support:window')}</h1>
        {failure === null ? (
          <p className="sr">{t('support:loading')}</p>
        ) : (
          <EmptyState icon={Lock} title={t('support:failed')}>
            {failure}
          </EmptyState>
        )}
      </main>
    )
  const show = (next: Shown) => {
    setShown(next)
    setOpen(null)
  }
  return (
    <div className="window ses">
      <Bar session={session} />
      <main className={`panes ses-panes${shown.kind === 'diagnostics' ? ' wide' : ''}`}>
        <Sidebar session={session} shown={shown} onShow={show} />
        {shown.kind === 'diagnostics' ? (
          <Diagnostics />
        ) : (
          <>
            <SessionList key={JSON.stringify(shown)} shown={shown} openId={open} onOpen={setOpen} />
            <SessionConversation key={open ?? 0} id={open} session={session} />
          </>
        )}
        <SessionLog />
      </main>
      <ToastHost />
      <TooltipLayer />
    </div>
  )
}
