import { AlertTriangle, Clock, MousePointerClick, Pause } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Mailbox, MailboxSync, SyncStatus, View } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { goSettings } from '../state/places'
import { errorText, t } from '../text'
import { dayText } from '../text/time'
import { numberText } from '../text/numbers'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { isFirst, minutesLeft } from './first-sync'

const troubled = (mailbox: MailboxSync) => mailbox.state === 'auth-failed' || mailbox.state === 'error'

/** The pane beside the list when no conversation is open: how far the first sync is, or a quiet word. */
export function NoSelection({ view }: { view: View }) {
  const sync = useQuery('sync.status', {}).data
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes
  const counts = useQuery('counts.get', {}).data
  const first = sync?.mailboxes.some(isFirst) ?? false
  const trouble = sync?.mailboxes.some(troubled) ?? false
  return (
    <section className="pane" aria-label={t('common:places.conversationRegion')} data-pane="conversation" tabIndex={-1}>
      <div className="scroll center">
        {sync && mailboxes && (first || trouble) ? (
          <SyncCards sync={sync} mailboxes={mailboxes} started={(counts?.views.inbox ?? 0) > 0} first={first} />
        ) : (
          counts?.views[view] !== 0 && (
            <EmptyState icon={MousePointerClick} title={t('inbox:none.title')}>
              {t('inbox:none.text')}
            </EmptyState>
          )
        )}
      </div>
    </section>
  )
}

function SyncCards({
  sync,
  mailboxes,
  started,
  first,
}: {
  sync: SyncStatus
  mailboxes: readonly Mailbox[]
  started: boolean
  first: boolean
}) {
  const syncing = sync.mailboxes.find((mailbox) => mailbox.state === 'syncing')
  const nameOf = (id: number) => mailboxes.find((mailbox) => mailbox.id === id)?.name ?? ''
  const running = sync.mailboxes.filter(
    (mailbox) => mailbox.state === 'syncing' || mailbox.state === 'connecting' || mailbox.state === 'waiting',
  )
  const allPaused = running.length === 0 && sync.mailboxes.some((mailbox) => mailbox.state === 'paused')
  const pause = async (paused: boolean) => {
    const which = sync.mailboxes.filter((mailbox) => (paused ? running.includes(mailbox) : mailbox.state === 'paused'))
    try {
      for (const mailbox of which) await call('mailboxes.pause', { id: mailbox.mailboxId, paused })
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  return (
    <div className="startcol">
      {first && (
        <>
          <h2 className="page-title">{t(started ? 'inbox:start.title' : 'inbox:start.titleEarly')}</h2>
          <p className="t2">{t(started ? 'inbox:start.text' : 'inbox:start.textEarly')}</p>
        </>
      )}
      <div className="card">
        {sync.mailboxes
          .filter((mailbox) => first || troubled(mailbox))
          .map((mailbox) => (
            <MailboxProgress
              key={mailbox.mailboxId}
              name={nameOf(mailbox.mailboxId)}
              mailbox={mailbox}
              before={syncing && syncing !== mailbox ? nameOf(syncing.mailboxId) : null}
            />
          ))}
      </div>
      {first && (running.length > 0 || allPaused) && (
        <div className="x">
          <Button icon={Pause} onClick={() => void pause(!allPaused)}>
            {t(allPaused ? 'inbox:start.resume' : 'inbox:start.pause')}
          </Button>
        </div>
      )}
    </div>
  )
}

function MailboxProgress({ name, mailbox, before }: { name: string; mailbox: MailboxSync; before: string | null }) {
  const left = useMinutesLeft(mailbox.done, mailbox.total)
  const bad = troubled(mailbox)
  const share = mailbox.total === 0 ? null : mailbox.done / mailbox.total
  const percent = (share ?? 0) * 100
  const isIdle = mailbox.state === 'idle'
  const icon = bad ? (
    <span className="bad">
      <Icon icon={AlertTriangle} />
    </span>
  ) : mailbox.state === 'syncing' || mailbox.state === 'connecting' ? (
    <Spinner share={share} />
  ) : (
    <span className="t3">
      <Icon icon={mailbox.state === 'paused' ? Pause : Clock} />
    </span>
  )
  return (
    <div className="mb">
      {icon}
      <span className="medium cut">
        <bdi>{name}</bdi>
      </span>
      {bad ? (
        <Button size="sm" onClick={() => goSettings(`mailboxes/${mailbox.mailboxId}`)}>
          {t(mailbox.state === 'auth-failed' ? 'inbox:start.signIn' : 'inbox:start.check')}
        </Button>
      ) : (
        <span className="num t2">
          {t('inbox:progressOf', { done: numberText(mailbox.done), total: numberText(mailbox.total) })}
        </span>
      )}
      {!bad && (
        <div
          className="bar"
          role="progressbar"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(percent)}
        >
          <i style={{ inlineSize: `${percent}%` }} />
        </div>
      )}
      <span className={`sub meta ${bad ? 't2' : 't3'}`}>
        {bad
          ? errorText(mailbox.error ?? { code: 'internal' })
          : isIdle
            ? t('inbox:start.here')
            : mailbox.state === 'syncing'
              ? [
                  mailbox.reached === null ? '' : t('inbox:start.reached', { day: dayText(mailbox.reached) }),
                  leftText(left),
                ]
                  .filter(Boolean)
                  .join(' ')
              : mailbox.state === 'waiting' && before
                ? t('inbox:start.waits', { name: before })
                : t(`common:sync.state.${mailbox.state}`)}
      </span>
    </div>
  )
}

function leftText(minutes: number | null): string {
  if (minutes === null) return ''
  return minutes < 1 ? t('inbox:start.leftSoon') : t('inbox:start.left', { count: Math.round(minutes) })
}

const spanMs = 30_000

function useMinutesLeft(done: number, total: number): number | null {
  const samples = useRef<{ at: number; done: number }[]>([])
  const [left, setLeft] = useState<number | null>(null)
  useEffect(() => {
    const now = Date.now()
    samples.current = [...samples.current.filter((sample) => now - sample.at < spanMs), { at: now, done }]
    setLeft(minutesLeft(samples.current, total))
  }, [done, total])
  return left
}
