import { AlarmClock, Bookmark, Paperclip, PenLine, RefreshCw, TriangleAlert } from 'lucide-react'
import { memo } from 'react'
import type { ConversationRow } from '../../src-preload/contract'
import { Avatar } from '../ui/avatar'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import type { RowProps } from '../ui/row-grid'
import { t } from '../text'
import { firstName } from '../text/lists'
import type { Mark } from '../work/presence'
import { outboxChip } from './outbox-words'
import { nameOf, subjectOf } from './words'

interface Props {
  row: ConversationRow
  top: number
  height: number
  index: number
  tabStop: boolean
  on: boolean
  picked: boolean
  /** Its menu is open. */
  asked: boolean
  /** Mailbox names, shown when the list holds more than one mailbox. */
  mailboxes: string
  /** Who else is here. */
  marks: readonly Mark[]
  onPick: (id: number, range: boolean) => void
}

/** More tags are counted only. */
const shownTags = 2

/** Tags of the team first, then labels of the mail server. `hue` null: a label. */
const tagsOf = ({
  tags,
  labels,
}: ConversationRow): readonly { readonly key: string; readonly text: string; readonly hue: string | null }[] => [
  ...tags.map(({ name, label, hue }) => ({ key: name, text: label, hue })),
  ...labels.map((label) => ({ key: `label ${label}`, text: label, hue: null })),
]

const markText = (mark: Mark): string => t(`presence:${mark.doing}`, { name: mark.person.name || t('work:someone') })

/** What has not left says how it stands; else what left and did not arrive does. */
function sendingOf({ outbox, outboxError, undelivered }: ConversationRow): ReturnType<typeof outboxChip> | null {
  if (outbox && outbox !== 'sent') return outboxChip(outbox, outboxError)
  return undelivered ? { text: t('sending:delivery.mark'), kind: 'bad', icon: TriangleAlert } : null
}

const showsDraft = ({ hasDraft, outbox }: ConversationRow): boolean => hasDraft && (!outbox || outbox === 'sent')

function spoken(row: ConversationRow, marks: readonly Mark[]): string {
  const parts = [row.unread ? t('inbox:row.unread') : '', nameOf(row), subjectOf(row.subject)]
  if (showsDraft(row)) parts.push(t('inbox:row.draft'))
  parts.push(sendingOf(row)?.text ?? '')
  parts.push(
    ...tagsOf(row).map(({ text }) => text),
    row.assignee ? t('work:assigned', { name: row.assignee.name || t('work:someone') }) : '',
    ...marks.map(markText),
  )
  return parts.filter(Boolean).join(', ')
}

/** One conversation in the list. Memoised: it is drawn again only when something that it shows changes. */
export const ConversationRowView = memo(function ConversationRowView({
  row,
  top,
  height,
  index,
  tabStop,
  on,
  picked,
  asked,
  mailboxes,
  marks,
  onPick,
}: Props) {
  const tags = tagsOf(row)
  const sending = sendingOf(row)
  return (
    <div
      role="row"
      data-index={index}
      aria-rowindex={index + 1}
      tabIndex={tabStop ? 0 : -1}
      aria-selected={picked || on}
      aria-current={on || undefined}
      aria-label={spoken(row, marks)}
      className={`row${row.unread ? ' unread' : ''}${on ? ' on' : ''}${picked ? ' picked' : ''}${asked ? ' asked' : ''}`}
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
          {row.messageCount > 1 && (
            <span className="t3 meta num" data-tip={t('inbox:row.messages', { count: row.messageCount })}>
              {row.messageCount}
            </span>
          )}
          <Time at={row.lastAt} />
        </div>
        <div className="l">
          <span className="subj cut">{subjectOf(row.subject)}</span>
        </div>
        <div className="l">
          <span className="snip cut">
            {row.lastFromTeam ? t('inbox:row.team', { name: row.lastFromTeam, text: row.snippet }) : row.snippet}
          </span>
        </div>
        <div className="l l4">
          {tags.length === 0 && mailboxes && (
            <span className="tag">
              <bdi>{mailboxes}</bdi>
            </span>
          )}
          {tags.slice(0, shownTags).map(({ key, text, hue }) => (
            <span key={key} className="tag">
              {hue === null ? <Icon icon={Bookmark} small /> : <i className={`dot c-${hue}`} />}
              <bdi className="cut">{text}</bdi>
            </span>
          ))}
          {tags.length > shownTags && (
            <span
              className="t3 meta num"
              data-tip={tags
                .slice(shownTags)
                .map(({ text }) => text)
                .join(', ')}
            >
              +{tags.length - shownTags}
            </span>
          )}
          <span className="end">
            {row.attachmentCount > 0 && (
              <span data-tip={t('inbox:row.attachments', { count: row.attachmentCount })}>
                <Icon icon={Paperclip} small />
              </span>
            )}
            {row.checking && (
              <span className="chip sm" data-tip={t('inbox:row.checkingTip')}>
                <Icon icon={RefreshCw} />
                {t('inbox:row.checking')}
              </span>
            )}
            {row.snoozedUntil !== null && (
              <span className="chip sm">
                <Icon icon={AlarmClock} />
                <Time at={row.snoozedUntil} form="when" />
              </span>
            )}
            {showsDraft(row) && <span className="chip sm">{t('inbox:row.draft')}</span>}
            {sending && (
              <span className={`chip sm ${sending.kind}`}>
                <Icon icon={sending.icon} />
                {sending.text}
              </span>
            )}
            {marks.map((mark) =>
              mark.doing === 'viewing' ? (
                <Avatar
                  key={mark.person.id}
                  name={mark.person.name || t('work:someone')}
                  size="xs"
                  viewing
                  label={markText(mark)}
                />
              ) : (
                <span key={mark.person.id} className="chip sm" data-tip={markText(mark)}>
                  <Icon icon={PenLine} />
                  <bdi>{firstName(mark.person.name) || t('work:someone')}</bdi>
                </span>
              ),
            )}
            {row.assignee && (
              <span data-tip={t('work:assigned', { name: row.assignee.name || t('work:someone') })}>
                <Avatar name={row.assignee.name || t('work:someone')} size="xs" />
              </span>
            )}
          </span>
        </div>
      </div>
    </div>
  )
})

/** Grey bars in the place of a row that is not loaded yet. */
export function SkeletonRow({ props, faint = 1 }: { props: RowProps; faint?: number }) {
  const widths =
    [
      [42, 86, 68],
      [36, 74, 80],
      [48, 66, 58],
    ][props['data-index'] % 3] ?? []
  return (
    <div {...props} className="row skrow" style={{ ...props.style, opacity: faint }}>
      <div role="gridcell" />
      <div role="gridcell">
        {widths.map((width, at) => (
          <div key={at} className="skel" style={{ inlineSize: `${width}%` }} />
        ))}
      </div>
    </div>
  )
}
