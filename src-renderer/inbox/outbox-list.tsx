import { CalendarClock, CircleAlert, Clock, Ellipsis, Send, TriangleAlert } from 'lucide-react'
import { memo, useEffect, useRef, useState, type SyntheticEvent } from 'react'
import type { OutboxItem } from '../../src-preload/contract'
import { useQuery } from '../live'
import { useNow } from '../state/clock'
import { useList } from '../state/list'
import { outboxActs, outboxState, outboxWhy, reschedule } from '../state/outbox'
import { openConversation } from '../state/places'
import { errorText, t } from '../text'
import { Button, IconButton } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { Menu } from '../ui/menu'
import { RowGrid, type RowGridHandle, type RowProps } from '../ui/row-grid'
import { SendLater } from '../ui/send-later'
import { Time } from '../ui/time'
import { namesOf, subjectOf } from './words'

const rowHeight = 128

/** What waits to leave, is leaving, or did not leave, with what a person can do about it. */
export function OutboxList({
  openId,
  mailboxNames,
}: {
  openId: number | null
  mailboxNames: ReadonlyMap<number, string>
}) {
  const { data, error, refetch } = useQuery('outbox.list', {}, { topics: ['outbox'] })
  const grid = useRef<RowGridHandle>(null)
  const items = data?.items

  useEffect(() => {
    const at = () => items?.findIndex((item) => item.conversationId === openId) ?? -1
    const hands = {
      step: (delta: number) => {
        const item = items?.[Math.max(0, at() + delta)]
        if (item) openConversation(item.conversationId, 'outbox')
      },
      after: () => null,
      focus: () => grid.current?.focus(Math.max(0, at())),
    }
    useList.setState({ hands })
    return () => useList.setState((state) => (state.hands === hands ? { hands: null } : state))
  }, [items, openId])

  if (!items)
    return (
      <div className="scroll center">
        {error && (
          <EmptyState
            icon={Send}
            title={t('inbox:error.title')}
            action={<Button onClick={refetch}>{t('common:retry')}</Button>}
          >
            {errorText(error)}
          </EmptyState>
        )}
      </div>
    )
  if (items.length === 0)
    return (
      <div className="scroll center">
        <EmptyState icon={Send} title={t('inbox:empty.outboxTitle')}>
          {t('inbox:empty.outboxText')}
        </EmptyState>
      </div>
    )
  const render = (index: number, props: RowProps) => {
    const item = items[index]
    return (
      item && (
        <OutboxRow
          key={item.id}
          item={item}
          props={props}
          on={item.conversationId === openId}
          mailbox={mailboxNames.size > 1 ? (mailboxNames.get(item.mailboxId) ?? '') : ''}
        />
      )
    )
  }
  return (
    <RowGrid
      ref={grid}
      label={t('inbox:list')}
      count={items.length}
      rowHeight={rowHeight}
      renderRow={render}
      onOpen={(index) => items[index] && openConversation(items[index].conversationId, 'outbox')}
    />
  )
}

const icons = {
  queued: Clock,
  held: TriangleAlert,
  sending: Send,
  sent: Send,
  uncertain: CircleAlert,
  failed: TriangleAlert,
} as const

const OutboxRow = memo(function OutboxRow({
  item,
  props,
  on,
  mailbox,
}: {
  item: OutboxItem
  props: RowProps
  on: boolean
  mailbox: string
}) {
  const now = useNow()
  const [asking, setAsking] = useState(false)
  const words = outboxState(item, now)
  const to = t('inbox:outbox.to', { names: namesOf(item.to) })
  const why = outboxWhy(item)
  const { buttons, more } = outboxActs(item, true, () => setAsking(true))
  // an act must not open the conversation under it
  const alone = (event: SyntheticEvent) => event.stopPropagation()
  return (
    <div
      {...props}
      className={`row outrow${on ? ' on' : ''}`}
      aria-current={on || undefined}
      aria-label={[to, subjectOf(item.subject), words.text].join(', ')}
    >
      <div className="mark" role="gridcell" />
      <div role="gridcell">
        <div className="l">
          <span className="who cut">{to}</span>
          <Time at={item.createdAt} />
        </div>
        <div className="l">
          <span className="subj cut">{subjectOf(item.subject)}</span>
        </div>
        <div className="l">
          <span
            className="snip cut"
            data-tip={[why, item.serverLine ? t('sending:serverSaid', { line: item.serverLine }) : '']
              .filter(Boolean)
              .join(' ')}
          >
            {why || item.snippet}
          </span>
        </div>
        <div className="l l4">
          <span className={`chip sm ${words.kind}`}>
            <Icon icon={item.scheduled && item.state === 'queued' ? CalendarClock : icons[item.state]} />
            {words.text}
          </span>
          {mailbox && (
            <span className="tag end">
              <bdi>{mailbox}</bdi>
            </span>
          )}
        </div>
        <div className="x g1 outacts" onClick={alone} onKeyDown={alone}>
          {buttons.map((act) => (
            <Button key={act.label} size="sm" onClick={act.run}>
              {act.label}
            </Button>
          ))}
          {more.length > 0 && (
            <Menu
              label={t('sending:acts.more')}
              trigger={<IconButton icon={Ellipsis} size="sm" label={t('sending:acts.more')} />}
              items={more.map(({ label, danger, run }) => ({ label, ...(danger ? { danger } : {}), onSelect: run }))}
            />
          )}
          {asking && (
            <SendLater
              from={{ at: item.dueAt, unlessAnswered: item.unlessAnswered }}
              onClose={() => setAsking(false)}
              onChoose={(at, unlessAnswered) => void reschedule(item, at, unlessAnswered)}
            />
          )}
        </div>
      </div>
    </div>
  )
})
