import {
  AlarmClock,
  CircleCheck,
  ClipboardList,
  FolderInput,
  MailCheck,
  MailOpen,
  MailX,
  Circle,
  Merge,
  OctagonAlert,
  Pause,
  Split,
  Tag,
  UserCheck,
  UserMinus,
} from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Conversation } from '../../src-preload/contract'
import { useNow } from '../state/clock'
import { openConversation } from '../state/places'
import { undoThreadAct } from '../state/threads'
import { t } from '../text'
import { whenText } from '../text/time'
import { Icon, type LucideIcon } from '../ui/icon'
import { Time } from '../ui/time'
import { selfIn, usePeople } from '../work/people'
import { arrange, type ThreadEvent } from './arrange'
import { Message } from './message'
import type { MessageActs } from './message-head'
import { NoteCard } from './note-card'
import { OutboxMessage } from './outbox-message'
import { keepPlace, type KeptPlace } from './scroll-place'

/** Messages that stay open at the end of a thread. */
const openLast = 3

const eventIcons: Record<ThreadEvent['kind'], LucideIcon> = {
  reopened: Circle,
  opened: Circle,
  closed: CircleCheck,
  pending: Pause,
  spam: OctagonAlert,
  merged: Merge,
  'split-off': Split,
  'split-from': Split,
  assigned: UserCheck,
  unassigned: UserMinus,
  tagged: Tag,
  untagged: Tag,
  snoozed: AlarmClock,
  unsnoozed: AlarmClock,
  woke: AlarmClock,
  'field-set': ClipboardList,
  'field-cleared': ClipboardList,
  moved: FolderInput,
  'answered-elsewhere': MailCheck,
  'read-elsewhere': MailOpen,
  'move-refused': MailX,
  'flag-refused': MailX,
  'label-refused': MailX,
  'copy-refused': MailX,
  'put-refused': MailX,
}

function EventLine({ event }: { event: ThreadEvent }) {
  const now = useNow()
  const by = event.by.trim()
  const detail = event.kind === 'snoozed' ? whenText(Number(event.detail), now) : event.detail
  const text =
    event.kind === 'assigned' && by === event.detail
      ? t('conversation:history.took', { by })
      : by && event.kind !== 'reopened'
        ? t(`conversation:history.${event.kind}By`, { by, detail })
        : t(`conversation:history.${event.kind}`, { detail })
  const { act } = event
  return (
    <li className="event thread-item">
      <Icon icon={eventIcons[event.kind]} />
      <span className="grow facts">
        <span>
          <bdi>{text}</bdi>
          {act && <bdi className="t2"> “{act.otherSubject || t('common:noSubject')}”</bdi>}
        </span>
        {event.takenBack && <span className="t2">{t('conversation:history.takenBack')}</span>}
      </span>
      {act && event.kind !== 'merged' && (
        <button type="button" className="link nowrap" onClick={() => openConversation(act.otherId)}>
          {t('threads:openOther')}
        </button>
      )}
      {act && (
        <button type="button" className="link nowrap" onClick={() => void undoThreadAct(act.id)}>
          {t('threads:undoAct')}
        </button>
      )}
      <Time at={event.at} form="message" className="nowrap" />
    </li>
  )
}

/** The messages of a conversation, oldest first; opens at the first unread one, else at the newest. */
export function Thread({
  conversation,
  onLink,
  acts,
}: {
  conversation: Conversation
  onLink: (url: string, text: string) => void
  acts: MessageActs
}) {
  const { id, messages, deliveries, notes, outbox, history } = conversation
  // what was unread when the conversation was opened stays open after it was marked read
  const [firstUnread] = useState(
    () => messages.find((message) => !message.seen && message.direction === 'in')?.id ?? null,
  )
  const [wereUnread] = useState(() => new Set(messages.filter((message) => !message.seen).map((message) => message.id)))
  const [toggled, setToggled] = useState<ReadonlyMap<number, boolean>>(() => new Map())
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(() => new Set())

  const tail = useMemo(() => new Set(messages.slice(-openLast).map((message) => message.id)), [messages])
  const isOpen = useCallback(
    (message: number) => toggled.get(message) ?? (tail.has(message) || wereUnread.has(message)),
    [toggled, tail, wereUnread],
  )
  const onToggle = useCallback(
    (message: number) =>
      setToggled((before) =>
        new Map(before).set(message, !(before.get(message) ?? (tail.has(message) || wereUnread.has(message)))),
      ),
    [tail, wereUnread],
  )
  const items = useMemo(
    () => arrange(messages, history, notes, (message) => isOpen(message) || unfolded.has(message)),
    [messages, history, notes, isOpen, unfolded],
  )
  const told = useMemo(() => Map.groupBy(deliveries, (one) => one.messageId), [deliveries])
  const pane = useRef<HTMLDivElement>(null)
  const place = useRef<KeptPlace | null>(null)
  useLayoutEffect(() => {
    if (!pane.current) return undefined
    const kept = keepPlace(pane.current, id, firstUnread)
    place.current = kept
    return kept.stop
  }, [id, firstUnread])

  const people = usePeople()
  const last = { message: messages.at(-1)?.id, note: notes.at(-1), queued: outbox.at(-1)?.id }
  const before = useRef(last)
  useEffect(() => {
    const was = before.current
    before.current = last
    const element = pane.current
    const noted = was.note?.noteId !== last.note?.noteId
    const queued = was.queued !== last.queued && last.queued !== undefined
    if (!element || (!noted && !queued && was.message === last.message)) return
    const own = queued || (noted && last.note?.author === (people && selfIn(people).name))
    // what others add is followed only by somebody who is at the end anyway
    if (own || element.scrollHeight - element.scrollTop - element.clientHeight < 240) place.current?.toEnd()
  })

  return (
    <div ref={pane} className="scroll" tabIndex={-1} data-pane="thread">
      <ol className="thread" aria-label={t('conversation:messages')}>
        {items.map((item) => {
          if (item.kind === 'event') return <EventLine key={`e${item.event.at}${item.event.kind}`} event={item.event} />
          if (item.kind === 'note')
            return <NoteCard key={`n${item.note.noteId}`} note={item.note} conversationId={conversation.id} />
          if (item.kind === 'run') {
            return (
              <li key={`r${item.ids[0]}`} className="thread-item">
                <button
                  type="button"
                  className="fold run"
                  onClick={() => setUnfolded(new Set([...unfolded, ...item.ids]))}
                >
                  {t('conversation:earlier', { count: item.ids.length })}
                </button>
              </li>
            )
          }
          return (
            <Message
              key={item.message.id}
              message={item.message}
              open={isOpen(item.message.id)}
              onToggle={onToggle}
              onLink={onLink}
              acts={acts}
              deliveries={told.get(item.message.id)}
            />
          )
        })}
        {outbox
          .filter((item) => item.state !== 'sent')
          .map((item) => (
            <OutboxMessage key={`o${item.id}`} item={item} />
          ))}
      </ol>
    </div>
  )
}
