import { useEffect, useRef, useState } from 'react'
import { useQuery } from '../live'
import { t } from '../text'

/** Reads out at once when a message could not be sent: the one thing that may interrupt. */
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
    if (first)
      setSaid(
        t(first.state === 'held' ? 'sending:announce.held' : 'sending:announce.failed', { subject: first.subject }),
      )
  }, [items])
  return (
    <div className="sr" role="alert">
      {said}
    </div>
  )
}
