import {
  ChevronDown,
  ChevronLeft,
  ChevronUp,
  Circle,
  CircleCheck,
  Code,
  Ellipsis,
  FileUp,
  Mail,
  Merge,
  OctagonAlert,
  PanelRight,
  Pause,
  Split,
  Trash2,
} from 'lucide-react'
import { useLayoutEffect, useRef } from 'react'
import type { Conversation, Status } from '../../src-preload/contract'
import { isDone, markUnread, moveTo, setStatus, trash } from '../state/acts'
import { copyText } from '../state/clipboard'
import { isProfilePane, useLayout } from '../state/layout'
import { stepConversation, toList } from '../state/list'
import { t } from '../text'
import { useStateAbout } from '../ui/about'
import { Button, IconButton } from '../ui/button'
import { Icon, type LucideIcon } from '../ui/icon'
import { ExportPicked } from '../ui/export-picked'
import { Menu } from '../ui/menu'
import { useMoveItems } from '../work/move-items'
import { FollowButton } from './follow-button'
import { SnoozeButton, WorkBar } from './work-bar'

const statuses: readonly { status: Status; icon: LucideIcon; colour: string }[] = [
  { status: 'open', icon: Circle, colour: 'good' },
  { status: 'pending', icon: Pause, colour: 'warn' },
  { status: 'closed', icon: CircleCheck, colour: 'stone' },
  { status: 'spam', icon: OctagonAlert, colour: 'bad' },
]

/** How colleagues call the conversation among each other; the search finds it by that. */
function CopyNumber({ number }: { number: string }) {
  const copy = () => void copyText(number, t('conversation:numberCopied', { number }))
  return (
    <button
      type="button"
      className="btn ghost sm num t3 meta number"
      aria-label={t('conversation:copyNumber', { number })}
      data-tip={t('conversation:copyNumberTip')}
      onClick={copy}
    >
      {number}
    </button>
  )
}

/** Subject, number, status and what can be done with the whole conversation. */
export function Head({
  conversation,
  onSource,
  onMerge,
  onSplit,
}: {
  conversation: Conversation
  onSource: (messageId: number) => void
  onMerge: () => void
  onSplit: () => void
}) {
  const { id, status, subject } = conversation
  const head = useRef<HTMLElement>(null)
  // Who pressed a button here has not asked for the same about the next conversation: the focus goes to the list.
  useLayoutEffect(() => {
    const had = document.activeElement
    if (had instanceof HTMLElement && head.current?.contains(had)) had.blur()
  }, [id])
  const ids = [id]
  const [snoozing, setSnoozing] = useStateAbout(false)
  const profileShown = useLayout(isProfilePane)
  const done = isDone(status)
  const last = conversation.messages.at(-1)
  const moves = useMoveItems(conversation.mailboxIds, (mailbox) => void moveTo(ids, mailbox))
  const [exporting, setExporting] = useStateAbout(false)
  return (
    <header ref={head} className="convhead y">
      <div className="x">
        <IconButton
          icon={ChevronLeft}
          flip
          size="sm"
          className="only-one"
          label={t('conversation:state.back')}
          act="escape"
          onClick={toList}
        />
        <h2 className="cut grow sel">
          <bdi>{subject || t('noSubject')}</bdi>
        </h2>
        {conversation.number !== null && (
          <CopyNumber number={t('conversation:number', { number: conversation.number })} />
        )}
        <span className="x">
          <IconButton
            icon={ChevronUp}
            size="sm"
            label={t('conversation:previous')}
            act="previous"
            onClick={() => stepConversation(-1)}
          />
          <IconButton
            icon={ChevronDown}
            size="sm"
            label={t('conversation:next')}
            act="next"
            onClick={() => stepConversation(1)}
          />
          {!profileShown && (
            <IconButton
              icon={PanelRight}
              flip
              size="sm"
              label={t('conversation:showCustomer')}
              act="profile"
              onClick={() => useLayout.getState().toggleProfile()}
            />
          )}
          <Menu
            label={t('conversation:more')}
            trigger={<IconButton icon={Ellipsis} size="sm" label={t('conversation:more')} />}
            items={() => [
              {
                label: t('conversation:markUnread'),
                icon: Mail,
                onSelect: () => void markUnread(ids),
              },
              status === 'spam'
                ? { label: t('conversation:notSpam'), icon: OctagonAlert, onSelect: () => void setStatus(ids, 'open') }
                : {
                    label: t('conversation:markSpam'),
                    icon: OctagonAlert,
                    onSelect: () => void setStatus(ids, 'spam'),
                  },
              'separator',
              { label: t('threads:merge'), icon: Merge, act: 'merge', onSelect: onMerge },
              {
                label: t('threads:split'),
                icon: Split,
                act: 'split',
                disabled: conversation.messages.length < 2,
                onSelect: onSplit,
              },
              { label: t('threads:export'), icon: FileUp, onSelect: () => setExporting(true) },
              ...moves,
              'separator',
              { label: t('conversation:trash'), icon: Trash2, onSelect: () => void trash(ids) },
              ...(last
                ? [
                    'separator' as const,
                    { label: t('conversation:showSource'), icon: Code, onSelect: () => onSource(last.id) },
                  ]
                : []),
            ]}
          />
        </span>
      </div>
      <div className="x tight wrap">
        <Menu
          align="start"
          label={t('conversation:setStatus')}
          trigger={
            <button
              type="button"
              className="btn sm"
              aria-label={t('conversation:status', { status: t(`status.${status}`) })}
            >
              <i className={`dot t s-${status}`} />
              {t(`status.${status}`)}
              <Icon icon={ChevronDown} small />
            </button>
          }
          items={() =>
            statuses.map((one) => ({
              label: t(`status.${one.status}`),
              icon: one.icon,
              checked: one.status === status,
              onSelect: () => void setStatus(ids, one.status),
            }))
          }
        />
        <WorkBar conversation={conversation} onSnooze={setSnoozing} />
        <span className="push x tight">
          <FollowButton conversation={conversation} />
          <SnoozeButton conversation={conversation} open={snoozing} onOpenChange={setSnoozing} />
          <Button
            size="sm"
            icon={done ? Circle : CircleCheck}
            act="closeOrOpen"
            onClick={() => void setStatus(ids, done ? 'open' : 'closed')}
          >
            {t(done ? 'conversation:reopen' : 'conversation:close')}
          </Button>
        </span>
      </div>
      {exporting && <ExportPicked ids={ids} onClose={() => setExporting(false)} />}
    </header>
  )
}
