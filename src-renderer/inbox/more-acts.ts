import { Bookmark, FileUp, Mail, MailOpen, Merge, OctagonAlert, Pause } from 'lucide-react'
import type { ConversationRow } from '../../src-preload/contract'
import { markUnread, moveTo, setRead, setStatus } from '../state/acts'
import { mergeConversations } from '../state/threads'
import { t } from '../text'
import type { MenuItem, MenuPart } from '../ui/menu'
import { useLabels } from '../work/labels'
import { useMoveItems } from '../work/move-items'
import type { ListView } from './list-states'

const mostMerged = 100

/** What can be done with conversations of the list beyond what has a key of its own: of the bulk bar, and of a row's menu. */
export function useMoreActs({
  ids,
  view,
  alone,
  act,
  onExport,
  labels: toLabels,
}: {
  ids: readonly number[]
  view: ListView
  /** The one that it is about, from its own row: nothing to be merged with here, its head finds the other; nor moved to where it is, nor marked as it is. */
  alone?: ConversationRow | undefined
  /** Does it; the picks are dealt with there. */
  act: (does: () => Promise<boolean>) => Promise<void>
  onExport: () => void
  /** What the item for labels does. */
  labels: Pick<MenuItem, 'onSelect' | 'keepOpen'>
}): MenuPart[] {
  const { labels } = useLabels()
  const moves = useMoveItems(alone?.mailboxIds ?? null, (mailbox) => void act(() => moveTo(ids, mailbox)))
  return [
    ...(alone
      ? []
      : [
          {
            label: t('threads:mergePicked'),
            icon: Merge,
            disabled: ids.length < 2 || ids.length > mostMerged,
            onSelect: () => void act(() => mergeConversations(ids)),
          },
        ]),
    ...(alone?.unread === false
      ? []
      : [{ label: t('inbox:bulk.markRead'), icon: MailOpen, onSelect: () => void act(() => setRead(ids, true)) }]),
    ...(alone?.unread === true
      ? []
      : [{ label: t('inbox:bulk.markUnread'), icon: Mail, onSelect: () => void act(() => markUnread(ids)) }]),
    ...(view === 'pending'
      ? []
      : [
          { label: t('inbox:bulk.setPending'), icon: Pause, onSelect: () => void act(() => setStatus(ids, 'pending')) },
        ]),
    ...(view === 'spam'
      ? []
      : [
          {
            label: t('inbox:bulk.markSpam'),
            icon: OctagonAlert,
            onSelect: () => void act(() => setStatus(ids, 'spam')),
          },
        ]),
    'separator',
    ...(labels.length === 0 ? [] : [{ label: t('labels:menu'), icon: Bookmark, ...toLabels }]),
    { label: t('threads:export'), icon: FileUp, onSelect: onExport },
    ...moves,
  ]
}
