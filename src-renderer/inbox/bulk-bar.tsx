import { Ellipsis, X } from 'lucide-react'
import { useState } from 'react'
import type { View } from '../../src-preload/contract'
import { call } from '../client'
import { setRead, setStatus, tellFailure, trash } from '../state/acts'
import { mergeConversations } from '../state/threads'
import { useList } from '../state/list'
import type { ListWindow } from '../state/list-window'
import { useShortcuts } from '../state/shortcuts'
import { t } from '../text'
import { numberText } from '../text/time'
import { Button, IconButton } from '../ui/button'
import { Menu } from '../ui/menu'
import type { ListFilter } from './use-list-window'

/** As many as one call takes. */
const most = 1000
const pageMost = 200
const mostMerged = 100

async function idsOf(filter: ListFilter): Promise<number[]> {
  const ids: number[] = []
  for (let offset = 0; offset < most; offset += pageMost) {
    const page = await call('conversations.list', { ...filter, offset, limit: pageMost })
    ids.push(...page.rows.map((row) => row.id))
    if (ids.length >= page.total || page.rows.length === 0) break
  }
  return ids.slice(0, most)
}

/** Floats at the foot of the list when one or more are picked. The open conversation stays open. */
export function BulkBar({ view, filter, window }: { view: Exclude<View, 'drafts' | 'outbox'>; filter: ListFilter; window: ListWindow }) {
  const picked = useList((state) => state.picked)
  const clear = useList((state) => state.clearPicks)
  const [busy, setBusy] = useState(false)
  const ids = [...picked]
  const total = window.total ?? 0

  const pickAll = async () => {
    try {
      useList.getState().pick(await idsOf(filter))
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  const act = async (does: () => Promise<void>) => {
    setBusy(true)
    await does()
    setBusy(false)
    clear()
  }
  useShortcuts([{ id: 'list.pickAll', keys: 'mod+a', inText: false, group: 'list', label: t('inbox:keys.pickAll'), run: () => (total > 0 ? void pickAll() : false) }])

  if (picked.size === 0) return null
  const toOpen = view !== 'inbox'
  return (
    <div className="bulk y" role="toolbar" aria-label={t('inbox:bulk.label', { count: picked.size })} aria-busy={busy || undefined}>
      <div className="x">
        <span className="medium num" aria-live="polite">{t('inbox:bulk.label', { count: picked.size })}</span>
        {picked.size < Math.min(total, most) && <button type="button" className="link meta" onClick={() => void pickAll()}>{t('inbox:bulk.all', { n: numberText(Math.min(total, most)) })}</button>}
        <IconButton icon={X} size="sm" className="push" label={t('inbox:bulk.clear')} keys="Escape" onClick={clear} />
      </div>
      <div className="x g1">
        {toOpen
          ? <Button size="sm" keys="e" disabled={busy} onClick={() => void act(() => setStatus(ids, 'open'))}>{view === 'spam' ? t('inbox:bulk.notSpam') : t('inbox:bulk.open')}</Button>
          : <Button size="sm" keys="e" disabled={busy} onClick={() => void act(() => setStatus(ids, 'closed'))}>{t('inbox:bulk.close')}</Button>}
        <Button size="sm" disabled={busy} onClick={() => void act(() => setRead(ids, true))}>{t('inbox:bulk.read')}</Button>
        <Button size="sm" disabled={busy} onClick={() => void act(() => trash(ids))}>{t('inbox:bulk.trash')}</Button>
        <Menu
          label={t('inbox:bulk.more')}
          trigger={<IconButton icon={Ellipsis} size="sm" label={t('inbox:bulk.more')} className="push" disabled={busy} />}
          items={[
            { label: t('threads:mergePicked'), disabled: ids.length < 2 || ids.length > mostMerged, onSelect: () => void act(async () => void await mergeConversations(ids)) },
            { label: t('inbox:bulk.markUnread'), onSelect: () => void act(() => setRead(ids, false)) },
            ...(view === 'pending' ? [] : [{ label: t('inbox:bulk.setPending'), onSelect: () => void act(() => setStatus(ids, 'pending')) }]),
            ...(view === 'spam' ? [] : [{ label: t('inbox:bulk.markSpam'), onSelect: () => void act(() => setStatus(ids, 'spam')) }]),
          ]}
        />
      </div>
    </div>
  )
}
