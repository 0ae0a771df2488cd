import { useEffect, useRef, useState } from 'react'
import { useQuery } from '../live'
import { goView } from '../state/places'
import { showToast, useToasts } from '../state/toast'
import { t } from '../text'

/** Tells, and reads out at once, when a message could not be sent: the one thing that may interrupt. */
export function StoppedSend() {
  const items = useQuery('outbox.list', {}).data?.items
  const known = useRef<ReadonlySet<number> | null>(null)
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (!items) return
    const failed = items.filter(
      (item) => item.state === 'failed' || item.state === 'held' || (item.state === 'uncertain' && !item.looking),
    )
    const fresh = known.current === null ? [] : failed.filter((item) => !known.current?.has(item.id))
    known.current = new Set(failed.map((item) => item.id))
    const first = fresh[0]
    if (!first) return
    const text = t(first.state === 'held' ? 'sending:announce.held' : 'sending:announce.failed', {
      subject: first.subject || t('common:noSubject'),
    })
    setSaid(text)
    // What can still be taken back is not pushed aside.
    if (useToasts.getState().toast?.undo) return
    showToast({ text, kind: 'bad', action: { label: t('sending:announce.show'), run: () => goView('outbox') } })
  }, [items])
  return (
    <div className="sr" role="alert">
      {said}
    </div>
  )
}
