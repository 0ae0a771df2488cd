import { CircleAlert, Clock, Paperclip, Send, TriangleAlert } from 'lucide-react'
import { memo, useEffect, useState } from 'react'
import type { OutboxItem } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Avatar } from '../ui/avatar'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Spinner } from '../ui/spinner'
import { Time } from '../ui/time'
import { nameOf, namesOf } from './people'

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

async function act(work: () => Promise<unknown>, done?: string): Promise<void> {
  try {
    await work()
    if (done !== undefined) showToast({ text: done })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function stateText(item: OutboxItem, seconds: number): string {
  switch (item.state) {
    case 'queued': return seconds > 0 ? t('conversation:outbox.sendingIn', { seconds }) : t('conversation:outbox.waiting')
    case 'sending': return t('conversation:outbox.sending')
    case 'sent': return t('conversation:outbox.sent')
    case 'held': return t('conversation:outbox.held')
    case 'uncertain': return t('conversation:outbox.uncertain')
    case 'failed': return t('conversation:outbox.failed')
  }
}

/** A reply that has not left yet, or about which a person must decide. */
export const OutboxMessage = memo(function OutboxMessage({ item }: { item: OutboxItem }) {
  const seconds = useSecondsTo(item.dueAt)
  const state = stateText(item, seconds)
  const takeBack = () => void act(() => call('outbox.undo', { id: item.id }), t('conversation:outbox.tookBack'))
  const retry = () => void act(() => call('outbox.retry', { id: item.id }))
  const decide = (decision: 'arrived' | 'send-again') => void act(() => call('outbox.decide', { id: item.id, decision }))
  const bad = item.state === 'failed' || item.state === 'uncertain'
  return (
    <li className="thread-item" data-outbox={item.id}>
      <article className="msg agent" aria-label={t('conversation:outbox.label', { names: namesOf(item.to), state })}>
        <div className="msg-head">
          <Avatar name={nameOf(item.from)} seed={item.from.address} size="sm" />
          <bdi className="medium cut from">{nameOf(item.from)}</bdi>
          <span className={`chip sm${item.state === 'failed' ? ' bad' : item.state === 'uncertain' ? ' warn' : ''}`} role="status">
            {item.state === 'sending' ? <Spinner /> : <Icon icon={item.state === 'queued' ? (seconds > 0 ? Send : Clock) : bad ? TriangleAlert : Clock} />}
            <span className="num">{state}</span>
          </span>
          {item.state === 'queued' && <Button kind="ghost" size="sm" className="acc-btn" onClick={takeBack}>{seconds > 0 ? t('conversation:outbox.undo') : t('conversation:outbox.edit')}</Button>}
          <bdi className="t3 meta cut to">{t('conversation:message.to', { names: namesOf(item.to) })}</bdi>
          <Time at={item.createdAt} form="message" className="t3 meta nowrap push" />
        </div>
        {bad && (
          <div className="msg-strip">
            <Banner
              kind={item.state === 'failed' ? 'bad' : 'warn'}
              icon={CircleAlert}
              top
              urgent={item.state === 'failed'}
              actions={item.state === 'failed'
                ? <><Button size="sm" onClick={retry}>{t('conversation:outbox.retry')}</Button><Button size="sm" onClick={takeBack}>{t('conversation:outbox.edit')}</Button></>
                : <><Button size="sm" onClick={() => decide('arrived')}>{t('conversation:outbox.arrived')}</Button><Button size="sm" onClick={() => decide('send-again')}>{t('conversation:outbox.sendAgain')}</Button></>}
            >
              {item.state === 'failed' ? errorText({ code: item.error ?? 'internal' }) : t('conversation:outbox.uncertainWhy')}
              {item.serverLine && <div className="t2 server-line">{t('conversation:outbox.serverSaid', { line: item.serverLine })}</div>}
            </Banner>
          </div>
        )}
        <div className="msg-body">{item.text.split(/\n\s*\n/).map((paragraph, index) => <p key={index}>{paragraph}</p>)}</div>
        {item.fileNames.length > 0 && <div className="files">{item.fileNames.map((name, index) => <span key={index} className="file"><Icon icon={Paperclip} /><bdi className="cut file-name">{name}</bdi></span>)}</div>}
      </article>
    </li>
  )
})
