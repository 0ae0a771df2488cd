import { Send } from 'lucide-react'
import { memo, useEffect, useRef, type ReactNode } from 'react'
import type { OutboxItem } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { useList } from '../state/list'
import { openConversation, goNewMessage } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { RowGrid, type RowGridHandle, type RowProps } from '../ui/row-grid'
import { Time } from '../ui/time'
import { outboxWords } from './outbox-words'
import { namesOf, subjectOf } from './words'

const rowHeight = 128

async function tryOr(does: () => Promise<unknown>): Promise<void> {
  try {
    await does()
  } catch (thrown) {
    tellFailure(thrown)
  }
}

const retry = (item: OutboxItem) => tryOr(() => call('outbox.retry', { id: item.id }))
const decide = (item: OutboxItem, decision: 'arrived' | 'send-again') => tryOr(() => call('outbox.decide', { id: item.id, decision }))

/** Takes a message back to its draft and opens that. */
const takeBack = (item: OutboxItem) => tryOr(async () => {
  const { draftId, conversationId } = await call('outbox.undo', { id: item.id })
  showToast({ text: t('inbox:outbox.tookBack') })
  if (conversationId === null) goNewMessage(draftId)
  else openConversation(conversationId, 'outbox')
})

/** What waits to leave, is leaving, or did not leave, with what a person can do about it. */
export function OutboxList({ openId, mailboxNames }: { openId: number | null; mailboxNames: ReadonlyMap<number, string> }) {
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

  if (!items) return <div className="scroll center">{error && <EmptyState icon={Send} title={t('inbox:error.title')} action={<Button onClick={refetch}>{t('common:retry')}</Button>}>{errorText(error)}</EmptyState>}</div>
  if (items.length === 0) return <div className="scroll center"><EmptyState icon={Send} title={t('inbox:empty.outboxTitle')}>{t('inbox:empty.outboxText')}</EmptyState></div>
  const render = (index: number, props: RowProps) => {
    const item = items[index]
    return item && <OutboxRow key={item.id} item={item} props={props} on={item.conversationId === openId} mailbox={mailboxNames.size > 1 ? mailboxNames.get(item.mailboxId) ?? '' : ''} />
  }
  return <RowGrid ref={grid} label={t('inbox:list')} count={items.length} rowHeight={rowHeight} renderRow={render} onOpen={(index) => items[index] && openConversation(items[index].conversationId, 'outbox')} />
}

const OutboxRow = memo(function OutboxRow({ item, props, on, mailbox }: { item: OutboxItem; props: RowProps; on: boolean; mailbox: string }) {
  const now = useNow()
  const words = outboxWords(item.state, item.error)
  const soon = item.state === 'queued' && item.error === null && now < item.dueAt + 2_000
  const state = soon ? t('inbox:outboxState.soon') : words.text
  const to = t('inbox:outbox.to', { names: namesOf(item.to) })
  const why = item.error !== null && ['failed', 'uncertain', 'held'].includes(item.state) ? errorText({ code: item.error }) : ''
  return (
    <div {...props} className={`row outrow${on ? ' on' : ''}`} aria-current={on || undefined} aria-label={[to, subjectOf(item.subject), state].join(', ')}>
      <div className="mark" role="gridcell" />
      <div role="gridcell">
        <div className="l"><span className="who cut">{to}</span><Time at={item.createdAt} /></div>
        <div className="l"><span className="subj cut">{subjectOf(item.subject)}</span></div>
        <div className="l"><span className="snip cut" data-tip={[why, item.serverLine ? t('inbox:outbox.serverSaid', { line: item.serverLine }) : ''].filter(Boolean).join(' ')}>{why || item.snippet}</span></div>
        <div className="l l4">
          <span className={`chip sm ${words.kind}`}><Icon icon={words.icon} />{state}</span>
          {mailbox && <span className="tag end"><bdi>{mailbox}</bdi></span>}
        </div>
        <div className="x g1 outacts">{actions(item)}</div>
      </div>
    </div>
  )
})

function actions(item: OutboxItem): ReactNode {
  const button = (label: string, does: () => void) => <Button key={label} size="sm" onClick={(event) => { event.stopPropagation(); does() }}>{label}</Button>
  switch (item.state) {
    case 'failed': return [button(t('inbox:outbox.retry'), () => void retry(item)), button(t('inbox:outbox.edit'), () => void takeBack(item))]
    case 'uncertain': return [button(t('inbox:outbox.arrived'), () => void decide(item, 'arrived')), button(t('inbox:outbox.sendAgain'), () => void decide(item, 'send-again'))]
    case 'queued': case 'held': return [button(t('inbox:outbox.edit'), () => void takeBack(item))]
    case 'sending': case 'sent': return null
  }
}
