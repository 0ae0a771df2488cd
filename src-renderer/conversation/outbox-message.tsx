import { CalendarClock, CircleAlert, Clock, Paperclip, Send, TriangleAlert } from 'lucide-react'
import { memo, useEffect, useState } from 'react'
import type { OutboxItem, Since } from '../../src-preload/contract'
import { useNow } from '../state/clock'
import { outboxState, outboxWhy, takeBack } from '../state/outbox'
import { t } from '../text'
import { messageTime } from '../text/time'
import { Avatar } from '../ui/avatar'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { Time } from '../ui/time'
import { useIsPaused } from '../work/mailboxes'
import { useOutboxActs } from '../work/outbox-acts'
import { nameOf, namesOf, recipientsOf } from '../text/correspondents'

/** Seconds until a time, counting down; 0 when it has come. */
function useSecondsTo(at: number): number {
  const left = () => Math.max(0, Math.ceil((at - Date.now()) / 1000))
  const [seconds, setSeconds] = useState(left)
  useEffect(() => {
    const timer = setInterval(() => {
      const now = Math.max(0, Math.ceil((at - Date.now()) / 1000))
      setSeconds(now)
      if (now === 0) clearInterval(timer)
    }, 500)
    return () => clearInterval(timer)
  }, [at])
  return seconds
}

/** What happened since a held reply was begun; each line leads to the message. */
function SinceList({ since }: { since: readonly Since[] }) {
  const now = useNow()
  return (
    <ul className="since">
      {since.map((one) => (
        <li key={one.messageId}>
          <span className="medium">
            <bdi>
              {t(one.direction === 'in' ? 'sending:since.in' : 'sending:since.out', {
                name: nameOf(one.from),
                time: messageTime(one.at, now),
              })}
            </bdi>
          </span>
          <bdi className="t2 cut">{one.snippet}</bdi>
          <Button
            kind="ghost"
            size="sm"
            className="acc-btn"
            onClick={() =>
              document.querySelector(`[data-message="${one.messageId}"]`)?.scrollIntoView({ block: 'start' })
            }
          >
            {t('sending:since.read')}
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** A reply that has not left yet, or about which a person must decide. */
export const OutboxMessage = memo(function OutboxMessage({ item }: { item: OutboxItem }) {
  const seconds = useSecondsTo(item.dueAt)
  const now = useNow()
  const paused = useIsPaused(item.mailboxId)
  const undoable = item.state === 'queued' && !item.scheduled && item.error === null && seconds > 0
  const words = undoable
    ? { text: t('conversation:outbox.sendingIn', { seconds }), kind: '' }
    : outboxState(item, now, paused)
  const { acts, count, dialog } = useOutboxActs(item, false)
  const why = outboxWhy(item)
  const names = namesOf(recipientsOf(item))
  const warn = item.state === 'held' || (item.state === 'uncertain' && !item.looking)
  const told = why !== '' || count > 1
  return (
    <li className="thread-item" data-outbox={item.id}>
      <article className="msg agent" aria-label={t('conversation:outbox.label', { names, state: words.text })}>
        <div className="msg-head">
          <Avatar name={nameOf(item.from)} size="sm" />
          <bdi className="medium cut from">{nameOf(item.from)}</bdi>
          <span className={`chip sm ${words.kind}`} role="status">
            {item.state === 'sending' || item.looking ? (
              <Spinner />
            ) : (
              <Icon
                icon={
                  item.state === 'failed' || warn
                    ? TriangleAlert
                    : undoable
                      ? Send
                      : item.scheduled
                        ? CalendarClock
                        : Clock
                }
              />
            )}
            <span className="num">{words.text}</span>
          </span>
          {undoable && (
            <Button kind="ghost" size="sm" className="acc-btn" onClick={() => void takeBack(item, false)}>
              {t('conversation:outbox.undo')}
            </Button>
          )}
          <bdi className="t3 meta cut to">{t('conversation:message.to', { names })}</bdi>
          <Time at={item.createdAt} form="message" className="t3 meta nowrap push" />
        </div>
        {told && (
          <div className="msg-strip">
            <Banner
              kind={item.state === 'failed' ? 'bad' : warn || item.left ? 'warn' : 'plain'}
              icon={item.scheduled && item.state === 'queued' && item.error === null ? CalendarClock : CircleAlert}
              top
              urgent={item.state === 'failed' || item.state === 'held'}
            >
              {why ||
                (item.scheduled
                  ? t(item.unlessAnswered ? 'sending:why.unlessAnswered' : 'sending:why.always')
                  : words.text)}
              {item.serverLine && (
                <div className="t2 server-line">{t('sending:serverSaid', { line: item.serverLine })}</div>
              )}
              {item.since.length > 0 && <SinceList since={item.since} />}
              <div className="x wrap g1 out-acts">{acts}</div>
            </Banner>
          </div>
        )}
        {!told && !undoable && <div className="msg-strip x g1 out-acts">{acts}</div>}
        <div className="msg-body sel">
          {item.text.split(/\n\s*\n/).map((paragraph, index) => (
            <p key={index}>{paragraph}</p>
          ))}
        </div>
        {item.fileNames.length > 0 && (
          <div className="files">
            {item.fileNames.map((name, index) => (
              <span key={index} className="file">
                <Icon icon={Paperclip} />
                <bdi className="cut file-name">{name}</bdi>
              </span>
            ))}
          </div>
        )}
        {dialog}
      </article>
    </li>
  )
})
