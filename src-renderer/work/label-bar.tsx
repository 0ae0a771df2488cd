import { Bookmark, BookmarkPlus, X } from 'lucide-react'
import type { ReactElement } from 'react'
import type { Conversation } from '../../src-preload/contract'
import { useList } from '../state/list'
import { useShortcuts } from '../state/shortcuts'
import { setLabel } from '../state/work'
import { t } from '../text'
import { IconButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { later } from '../ui/later'
import { Popover } from '../ui/popover'
import { useLabels } from './labels'
import './work.css'

const list = later(() => import('./label-list').then((module) => module.LabelList))

/** Fetches the code of the choice ahead of the first press of L. */
export const prepareLabels = list.prepare

interface Control {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** The mail server's labels of a conversation: shown, taken away, added. Nothing where its mailboxes have none. */
export function LabelBar({ conversation, ...control }: { conversation: Conversation } & Control) {
  const { mailboxIds } = useLabels()
  const { id, labels } = conversation
  const here = labels.length > 0 || conversation.mailboxIds.some((one) => mailboxIds.includes(one))
  useShortcuts(
    here
      ? [
          {
            act: 'label',
            run: () => (useList.getState().picked.size > 0 ? false : control.onOpenChange(true)),
          },
        ]
      : [],
  )
  if (!here) return null
  return (
    <>
      {labels.map((label) => (
        <span key={label} className="tag lg">
          <Icon icon={Bookmark} small />
          <bdi>{label}</bdi>
          <button
            type="button"
            className="untag"
            aria-label={t('labels:remove', { label })}
            data-tip={t('labels:remove', { label })}
            onClick={() => void setLabel([id], label, false)}
          >
            <Icon icon={X} small />
          </button>
        </span>
      ))}
      <LabelPicker
        ids={[id]}
        has={labels}
        {...control}
        trigger={<IconButton icon={BookmarkPlus} size="sm" label={t('labels:add')} act="label" />}
      />
    </>
  )
}

/** Gives and takes labels of the mail server; a name that is not there is made on the server. */
export function LabelPicker({
  trigger,
  ids,
  has,
  ...control
}: { trigger: ReactElement; ids: readonly number[]; has: readonly string[] } & Control) {
  return (
    <Popover label={t('labels:labels')} trigger={trigger} {...control}>
      <list.Shown ids={ids} has={has} />
    </Popover>
  )
}
