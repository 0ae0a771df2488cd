import { Ban, Download, Globe, OctagonAlert } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { keep } from '../state/keep'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { agoText, dayText, fullTime } from '../text/time'
import { sizeText } from '../text/numbers'
import { Button } from '../ui/button'
import { CardTable } from '../ui/card-table'
import { EmptyState } from '../ui/empty-state'
import { Select, Switch } from '../ui/field'
import { Icon } from '../ui/icon'
import { LockMark } from '../ui/lock-mark'
import { Section } from './section'

type Row = CallOutput<'ledger.list'>['rows'][number]
const periods = { today: 1, week: 7, month: 30, all: null } as const
type Period = keyof typeof periods
const isPeriod = (name: string): name is Period => Object.hasOwn(periods, name)
const periodNames = Object.keys(periods).filter(isPeriod)

function purpose(row: Row): string {
  const name = row.mailboxName ?? t('privacy:network.formerMailbox')
  return t(`privacy:network.uses.${row.use}`, { name })
}

async function save(): Promise<void> {
  try {
    if ((await call('app.saveLedger', {})).saved) showToast({ text: t('privacy:network.exported') })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function Line({ row, now }: { row: Row; now: number }) {
  const counts = {
    connections: t('privacy:network.connections', { count: row.begun }),
    failed: t('privacy:network.failures', { count: row.failed }),
    first: fullTime(row.firstAt),
  }
  return (
    <tr className={row.verdict === 'unexpected' ? 'alarm' : ''}>
      <td>
        <span
          className="mono"
          data-tip={
            row.addresses.length > 0
              ? t('privacy:network.address', { list: row.addresses.slice(0, 6).join(', ') })
              : undefined
          }
        >
          {row.host === '*' ? t('privacy:network.many') : `${row.host}:${row.port}`}
        </span>
        {row.addresses.some((address) => address !== row.host) && (
          <div className="meta t3 mono">{row.addresses.slice(0, 3).join(', ')}</div>
        )}
      </td>
      <td className="t2">
        <div data-tip={t('privacy:network.details', counts)}>{purpose(row)}</div>
        <div className="x wrap">
          {row.verdict === 'unexpected' && (
            <span className="chip sm bad">
              <Icon icon={OctagonAlert} />
              {t('privacy:network.unexpected')}
            </span>
          )}
          {row.verdict === 'gone' && <span className="chip sm line">{t('privacy:network.gone')}</span>}
          {row.blocked > 0 && (
            <span className="chip sm">
              <Icon icon={Ban} />
              {t('privacy:network.blocked', { count: row.blocked })}
            </span>
          )}
          {row.result !== null && row.blocked === 0 && (
            <span className="chip sm warn" data-tip={row.result}>
              {t('privacy:network.failing')}
            </span>
          )}
        </div>
      </td>
      <td className="r num t2 nowrap">{sizeText(row.sent)}</td>
      <td className="r num nowrap">{sizeText(row.received)}</td>
      <td className="r num t2 nowrap" data-tip={fullTime(row.lastAt)}>
        {agoText(row.lastAt, now)}
      </td>
    </tr>
  )
}

/** Where every byte went: one line for each host and purpose. */
export function Network() {
  const [period, setPeriod] = useState<Period>('week')
  const now = useNow()
  const { data, error, refetch } = useQuery('ledger.list', { days: periods[period] })
  const policy = useQuery('policy.get', {}).data
  const forced = policy?.policy.blockUnexpectedHosts
  const managed = forced !== undefined
  const block = useQuery('settings.get', {}).data?.blockUnexpectedHosts
  return (
    <>
      <Section
        title={t('privacy:network.title')}
        text={
          <>
            {t('privacy:network.text')}
            {data && data.since !== null ? ` ${t('privacy:network.since', { day: dayText(data.since) })}` : ''}
          </>
        }
        acts={
          <>
            <span className="period">
              <Select
                small
                aria-label={t('privacy:network.period')}
                value={period}
                options={periodNames.map((value) => ({ value, label: t(`privacy:network.periods.${value}`) }))}
                onChange={(event) => isPeriod(event.target.value) && setPeriod(event.target.value)}
              />
            </span>
            <Button icon={Download} onClick={() => void save()}>
              {t('privacy:network.export')}
            </Button>
          </>
        }
      >
        {error && !data && (
          <EmptyState icon={Globe} title={t('privacy:failed')} action={<Button onClick={refetch}>{t('retry')}</Button>}>
            {errorText(error)}
          </EmptyState>
        )}
        {data && data.rows.length === 0 && (
          <div className="card">
            <EmptyState icon={Globe} title={t('privacy:network.empty')}>
              {t('privacy:network.emptyText')}
            </EmptyState>
          </div>
        )}
        {data && data.rows.length > 0 && (
          <CardTable
            name={t('privacy:network.title')}
            heads={[
              t('privacy:network.host'),
              t('privacy:network.purpose'),
              { end: t('privacy:network.sent') },
              { end: t('privacy:network.received') },
              { end: t('privacy:network.last') },
            ]}
          >
            {data.rows.map((row) => (
              <Line key={`${row.host} ${row.port} ${row.use} ${row.mailboxId} ${row.verdict}`} row={row} now={now} />
            ))}
          </CardTable>
        )}
      </Section>
      {block !== undefined && (
        <div className="card">
          <div className="set">
            <div className="grow">
              <div className="medium" id="block-hosts">
                {t('privacy:network.blockTitle')}
              </div>
              <p id="block-hosts-text">{t('privacy:network.blockText')}</p>
            </div>
            {managed && <LockMark />}
            <Switch
              disabled={managed}
              on={forced ?? block}
              labelledBy="block-hosts"
              describedBy="block-hosts-text"
              onChange={(on) => void keep({ blockUnexpectedHosts: on })}
            />
          </div>
        </div>
      )}
    </>
  )
}
