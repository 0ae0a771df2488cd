import { Forward, PenLine, Reply, SquarePen } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import type { Draft } from '../../src-preload/contract'
import { useQuery } from '../live'
import { useList } from '../state/list'
import { goNewMessage, openConversation, usePlaces } from '../state/places'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { RowGrid, type RowGridHandle, type RowProps } from '../ui/row-grid'
import { Time } from '../ui/time'
import { rowHeights } from './conversation-list'
import { namesOf, subjectOf } from './words'

const kinds = { reply: Reply, 'reply-all': Reply, forward: Forward, new: SquarePen }

function whoOf(draft: Draft): string {
  return draft.to.length > 0 ? t('inbox:draft.to', { names: namesOf(draft.to) }) : t('inbox:draft.nobody')
}

function open(draft: Draft): void {
  if (draft.conversationId === null) goNewMessage(draft.id)
  else openConversation(draft.conversationId, 'drafts')
}

/** Drafts, newest first; each opens where it is written. */
export function DraftList({
  openId,
  density,
  mailboxNames,
}: {
  openId: number | null
  density: keyof typeof rowHeights
  mailboxNames: ReadonlyMap<number, string>
}) {
  const { data, error, refetch } = useQuery('drafts.list', {}, { topics: ['drafts'] })
  const grid = useRef<RowGridHandle>(null)
  const openDraft = usePlaces((state) => (state.place.kind === 'new-message' ? state.place.draftId : null))
  const drafts = data?.drafts
  const isOn = (draft: Draft) =>
    draft.conversationId === null ? draft.id === openDraft : draft.conversationId === openId

  useEffect(() => {
    const at = () => drafts?.findIndex(isOn) ?? -1
    const hands = {
      step: (delta: number) => {
        const draft = drafts?.[Math.max(0, at() + delta)]
        if (draft) open(draft)
      },
      after: () => null,
      focus: () => grid.current?.focus(Math.max(0, at())),
    }
    useList.setState({ hands })
    return () => useList.setState((state) => (state.hands === hands ? { hands: null } : state))
  })

  if (!drafts)
    return (
      <div className="scroll center">
        {error && (
          <EmptyState
            icon={PenLine}
            title={t('inbox:error.title')}
            action={<Button onClick={refetch}>{t('common:retry')}</Button>}
          >
            {errorText(error)}
          </EmptyState>
        )}
      </div>
    )
  if (drafts.length === 0) {
    return (
      <div className="scroll center">
        <EmptyState
          icon={PenLine}
          title={t('inbox:empty.draftsTitle')}
          action={
            <Button keys="c" onClick={() => goNewMessage()}>
              {t('inbox:empty.write')}
            </Button>
          }
        >
          {t('inbox:empty.draftsText')}
        </EmptyState>
      </div>
    )
  }
  const render = (index: number, props: RowProps) => {
    const draft = drafts[index]
    return (
      draft && (
        <DraftRow
          key={draft.id}
          draft={draft}
          props={props}
          on={isOn(draft)}
          mailbox={mailboxNames.size > 1 ? (mailboxNames.get(draft.mailboxId) ?? '') : ''}
        />
      )
    )
  }
  return (
    <RowGrid
      ref={grid}
      label={t('inbox:list')}
      count={drafts.length}
      rowHeight={rowHeights[density]}
      renderRow={render}
      current={drafts.findIndex(isOn)}
      onOpen={(index) => drafts[index] && open(drafts[index])}
    />
  )
}

const DraftRow = memo(function DraftRow({
  draft,
  props,
  on,
  mailbox,
}: {
  draft: Draft
  props: RowProps
  on: boolean
  mailbox: string
}) {
  return (
    <div
      {...props}
      className={`row${on ? ' on' : ''}`}
      aria-current={on || undefined}
      aria-label={[t('inbox:row.draft'), whoOf(draft), subjectOf(draft.subject)].join(', ')}
    >
      <div className="mark t3" role="gridcell">
        <Icon icon={kinds[draft.kind]} small />
      </div>
      <div role="gridcell">
        <div className="l">
          <span className="who cut">{whoOf(draft)}</span>
          <Time at={draft.updatedAt} />
        </div>
        <div className="l">
          <span className="subj cut">{subjectOf(draft.subject)}</span>
        </div>
        <div className="l">
          <span className="snip cut">{draft.text}</span>
        </div>
        <div className="l l4">
          {mailbox && (
            <span className="tag">
              <bdi>{mailbox}</bdi>
            </span>
          )}
        </div>
      </div>
    </div>
  )
})
