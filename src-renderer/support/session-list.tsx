import { Inbox } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { View } from '../../src-preload/contract'
import type { CallError } from '../client'
import { useQuery } from '../live'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Time } from '../ui/time'

export type Shown =
  | { kind: 'list'; view: View; mailboxId: number | null }
  | { kind: 'search'; text: string }
  | { kind: 'diagnostics' }

interface Row {
  id: number
  who: string
  subject: string
  snippet: string
  at: number
  unread: boolean
}
const page = 50

interface Body {
  /** Undefined while they are fetched. */
  rows: readonly Row[] | undefined
  error: CallError | null
  openId: number | null
  onOpen: (id: number) => void
  children?: ReactNode
}

/** What was found, or why there is nothing; below it what `children` add. */
function Rows({ rows, error, openId, onOpen, children }: Body) {
  return (
    <div className="scroll" tabIndex={-1}>
      {error && (
        <EmptyState icon={Inbox} title={t('support:failed')}>
          {errorText(error)}
        </EmptyState>
      )}
      {rows?.length === 0 && <EmptyState icon={Inbox} title={t('support:empty')} />}
      <ul aria-label={t('support:list')}>
        {rows?.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              className={`ses-row${row.id === openId ? ' on' : ''}${row.unread ? ' unread' : ''}`}
              aria-current={row.id === openId ? 'true' : undefined}
              onClick={() => onOpen(row.id)}
            >
              <span className="x">
                <bdi className="who cut grow">{row.who}</bdi>
                <Time at={row.at} className="t3 meta nowrap" />
              </span>
              <bdi className="subj cut">{row.subject || t('support:noSubject')}</bdi>
              {row.snippet !== '' && <bdi className="snip cut t3">{row.snippet}</bdi>}
            </button>
          </li>
        ))}
      </ul>
      {children}
    </div>
  )
}

function ViewList({
  view,
  mailboxId,
  openId,
  onOpen,
}: {
  view: View
  mailboxId: number | null
  openId: number | null
  onOpen: (id: number) => void
}) {
  const [limit, setLimit] = useState(page)
  const { data, error } = useQuery('conversations.list', { view, mailboxId, offset: 0, limit: Math.min(200, limit) })
  const rows = data?.rows.map((row): Row => ({
    id: row.id,
    who: row.people.join(', '),
    subject: row.subject,
    snippet: row.snippet,
    at: row.lastAt,
    unread: row.unread,
  }))
  return (
    <>
      <div className="panehead">
        <h1 className="title cut">{t(`common:nav.${view}`)}</h1>
        <span className="t3 num nowrap">{data ? t('support:count', { count: data.total }) : ''}</span>
      </div>
      <Rows rows={rows} error={error} openId={openId} onOpen={onOpen}>
        {data && data.total > data.rows.length && limit < 200 && (
          <div className="ses-more">
            <Button size="sm" onClick={() => setLimit(limit + page)}>
              {t('support:more')}
            </Button>
          </div>
        )}
      </Rows>
    </>
  )
}

function Found({ text, openId, onOpen }: { text: string; openId: number | null; onOpen: (id: number) => void }) {
  const { data, error } = useQuery('search.query', { text, limit: page })
  const rows = data?.hits.map((hit): Row => ({
    id: hit.conversationId,
    who: hit.person.join(''),
    subject: hit.subject.join(''),
    snippet: hit.snippet.join(''),
    at: hit.at,
    unread: false,
  }))
  return (
    <>
      <div className="panehead">
        <h1 className="title cut">
          <bdi>{t('support:searchFor', { text })}</bdi>
        </h1>
        <span className="t3 num nowrap">{data ? t('support:results', { count: data.total }) : ''}</span>
      </div>
      <Rows rows={rows} error={error} openId={openId} onOpen={onOpen} />
    </>
  )
}

/** Conversations of a view or of a search. */
export function SessionList({
  shown,
  openId,
  onOpen,
}: {
  shown: Exclude<Shown, { kind: 'diagnostics' }>
  openId: number | null
  onOpen: (id: number) => void
}) {
  return (
    <section className="pane list" aria-label={t('support:list')} tabIndex={-1}>
      {shown.kind === 'list' ? (
        <ViewList view={shown.view} mailboxId={shown.mailboxId} openId={openId} onOpen={onOpen} />
      ) : (
        <Found text={shown.text} openId={openId} onOpen={onOpen} />
      )}
    </section>
  )
}
