import { Paperclip } from 'lucide-react'
import { memo } from 'react'
import type { ConversationRow } from '../../src-preload/contract'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import type { RowProps } from '../ui/row-grid'
import { t } from '../text'
import { outboxWords } from './outbox-words'
import { nameOf, subjectOf } from './words'

interface Props {
  row: ConversationRow
  top: number
  height: number
  index: number
  tabStop: boolean
  on: boolean
  picked: boolean
  /** Mailbox names, shown when the list holds more than one mailbox. */
  mailboxes: string
  onPick: (id: number, range: boolean) => void
}

function spoken(row: ConversationRow): string {
  const parts = [row.unread ? t('inbox:row.unread') : '', nameOf(row), subjectOf(row.subject)]
  if (row.outbox && row.outbox !== 'sent') parts.push(outboxWords(row.outbox, row.outboxError).text)
  else if (row.hasDraft) parts.push(t('inbox:row.draft'))
  return parts.filter(Boolean).join(', ')
}

/** One conversation in the list. Memoised: it is drawn again only when something that it shows changes. */
export const ConversationRowView = memo(function ConversationRowView({ row, top, height, index, tabStop, on, picked, mailboxes, onPick }: Props) {
  const outbox = row.outbox && row.outbox !== 'sent' ? outboxWords(row.outbox, row.outboxError) : null
  return (
    <div
      role="row"
      data-index={index}
      aria-rowindex={index + 1}
      tabIndex={tabStop ? 0 : -1}
      aria-selected={picked || on}
      aria-current={on || undefined}
      aria-label={spoken(row)}
      className={`row${row.unread ? ' unread' : ''}${on ? ' on' : ''}${picked ? ' picked' : ''}`}
      style={{ translate: `0 ${top}px`, blockSize: height }}
    >
      <div className="mark" role="gridcell">
        {row.unread && <i />}
        <input
          type="checkbox"
          className="check"
          tabIndex={-1}
          checked={picked}
          aria-label={t('inbox:row.pick', { name: nameOf(row) })}
          onClick={(event) => {
            event.stopPropagation()
            onPick(row.id, event.shiftKey)
          }}
          onChange={() => undefined}
        />
      </div>
      <div role="gridcell">
        <div className="l">
          <span className="who cut">{nameOf(row)}</span>
          {row.messageCount > 1 && <span className="t3 meta num" data-tip={t('inbox:row.messages', { count: row.messageCount })}>{row.messageCount}</span>}
          <Time at={row.lastAt} />
        </div>
        <div className="l"><span className="subj cut">{subjectOf(row.subject)}</span></div>
        <div className="l"><span className="snip cut">{row.lastFromTeam ? t('inbox:row.team', { name: row.lastFromTeam, text: row.snippet }) : row.snippet}</span></div>
        <div className="l l4">
          {mailboxes && <span className="tag"><bdi>{mailboxes}</bdi></span>}
          <span className="end">
            {row.attachmentCount > 0 && <span data-tip={t('inbox:row.attachments', { count: row.attachmentCount })}><Icon icon={Paperclip} small /></span>}
            {row.hasDraft && !outbox && <span className="chip sm">{t('inbox:row.draft')}</span>}
            {outbox && <span className={`chip sm ${outbox.kind}`}><Icon icon={outbox.icon} />{outbox.text}</span>}
          </span>
        </div>
      </div>
    </div>
  )
})

/** Grey bars in the place of a row that is not loaded yet. */
export function SkeletonRow({ props, faint = 1 }: { props: RowProps; faint?: number }) {
  const widths = [[42, 86, 68], [36, 74, 80], [48, 66, 58]][props['data-index'] % 3] ?? []
  return (
    <div {...props} className="row skrow" style={{ ...props.style, opacity: faint }}>
      <div role="gridcell" />
      <div role="gridcell">{widths.map((width, at) => <div key={at} className="skel" style={{ inlineSize: `${width}%` }} />)}</div>
    </div>
  )
}
