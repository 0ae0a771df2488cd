import { Mail, Paperclip, Search, SearchX } from 'lucide-react'
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Marked, SearchHit } from '../../src-preload/contract'
import { useQuery } from '../live'
import { openHit } from '../state/places'
import { useSearch } from '../state/search'
import { useShortcuts } from '../state/shortcuts'
import { errorText, t } from '../text'
import { numberText } from '../text/numbers'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { Hits } from './hits'
import { useSearchResults } from './use-search-results'

const shownTotal = (total: number, counted: boolean): string =>
  counted ? numberText(total) : t('views:more', { n: numberText(total) })
const plain = (text: Marked) => text.join('')

/** Which of the hits for a text was opened last; the first, where none was. */
function leftAt(text: string | null): number {
  const { left } = useSearch.getState()
  return left?.text === text ? left.index : 0
}

/** Results while typing, over everything that is on this computer. */
export function SearchPage({ text }: { text: string }) {
  const results = useSearchResults(text)
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes
  const syncing = useQuery('sync.status', {}).data?.overall === 'syncing'
  const names = useMemo(() => new Map(mailboxes?.map((mailbox) => [mailbox.id, mailbox.name])), [mailboxes])
  const [active, setActive] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  const { hits, answeredFor, more, loadMore } = results
  useEffect(() => setActive(leftAt(answeredFor)), [answeredFor])

  const openAt = useCallback(
    (index: number) => {
      const hit = hits[index]
      if (!hit) return
      useSearch.setState({ left: { text: answeredFor ?? '', index } })
      openHit(hit)
    },
    [hits, answeredFor],
  )
  const move = useCallback(
    (delta: number) => setActive((now) => Math.max(0, Math.min(hits.length - 1, now + delta))),
    [hits.length],
  )
  // Whoever comes back from a result has no cursor in the field.
  const ifNoField = (does: () => void) => () => (document.activeElement === document.body ? does() : false)
  useShortcuts([
    { act: 'next', run: () => move(1) },
    { act: 'previous', run: () => move(-1) },
    { act: 'nextRow', run: ifNoField(() => move(1)) },
    { act: 'previousRow', run: ifNoField(() => move(-1)) },
    { act: 'open', run: ifNoField(() => openAt(active)) },
  ])
  useEffect(() => {
    const hands = {
      move,
      open: () => openAt(active),
    }
    useSearch.setState({ hands, activeId: hits[active] ? `hit-${active}` : null })
    return () => useSearch.setState((state) => (state.hands === hands ? { hands: null, activeId: null } : state))
  }, [hits, active, move, openAt])
  useEffect(() => {
    document.getElementById(`hit-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const onScroll = useCallback(() => {
    const box = scroller.current
    if (box && more && box.scrollTop + box.clientHeight * 2 > box.scrollHeight) loadMore()
  }, [more, loadMore])

  // A window that is higher than the first page cannot be scrolled to the next, and what somebody comes back to may stand further down.
  useEffect(() => {
    const box = scroller.current
    if (box && more && (leftAt(answeredFor) >= hits.length || box.scrollHeight <= box.clientHeight)) loadMore()
  }, [hits, answeredFor, more, loadMore])

  const asked = text.trim() !== ''
  return (
    <section
      className="pane"
      aria-label={t('search:region')}
      data-pane="search"
      aria-busy={(asked && answeredFor !== text.trim()) || undefined}
    >
      <h1 className="sr">{t('search:region')}</h1>
      <div className="shead">
        <div className="tabs" aria-live="polite">
          <span className="on">
            {t('search:conversations')}{' '}
            {asked && results.total !== null && (
              <span className="t3 num">{shownTotal(results.total, results.counted)}</span>
            )}
          </span>
          {asked && results.ms !== null && (
            <span className="push meta t3 num">
              {results.waiting > 0
                ? t('search:waiting', { count: results.waiting })
                : t('search:took', { ms: numberText(Math.max(1, Math.round(results.ms))) })}
            </span>
          )}
        </div>
      </div>
      <div className={`scroll${asked && hits.length > 0 ? '' : ' center'}`} ref={scroller} onScroll={onScroll}>
        {asked && results.partial > 0 && (
          <p className="hint search-part" role="status">
            {t('depth:search', { count: results.partial })}
          </p>
        )}
        {!asked && (
          <EmptyState icon={Search} title={t('search:beginTitle')}>
            {t('search:beginText')}
          </EmptyState>
        )}
        {asked && results.error && (
          <EmptyState
            icon={SearchX}
            title={t('search:failedTitle')}
            action={<Button onClick={results.again}>{t('common:retry')}</Button>}
          >
            {errorText(results.error)}
          </EmptyState>
        )}
        {asked && !results.error && answeredFor !== null && hits.length === 0 && (
          <EmptyState icon={SearchX} title={t('search:nothingTitle')}>
            {t('search:nothingText')}
            {syncing && ` ${t('search:nothingSyncing')}`}
          </EmptyState>
        )}
        {asked && hits.length > 0 && (
          <div id="search-results" role="listbox" aria-label={t('search:region')} tabIndex={-1}>
            {hits.map((hit, index) => (
              <Hit
                // a row takes the next letter's hit in place: ten rows made anew were a seventh of a letter's processor time
                key={index}
                hit={hit}
                index={index}
                on={index === active}
                onOpen={openAt}
                mailbox={hit.mailboxIds
                  .map((id) => names.get(id) ?? '')
                  .filter(Boolean)
                  .join(', ')}
              />
            ))}
          </div>
        )}
      </div>
    </section>
  )
}

const Hit = memo(function Hit({
  hit,
  index,
  on,
  onOpen,
  mailbox,
}: {
  hit: SearchHit
  index: number
  on: boolean
  onOpen: (index: number) => void
  mailbox: string
}) {
  return (
    <div
      id={`hit-${index}`}
      role="option"
      aria-selected={on}
      tabIndex={-1}
      className={`res${on ? ' on' : ''}`}
      onClick={() => onOpen(index)}
    >
      <Icon icon={Mail} />
      <div className="cut">
        <bdi className="strong">
          <Hits text={hit.person} />
        </bdi>
        <span className="t3 between">·</span>
        <bdi className="medium">{plain(hit.subject).trim() ? <Hits text={hit.subject} /> : t('common:noSubject')}</bdi>
      </div>
      <Time at={hit.at} form="search" />
      <p className="sn">
        <Hits text={hit.snippet} />
      </p>
      <div className="mt">
        <span>{t(`common:status.${hit.status}`)}</span>
        {mailbox && <bdi>{mailbox}</bdi>}
        {hit.attachmentCount > 0 && (
          <span className="x g1" data-tip={t('search:attachments', { count: hit.attachmentCount })}>
            <Icon icon={Paperclip} small />
            {numberText(hit.attachmentCount)}
          </span>
        )}
      </div>
    </div>
  )
})
