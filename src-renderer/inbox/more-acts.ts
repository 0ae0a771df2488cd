import { Bookmark, FileUp, FolderInput, Mail, Merge, OctagonAlert, Pause } from 'lucide-react'
import { useQuery } from '../live'
import { markUnread, moveTo, setStatus } from '../state/acts'
import { mergeConversations } from '../state/threads'
import { t } from '../text'
import type { MenuPart } from '../ui/menu'
import { useLabels } from '../work/labels'
import type { ListView } from './list-states'

const mostMerged = 100

/** What can be done with conversations of the list beyond what has a button of its own: of the bulk bar, and of a row's menu. */
export function useMoreActs({
  ids,
  view,
  at = [],
  act,
  onExport,
  onLabels,
}: {
  ids: readonly number[]
  view: ListView
  /** Where all of them are already: not offered to move to. */
  at?: readonly number[]
  /** Does it; the picks are dealt with there. */
  act: (does: () => Promise<void>) => Promise<void>
  onExport: () => void
  onLabels: () => void
}): MenuPart[] {
  const mailboxes = (useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes ?? []).filter(
    ({ local }) => !local,
  )
  const { labels } = useLabels()
  const others = mailboxes.filter(({ id }) => !(at.length === 1 && at[0] === id))
  return [
    {
      label: t('threads:mergePicked'),
      icon: Merge,
      disabled: ids.length < 2 || ids.length > mostMerged,
      onSelect: () => void act(async () => void (await mergeConversations(ids))),
    },
    { label: t('threads:export'), icon: FileUp, onSelect: onExport },
    ...(mailboxes.length < 2 || others.length === 0
      ? []
      : [
          { heading: t('conversation:moveTo') },
          ...others.map((mailbox) => ({
            label: mailbox.name,
            icon: FolderInput,
            onSelect: () => void act(() => moveTo(ids, mailbox)),
          })),
          'separator' as const,
        ]),
    ...(labels.length === 0 ? [] : [{ label: t('labels:menu'), icon: Bookmark, onSelect: onLabels }]),
    { label: t('inbox:bulk.markUnread'), icon: Mail, onSelect: () => void act(() => markUnread(ids)) },
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
  ]
}
