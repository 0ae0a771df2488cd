import { Pencil, Plus, ScrollText, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { noticeDays, noticeOf, type RegisterKind } from '../../src-preload/contract/processors'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { useNow } from '../state/clock'
import { errorText, t } from '../text'
import { listText } from '../text/lists'
import { calendarText, fieldTime } from '../text/time'
import { Button } from '../ui/button'
import { CardTable } from '../ui/card-table'
import { EmptyState } from '../ui/empty-state'
import { MoreMenu } from '../ui/menu'
import { DefinitionConflicts } from '../work/definition-conflicts'
import { EditEntry } from './register-dialog'
import { Section } from './section'
import { useMailboxes } from '../work/mailboxes'

type Entry = CallOutput<'register.list'>['entries'][number]

/** Who handles the data because of what is set up here; nobody has to write it down. */
function useFromSettings(): { key: string; who: string; does: string; data: string }[] {
  const mailboxes = useMailboxes()
  const signIns = useQuery('app.signIns', {}).data?.signIns ?? []
  const team = useQuery('team.state', {}).data
  const grants = useQuery('grants.list', {}).data?.grants ?? []
  const nameOf = (id: number): string => mailboxes.find((one) => one.id === id)?.name ?? ''
  const hosts = Map.groupBy(
    mailboxes
      .filter(({ local }) => !local)
      .flatMap(({ name, imap, smtp }) => [...new Set([imap.host, smtp.host])].map((host) => ({ host, name }))),
    ({ host }) => host,
  )
  const services = Map.groupBy(signIns, ({ service }) => service)
  return [
    ...[...hosts].map(([host, of]) => ({
      key: `mail ${host}`,
      who: host,
      does: t('register:mail'),
      data: t('register:mailData', { mailboxes: listText(of.map(({ name }) => name)) }),
    })),
    ...[...services].map(([service, of]) => ({
      key: `sign-in ${service}`,
      who: service,
      does: t('register:signIn', { mailboxes: listText(of.map(({ mailboxId }) => nameOf(mailboxId))) }),
      data: t('register:signInData'),
    })),
    ...(team?.carrier.kind === 'nats'
      ? [{ key: 'nats', who: team.carrier.url, does: t('register:carrier'), data: t('register:carrierData') }]
      : []),
    ...grants
      .filter(({ state }) => state === 'live')
      .map(({ id, identity, scope }) => ({
        key: `grant ${id}`,
        who: `${identity.name}, ${identity.organisation}`,
        does: t('register:support'),
        data: t(`privacy:scopes.${scope}`),
      })),
  ]
}

async function remove({ name, label }: Entry): Promise<void> {
  try {
    await tellDone(t('register:removed', { label }), call('register.remove', { name }))
  } catch (thrown) {
    tellFailure(thrown)
  }
}

function Acts({ entry, onChange }: { entry: Entry; onChange: (entry: Entry) => void }) {
  return (
    <MoreMenu
      label={t('register:more', { label: entry.label })}
      items={[
        { label: t('register:change'), icon: Pencil, onSelect: () => onChange(entry) },
        'separator',
        { label: t('register:remove'), icon: Trash2, danger: true, onSelect: () => void remove(entry) },
      ]}
    />
  )
}

interface Part {
  entries: readonly Entry[]
  mayChange: boolean
  today: string
  onChange: (entry: Entry) => void
}

function ProcessorTable({ entries, mayChange, today, onChange }: Part) {
  const known = useFromSettings()
  return (
    <CardTable
      name={t('register:title')}
      heads={[t('register:who'), t('register:does'), t('register:data'), t('register:where')]}
      acts={mayChange ? t('register:acts') : undefined}
    >
      {known.map(({ key, who, does, data }) => (
        <tr key={key}>
          <td>
            <bdi>{who}</bdi>
          </td>
          <td>
            <bdi>{does}</bdi>
          </td>
          <td>
            <bdi>{data}</bdi>
          </td>
          <td className="t3">{t('register:fromSettings')}</td>
          {mayChange && <td />}
        </tr>
      ))}
      {entries.map((entry) => (
        <tr key={entry.name}>
          <td>
            <bdi>{entry.label}</bdi>
          </td>
          <td>
            <bdi>{entry.purpose}</bdi>
          </td>
          <td>
            <bdi>{entry.data}</bdi>
          </td>
          <td className="t2">
            <bdi>
              {[
                entry.place,
                entry.from === null
                  ? ''
                  : t(entry.from > today ? 'register:upcoming' : 'register:since', { day: calendarText(entry.from) }),
              ]
                .filter((text) => text !== '')
                .join(', ')}
            </bdi>
            <Notice entry={entry} />
          </td>
          {mayChange && (
            <td className="r">
              <Acts entry={entry} onChange={onChange} />
            </td>
          )}
        </tr>
      ))}
    </CardTable>
  )
}

/** Said only where people were told too late. */
function Notice({ entry }: { entry: Entry }) {
  const notice = noticeOf(entry)
  return notice === null || notice >= noticeDays ? null : (
    <>
      {' '}
      <span className="chip sm bad">{t('register:short', { days: noticeDays })}</span>
    </>
  )
}

function PolicyTable({ entries, mayChange, today, onChange }: Part) {
  const current = entries.find(({ from }) => from !== null && from <= today)
  const stateOf = ({ name, from }: Entry): ReactNode => {
    if (from === null) return null
    if (name === current?.name) return <span className="chip sm good">{t('register:states.current')}</span>
    if (from <= today) return <span className="t3">{t('register:states.past')}</span>
    const left = noticeOf({ announced: today, from }) ?? 0
    return <span className="chip sm">{t('register:states.coming', { days: t('register:days', { count: left }) })}</span>
  }
  return (
    <CardTable
      name={t('register:policies')}
      heads={[
        t('register:version'),
        t('register:changes'),
        t('register:announced'),
        t('register:from'),
        t('register:notice'),
      ]}
      acts={mayChange ? t('register:acts') : undefined}
    >
      {entries.map((entry) => {
        const notice = noticeOf(entry)
        return (
          <tr key={entry.name}>
            <td>
              <bdi>{entry.label}</bdi> {stateOf(entry)}
            </td>
            <td>
              <bdi>{entry.purpose}</bdi>
            </td>
            <td className="t2 nowrap">
              {entry.announced === null ? t('register:unsaid') : calendarText(entry.announced)}
            </td>
            <td className="t2 nowrap">{entry.from === null ? t('register:unsaid') : calendarText(entry.from)}</td>
            <td className="nowrap">
              {notice !== null && t('register:days', { count: notice })}
              <Notice entry={entry} />
            </td>
            {mayChange && (
              <td className="r">
                <Acts entry={entry} onChange={onChange} />
              </td>
            )}
          </tr>
        )
      })}
    </CardTable>
  )
}

/** Who handles the workspace's data, and the versions of its own privacy policy with the notice that was given. */
export function Processors() {
  const now = useNow()
  const { data, error, refetch } = useQuery('register.list', {})
  const [edited, setEdited] = useState<Entry | RegisterKind | null>(null)
  if (error && !data)
    return (
      <EmptyState
        icon={ScrollText}
        title={t('privacy:failed')}
        action={<Button onClick={refetch}>{t('retry')}</Button>}
      >
        {errorText(error)}
      </EmptyState>
    )
  if (!data) return null
  const { entries, mayChange } = data
  const today = fieldTime(now).slice(0, 10)
  const part = (kind: RegisterKind): Part => ({
    entries: entries.filter((entry) => entry.kind === kind),
    mayChange,
    today,
    onChange: setEdited,
  })
  const add = (kind: RegisterKind, words: string) => (
    <Button
      icon={Plus}
      disabled={!mayChange}
      {...(mayChange ? {} : { title: t('register:noPermission') })}
      onClick={() => setEdited(kind)}
    >
      {words}
    </Button>
  )
  const policies = part('policy')
  return (
    <>
      <DefinitionConflicts kind="processor" />
      <Section title={t('register:title')} text={t('register:text')} acts={add('processor', t('register:add'))}>
        <ProcessorTable {...part('processor')} />
      </Section>
      <Section
        title={t('register:policies')}
        text={t('register:policiesText', { days: noticeDays })}
        acts={add('policy', t('register:addPolicy'))}
      >
        {policies.entries.length === 0 ? (
          <div className="card">
            <EmptyState icon={ScrollText} title={t('register:policiesEmpty')}>
              {t('register:policiesEmptyText')}
            </EmptyState>
          </div>
        ) : (
          <PolicyTable {...policies} />
        )}
      </Section>
      {edited !== null && <EditEntry edited={edited} today={today} onClose={() => setEdited(null)} />}
    </>
  )
}
