import { Ban, CircleCheck, Download, Link2, ScrollText } from 'lucide-react'
import { useState } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { openConversation } from '../state/places'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { actWords } from '../text/log-words'
import { agoText, fullTime, searchTime } from '../text/time'
import { numberText } from '../text/numbers'
import { Avatar } from '../ui/avatar'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Checkbox, Select } from '../ui/field'
import { Icon } from '../ui/icon'
import { Section } from './section'

type Entry = CallOutput<'accessLog.list'>['entries'][number]
const periods = { today: 1, week: 7, month: 30, all: null } as const
type Period = keyof typeof periods
const isPeriod = (name: string): name is Period => Object.hasOwn(periods, name)
const periodNames = Object.keys(periods).filter(isPeriod)
const page = 100
/** More lines than this are for the export. */
const most = 1000

/** What was done; the number of a conversation that is here leads to it. */
function Words({ entry }: { entry: Entry }) {
  const { object, number } = entry
  const words = actWords(entry)
  const id = object?.kind === 'conversation' && number !== null ? Number(object.id) : null
  const mark = `#${number}`
  if (id === null || !words.endsWith(mark)) return words
  return (
    <>
      {words.slice(0, -mark.length)}
      <button type="button" className="link" onClick={() => openConversation(id)}>
        {mark}
      </button>
    </>
  )
}

function Line({ entry, now }: { entry: Entry; now: number }) {
  const refused = entry.act === 'refused' || entry.act === 'sign-in-refused'
  return (
    <tr>
      <td className="num t2 nowrap" data-tip={fullTime(entry.at)}>
        {searchTime(entry.at, now)}
      </td>
      <td>
        <span className="x log-who">
          <Avatar name={entry.who.name} seed={entry.who.fingerprint ?? entry.who.name} size="sm" />
          <bdi data-tip={entry.who.fingerprint}>{entry.who.name}</bdi>
        </span>
      </td>
      <td>
        <span className="x wrap">
          <bdi>
            <Words entry={entry} />
          </bdi>
          {refused && (
            <span className="chip sm bad">
              <Icon icon={Ban} />
              {t('privacy:log.refused')}
            </span>
          )}
        </span>
      </td>
      <td className="t2">
        <bdi>{entry.deviceName}</bdi>
      </td>
      <td className="r mono t3 nowrap" data-tip={entry.hash}>
        {entry.seq} · {entry.hash.slice(0, 4)}…{entry.hash.slice(-4)}
      </td>
    </tr>
  )
}

async function save(by: string): Promise<void> {
  try {
    const { saved, entries, proof } = await call('app.saveAccessLog', { by })
    if (saved) showToast({ text: t('privacy:log.exported', { count: entries, proof }) })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

async function acknowledge(): Promise<void> {
  try {
    await call('accessLog.acknowledge', {})
    showToast({ text: t('privacy:log.acknowledged') })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Who looked, what they saw, and whether the log still holds. */
export function AccessLog() {
  const [who, setWho] = useState('')
  const [period, setPeriod] = useState<Period>('month')
  const [looksOnly, setLooksOnly] = useState(false)
  const [shown, setShown] = useState(page)
  const [checking, setChecking] = useState(false)
  const now = useNow()
  const query = useQuery('accessLog.list', {
    who: who === '' ? null : who,
    days: periods[period],
    looksOnly,
    limit: shown,
  })
  const verdict = useQuery('accessLog.verdict', {}).data?.verdict ?? null
  const by = useQuery('settings.get', {}).data?.agentName ?? ''
  const { data, error, refetch } = query
  const check = async () => {
    setChecking(true)
    try {
      await call('accessLog.verify', {})
    } catch (thrown) {
      tellFailure(thrown)
    }
    setChecking(false)
  }
  const mark = checking ? (
    <span className="chip">{t('privacy:log.checking')}</span>
  ) : verdict === null ? (
    <span className="chip">{t('privacy:log.unchecked')}</span>
  ) : verdict.fault ? (
    <span className="chip bad">
      <Icon icon={Link2} />
      {t('privacy:log.broken', { entry: numberText(verdict.fault.entry) })}
    </span>
  ) : !verdict.witnessed ? (
    <span className="chip" data-tip={t('privacy:log.unwitnessedTip')}>
      {t('privacy:log.unwitnessed')}
    </span>
  ) : (
    <span className="chip good">
      <Icon icon={Link2} />
      {t('privacy:log.verified', { count: verdict.entries, when: agoText(verdict.at, now) })}
    </span>
  )
  const filtered = who !== '' || period !== 'all' || looksOnly
  return (
    <Section
      title={t('privacy:log.title')}
      mark={mark}
      acts={
        <>
          <Button icon={CircleCheck} busy={checking} onClick={() => void check()}>
            {t(checking ? 'privacy:log.checking' : 'privacy:log.check')}
          </Button>
          <Button icon={Download} onClick={() => void save(by)}>
            {t('privacy:log.export')}
          </Button>
        </>
      }
    >
      {verdict?.fault && (
        <Banner
          kind="bad"
          urgent
          top
          className="sec-note"
          actions={
            ['rolled-back', 'forked'].includes(verdict.fault.why) ? (
              <Button size="sm" onClick={() => void acknowledge()}>
                {t('privacy:log.acknowledge')}
              </Button>
            ) : undefined
          }
        >
          {verdict.fault.of === null
            ? t(`privacy:log.faults.${verdict.fault.why}`, { entry: numberText(verdict.fault.entry) })
            : t('privacy:log.otherFault', { name: verdict.fault.of, entry: numberText(verdict.fault.entry) })}{' '}
          {t('privacy:log.faultText')}
        </Banner>
      )}
      <div className="x wrap log-filter">
        <span className="period">
          <Select
            small
            aria-label={t('privacy:log.who')}
            value={who}
            options={[
              { value: '', label: t('privacy:log.everyone') },
              ...(data?.who ?? []).map(({ key, name }) => ({ value: key, label: name })),
            ]}
            onChange={(event) => setWho(event.target.value)}
          />
        </span>
        <span className="period">
          <Select
            small
            aria-label={t('privacy:log.days')}
            value={period}
            options={periodNames.map((value) => ({ value, label: t(`privacy:log.periods.${value}`) }))}
            onChange={(event) => isPeriod(event.target.value) && setPeriod(event.target.value)}
          />
        </span>
        <Checkbox
          label={t('privacy:log.looksOnly')}
          checked={looksOnly}
          onChange={(event) => setLooksOnly(event.target.checked)}
        />
      </div>
      {error && !data && (
        <EmptyState
          icon={ScrollText}
          title={t('privacy:failed')}
          action={<Button onClick={refetch}>{t('retry')}</Button>}
        >
          {errorText(error)}
        </EmptyState>
      )}
      {data && (
        <div className="card clip">
          {data.entries.length === 0 ? (
            <EmptyState icon={ScrollText} title={t('privacy:log.empty')}>
              {t(filtered ? 'privacy:log.emptyFilter' : 'privacy:log.emptyText')}
            </EmptyState>
          ) : (
            <table aria-label={t('privacy:log.title')}>
              <thead>
                <tr>
                  <th>{t('privacy:log.when')}</th>
                  <th>{t('privacy:log.whoColumn')}</th>
                  <th>{t('privacy:log.what')}</th>
                  <th>{t('privacy:log.device')}</th>
                  <th className="r">{t('privacy:log.entry')}</th>
                </tr>
              </thead>
              <tbody>
                {data.entries.map((entry) => (
                  <Line key={`${entry.device} ${entry.seq}`} entry={entry} now={now} />
                ))}
              </tbody>
            </table>
          )}
          {data.more && shown < most && (
            <div className="log-more">
              <Button size="sm" onClick={() => setShown(Math.min(most, shown * 2))}>
                {t('privacy:log.more')}
              </Button>
            </div>
          )}
          <div className="log-foot meta t3">
            <span className="grow">{t('privacy:log.foot')}</span>
            <span>{t('privacy:log.how')}</span>
          </div>
        </div>
      )}
    </Section>
  )
}
