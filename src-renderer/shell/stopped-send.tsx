import { useEffect, useRef, useState } from 'react'
import { ask, onEvent } from '../client'
import { useQuery } from '../live'
import { tellSend } from '../state/notices'
import { stoppedText, undeliveredText } from '../state/outbox'
import { goView, openConversation } from '../state/places'
import { showToast, useToasts, type ToastInput } from '../state/toast'
import { t } from '../text'

/** `item`: the message that waits; null: one that has left. */
interface Told {
  readonly item: number | null
  readonly toast: ToastInput & { readonly kind: 'bad' }
}

/** Tells, and reads out at once, when a message waits for a person or did not reach somebody: the one thing that may interrupt. */
export function StoppedSend() {
  const items = useQuery('outbox.list', {}).data?.items
  const known = useRef<ReadonlySet<number> | null>(null)
  const [said, setSaid] = useState('')
  /** Read out, and not shown yet. */
  const [next, setNext] = useState<Told | null>(null)
  /** What can still be taken back is not pushed aside. */
  const undoable = useToasts(({ toast }) => toast?.undo != null)
  useEffect(() => {
    if (!items) return
    const stopped = items.filter((item) => stoppedText(item) !== null)
    const fresh = known.current === null ? [] : stopped.filter((item) => !known.current?.has(item.id))
    known.current = new Set(stopped.map((item) => item.id))
    const [item] = fresh
    const text = item ? stoppedText(item) : null
    if (!item || text === null) return
    const action = { label: t('sending:announce.show'), run: () => goView('outbox') }
    setSaid(text)
    setNext({ item: item.id, toast: { text, kind: 'bad', action } })
    void tellSend(t(`sending:state.${item.state}`), text, item.conversationId).catch(() => undefined)
  }, [items])
  useEffect(
    () =>
      onEvent((event) => {
        if (event.topic !== 'undelivered') return
        for (const id of event.ids)
          void ask('conversations.get', { id })
            .then((conversation) => {
              const text = undeliveredText(conversation)
              if (text === null) return undefined
              const action = { label: t('sending:announce.open'), run: () => openConversation(id) }
              setSaid(text)
              setNext({ item: null, toast: { text, kind: 'bad', action } })
              return tellSend(t('sending:delivery.mark'), text, id)
            })
            .catch(() => undefined)
      }),
    [],
  )
  useEffect(() => {
    if (next === null || undoable) return
    setNext(null)
    const item = items?.find(({ id }) => id === next.item)
    if (next.item === null || (item && stoppedText(item) !== null)) showToast(next.toast)
  }, [items, next, undoable])
  return (
    <div className="sr" role="alert">
      {said}
    </div>
  )
}
