import { Forward, PenLine, Reply, SquarePen } from 'lucide-react'
import { memo } from 'react'
import type { Draft } from '../../src-preload/contract'
import { useQuery } from '../live'
import { meanDraft, useMeantDraft } from '../state/meant-draft'
import { goNewMessage, openConversation, useOpenConversation, usePlaces } from '../state/places'
import { t } from '../text'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import type { RowProps } from '../ui/row-grid'
import { Time } from '../ui/time'
import { rowHeights } from './conversation-list'
import { PlainList } from './plain-list'
import { subjectOf, toOf } from './words'

const kinds = { reply: Reply, 'reply-all': Reply, forward: Forward, new: SquarePen }

function open({ id, conversationId }: Draft): void {
  if (conversationId === null) return goNewMessage(id)
  meanDraft({ conversationId, draftId: id })
  openConversation(conversationId, 'drafts')
}

/** Drafts, newest first; each opens where it is written. */
export function DraftList({
  density,
  mailboxNames,
}: {
  density: keyof typeof rowHeights
  mailboxNames: ReadonlyMap<number, string>
}) {
  const { data, error, refetch } = useQuery('drafts.list', {})
  const openId = useOpenConversation()
  const openDraft = usePlaces((state) => (state.place.kind === 'new-message' ? state.place.draftId : null))
  const meant = useMeantDraft((state) => state.meant?.draftId)
  const meantIsThere = data?.drafts.some(({ id, conversationId }) => id === meant && conversationId === openId)
  const isOn = ({ id, conversationId }: Draft) =>
    conversationId === null ? id === openDraft : conversationId === openId && (id === meant || !meantIsThere)
  return (
    <PlainList
      items={data?.drafts}
      error={error}
      refetch={refetch}
      icon={PenLine}
      empty={{
        title: t('inbox:empty.draftsTitle'),
        text: t('inbox:empty.draftsText'),
        action: (
          <Button act="new" onClick={() => goNewMessage()}>
            {t('inbox:empty.write')}
          </Button>
        ),
      }}
      rowHeight={rowHeights[density]}
      isOn={isOn}
      onOpen={open}
      renderRow={(draft, props) => (
        <DraftRow
          key={draft.id}
          draft={draft}
          props={props}
          on={isOn(draft)}
          mailbox={mailboxNames.size > 1 ? (mailboxNames.get(draft.mailboxId) ?? '') : ''}
        />
      )}
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
      aria-label={[t('inbox:row.draft'), toOf(draft), subjectOf(draft.subject)].join(', ')}
    >
      <div className="mark t3" role="gridcell">
        <Icon icon={kinds[draft.kind]} small />
      </div>
      <div role="gridcell">
        <div className="l">
          <span className="who cut">{toOf(draft)}</span>
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
