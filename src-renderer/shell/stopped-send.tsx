import { useEffect, useRef, useState } from 'react'
import { useQuery } from '../live'
import { stoppedText } from '../state/outbox'
import { goView } from '../state/places'
import { showToast, useToasts } from '../state/toast'
import { t } from '../text'

/** Tells, and reads out at once, when a message waits for a person: the one thing that may interrupt. */
export function StoppedSend() {
  const items = useQuery('outbox.list', {}).data?.items
  const known = useRef<ReadonlySet<number> | null>(null)
  const [said, setSaid] = useState('')
  /** Read out, and not shown yet. */
  const [next, setNext] = useState<number | null>(null)
  /** What can still be taken back is not pushed aside. */
  const undoable = useToasts(({ toast }) => toast?.undo != null)
  useEffect(() => {
    if (!items) return
    const stopped = items.filter((item) => stoppedText(item) !== null)
    const fresh = known.current === null ? [] : stopped.filter((item) => !known.current?.has(item.id))
    known.current = new Set(stopped.map((item) => item.id))
    if (!fresh[0]) return
    setSaid(stoppedText(fresh[0]) ?? '')
    setNext(fresh[0].id)
  }, [items])
  useEffect(() => {
    if (next === null || undoable) return
    setNext(null)
    const item = items?.find(({ id }) => id === next)
    const text = item ? stoppedText(item) : null
    if (text === null) return
    showToast({ text, kind: 'bad', action: { label: t('sending:announce.show'), run: () => goView('outbox') } })
  }, [items, next, undoable])
  return (
    <div className="sr" role="alert">
      {said}
    </div>
  )
}
