import { AlarmClock, ChevronDown, Circle, Plus, X } from 'lucide-react'
import type { Conversation } from '../../src-preload/contract'
import { useNow } from '../state/clock'
import { useList } from '../state/list'
import { useShortcuts } from '../state/shortcuts'
import { assign, setTag } from '../state/work'
import { t } from '../text'
import { firstName } from '../text/lists'
import { whenText } from '../text/time'
import { useStateAbout } from '../ui/about'
import { Avatar } from '../ui/avatar'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { AssignMenu } from '../work/assign-menu'
import { selfIn, usePeople } from '../work/people'
import { LabelBar } from '../work/label-bar'
import { SnoozeMenu } from '../work/snooze-menu'
import { TagPicker } from '../work/tag-picker'

type Layer = 'assign' | 'tag' | 'label' | 'snooze'

/** Who looks after the conversation and its tags; keys A, I, T and Z. */
export function WorkBar({ conversation, onSnooze }: { conversation: Conversation; onSnooze: (open: boolean) => void }) {
  const [open, setOpen] = useStateAbout<Layer | null>(null)
  const people = usePeople()
  const { id, assignee, tags } = conversation
  const ids = [id]
  const only = (does: () => void) => () => (useList.getState().picked.size > 0 ? false : does())
  useShortcuts([
    {
      act: 'assign',
      run: only(() => setOpen('assign')),
    },
    {
      act: 'toMe',
      run: only(() => people && void assign(ids, selfIn(people))),
    },
    {
      act: 'tag',
      run: only(() => setOpen('tag')),
    },
    {
      act: 'snooze',
      run: only(() => onSnooze(true)),
    },
  ])
  const name = assignee === null ? t('work:unassigned') : assignee.name || t('work:someone')
  const control = (layer: Layer) => ({
    open: open === layer,
    onOpenChange: (on: boolean) => setOpen(on ? layer : null),
  })
  return (
    <>
      <AssignMenu
        ids={ids}
        assignee={assignee?.id ?? null}
        align="start"
        {...control('assign')}
        trigger={
          <button
            type="button"
            className="btn sm"
            aria-label={assignee ? t('work:assigned', { name }) : t('work:unassigned')}
          >
            {assignee ? <Avatar name={name} size="xs" /> : <Icon icon={Circle} small />}
            <bdi className="cut">{assignee ? firstName(name) : name}</bdi>
            <Icon icon={ChevronDown} small />
          </button>
        }
      />
      {tags.map((tag) => (
        <span key={tag.name} className="tag lg">
          <i className={`dot c-${tag.hue}`} />
          <bdi>{tag.label}</bdi>
          <button
            type="button"
            className="untag"
            aria-label={t('work:removeTag', { label: tag.label })}
            data-tip={t('work:removeTag', { label: tag.label })}
            onClick={() => void setTag(ids, tag, false)}
          >
            <Icon icon={X} small />
          </button>
        </span>
      ))}
      <TagPicker
        ids={ids}
        has={tags.map((tag) => tag.name)}
        {...control('tag')}
        trigger={<IconButton icon={Plus} size="sm" label={t('work:addTag')} act="tag" />}
      />
      <LabelBar conversation={conversation} {...control('label')} />
    </>
  )
}

/** The snooze of the conversation: its button, and until when it sleeps. */
export function SnoozeButton({
  conversation,
  open,
  onOpenChange,
}: {
  conversation: Conversation
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const now = useNow()
  const { id, snoozedUntil } = conversation
  const label = snoozedUntil === null ? t('work:snooze') : t('work:snoozedUntil', { when: whenText(snoozedUntil, now) })
  return (
    <>
      {snoozedUntil !== null && (
        <span className="chip sm">
          <Icon icon={AlarmClock} />
          {whenText(snoozedUntil, now)}
        </span>
      )}
      <SnoozeMenu
        ids={[id]}
        snoozedUntil={snoozedUntil}
        open={open}
        onOpenChange={onOpenChange}
        trigger={<IconButton icon={AlarmClock} size="sm" on={snoozedUntil !== null} label={label} act="snooze" />}
      />
    </>
  )
}
