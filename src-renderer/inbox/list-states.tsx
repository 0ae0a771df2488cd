import { ListFilter as ListFilterIcon, MailOpen, OctagonAlert } from 'lucide-react'
import type { View } from '../../src-preload/contract'
import { useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import { goView } from '../state/places'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { viewIcons } from '../work/view-icons'
import { SkeletonRow } from './conversation-row'

export type ListView = Exclude<View, 'drafts' | 'outbox'>

/** A view that people made, with nothing in it. */
export function EmptyView() {
  return (
    <div className="scroll center">
      <EmptyState icon={ListFilterIcon} title={t('views:emptyTitle')}>
        {t('views:emptyText')}
      </EmptyState>
    </div>
  )
}

/** Grey bars while the first answer is awaited. */
export function LoadingBars({ height }: { height: number }) {
  return (
    <div className="rows" role="grid" aria-label={t('inbox:list')} aria-busy="true">
      {[0, 1, 2].map((index) => (
        <SkeletonRow
          key={index}
          faint={1 - index * 0.3}
          props={{
            role: 'row',
            'data-index': index,
            'aria-rowindex': index + 1,
            tabIndex: -1,
            style: { translate: `0 ${index * height}px`, blockSize: height },
          }}
        />
      ))}
    </div>
  )
}

export function ListError({ window }: { window: ListWindow }) {
  return (
    <div className="scroll center" role="alert">
      <EmptyState
        icon={OctagonAlert}
        title={t('inbox:error.title')}
        action={<Button onClick={() => window.refresh()}>{t('common:retry')}</Button>}
      >
        {window.error && errorText(window.error)}
      </EmptyState>
    </div>
  )
}

/** A list with nothing in it: what that means, and where to go. */
export function EmptyList({ view, unreadOnly, syncing }: { view: ListView; unreadOnly: boolean; syncing: boolean }) {
  if (unreadOnly) {
    return (
      <div className="scroll center">
        <EmptyState
          icon={MailOpen}
          title={t('inbox:empty.unreadTitle')}
          action={<Button onClick={() => useList.getState().setUnreadOnly(false)}>{t('inbox:empty.showAll')}</Button>}
        >
          {t('inbox:empty.unreadText')}
        </EmptyState>
      </div>
    )
  }
  const action =
    view === 'inbox' ? (
      <Button act="go.pending" onClick={() => goView('pending')}>
        {t('inbox:empty.goPending')}
      </Button>
    ) : (
      <Button act="go.inbox" onClick={() => goView('inbox')}>
        {t('inbox:empty.goInbox')}
      </Button>
    )
  return (
    <div className="scroll center">
      <EmptyState icon={viewIcons[view]} title={t(`inbox:empty.${view}Title`)} action={!syncing && action}>
        {view === 'inbox' && syncing ? t('inbox:empty.inboxSyncing') : t(`inbox:empty.${view}Text`)}
      </EmptyState>
    </div>
  )
}
