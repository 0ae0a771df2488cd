import { CalendarClock, Send } from 'lucide-react'
import { memo, type SyntheticEvent } from 'react'
import type { OutboxItem } from '../../src-preload/contract'
import { useQuery } from '../live'
import { useNow } from '../state/clock'
import { outboxState, outboxWhy } from '../state/outbox'
import { openConversation, useOpenConversation } from '../state/places'
import { t } from '../text'
import { Icon } from '../ui/icon'
import type { RowProps } from '../ui/row-grid'
import { Time } from '../ui/time'
import { useIsPaused } from '../work/mailboxes'
import { useOutboxActs } from '../work/outbox-acts'
import { outboxIcons } from './outbox-words'
import { PlainList } from './plain-list'
import { subjectOf, toOf } from './words'

const rowHeight = 128

/** What waits to leave, is leaving, or did not leave, with what a person can do about it. */
export function OutboxList({ mailboxNames }: { mailboxNames: ReadonlyMap<number, string> }) {
  const { data, error, refetch } = useQuery('outbox.list', {})
  const openId = useOpenConversation()
  return (
    <PlainList
      items={data?.items}
      error={error}
      refetch={refetch}
      icon={Send}
      empty={{ title: t('inbox:empty.outboxTitle'), text: t('inbox:empty.outboxText') }}
      rowHeight={rowHeight}
      isOn={(item) => item.conversationId === openId}
      onOpen={(item) => openConversation(item.conversationId, 'outbox')}
      renderRow={(item, props) => (
        <OutboxRow
          key={item.id}
          item={item}
          props={props}
          on={item.conversationId === openId}
          mailbox={mailboxNames.size > 1 ? (mailboxNames.get(item.mailboxId) ?? '') : ''}
        />
      )}
    />
  )
}

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
  const words = outboxState(item, now, useIsPaused(item.mailboxId))
  const to = toOf(item)
  const why = outboxWhy(item)
  const { acts, dialog } = useOutboxActs(item, true)
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
            <Icon icon={item.scheduled && item.state === 'queued' ? CalendarClock : outboxIcons[item.state]} />
            {words.text}
          </span>
          {mailbox && (
            <span className="tag end">
              <bdi>{mailbox}</bdi>
            </span>
          )}
        </div>
        <div className="x g1 outacts" onClick={alone} onKeyDown={alone}>
          {acts}
          {dialog}
        </div>
      </div>
    </div>
  )
})
