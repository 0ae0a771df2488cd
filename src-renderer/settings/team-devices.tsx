import { Laptop } from 'lucide-react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { t } from '../text'
import { fullTime } from '../text/time'
import { Button } from '../ui/button'
import { Select } from '../ui/field'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { Row } from './row'
import './settings.css'

type Device = TeamState['devices'][number]

/** Away for so long that somebody should ask where it is, days. */
const longAwayDays = 7
const daysSince = (at: number) => Math.floor((Date.now() - at) / 86_400_000)
const away = (device: Device) =>
  !device.this && !device.gone && device.heardAt !== null && daysSince(device.heardAt) >= longAwayDays

export function Devices({
  team,
  owner,
  onOpen,
  onRecover,
  onCarrier,
}: {
  team: TeamState
  owner: boolean
  onOpen: (is: 'retire' | 'rename', device: Device) => void
  onRecover: () => void
  onCarrier: () => void
}) {
  return (
    <section aria-label={t('team:devices.title')}>
      <div className="x group-head">
        <h2 className="grow">{t('team:devices.title')}</h2>
        {team.membership === 'member' && (
          <Button size="sm" onClick={onRecover}>
            {t('team:devices.recover')}
          </Button>
        )}
      </div>
      <div className="card">
        {team.devices.map((device) => (
          <div key={device.id} className="set">
            <span className="t2">
              <Icon icon={Laptop} />
            </span>
            <div className="grow">
              <div className="cut medium">
                <bdi>{device.name === '' ? t('team:devices.noName', { member: device.memberName }) : device.name}</bdi>{' '}
                {device.this && <span className="t3">{t('team:devices.this')}</span>}
              </div>
              <div className="meta t3 sel">
                {t('team:devices.id', { id: device.id.replace(/(.{4})(?=.)/g, '$1 ') })}
                {device.owner && <>, {t('team:devices.ownerDevice')}</>}
                {device.heardAt !== null && (
                  <>
                    ,{' '}
                    {away(device) ? (
                      <span className="warn">{t('team:lease.notSeen', { count: daysSince(device.heardAt) })}</span>
                    ) : (
                      <Time at={device.heardAt} form="ago" />
                    )}
                  </>
                )}
              </div>
              {device.erase && <Erased erase={device.erase} />}
            </div>
            {device.gone ? (
              <span className="chip sm">{t('team:devices.gone')}</span>
            ) : (
              owner && (
                <>
                  <Button kind="ghost" size="sm" onClick={() => onOpen('rename', device)}>
                    {t('team:devices.rename')}
                  </Button>
                  {!device.owner && (
                    <Button kind="danger" size="sm" onClick={() => onOpen('retire', device)}>
                      {t('team:devices.retire')}
                    </Button>
                  )}
                </>
              )
            )}
          </div>
        ))}
      </div>
      <div className="card team-over">
        <div className="set">
          <div className="grow">
            <div className="medium">{t('team:create.over')}</div>
            <p>{team.carrier.kind === 'nats' ? <bdi>{team.carrier.url}</bdi> : t('team:create.overs.mailbox')}</p>
          </div>
          {owner && (
            <Button size="sm" onClick={onCarrier}>
              {t('team:devices.carrierChange')}
            </Button>
          )}
        </div>
        <LeaseRow owner={owner} />
        {team.summary && (
          <div className="set">
            <div className="grow">
              <div className="medium">{t('team:devices.summary')}</div>
              <p>
                {t('team:devices.summaryText', {
                  when: fullTime(team.summary.at),
                  confirmed: team.summary.confirmed,
                  of: team.summary.of,
                })}
              </p>
            </div>
          </div>
        )}
      </div>
    </section>
  )
}

const leases = [7, 14, 30, 60, 90] as const

function LeaseRow({ owner }: { owner: boolean }) {
  const { days = null, mostDays = null } = useQuery('team.lease', {}).data ?? {}
  const offered = leases.filter((value) => mostDays === null || value <= mostDays)
  const name = (value: number | null) =>
    value === null ? t('team:lease.never') : t('team:lease.days', { count: value })
  const choose = (value: string) =>
    void call('team.setLease', { days: value === '' ? null : Number(value) }).then(
      () => showToast({ text: t('team:lease.saved') }),
      tellFailure,
    )
  return (
    <Row title={t('team:lease.title')} text={t('team:lease.text')}>
      {(ids) =>
        owner ? (
          <Select
            aria-labelledby={ids.labelledBy}
            aria-describedby={ids.describedBy}
            value={days === null ? '' : String(days)}
            options={[
              ...(mostDays === null ? [{ value: '', label: name(null) }] : []),
              ...(days === null || offered.some((value) => value === days)
                ? []
                : [{ value: String(days), label: name(days) }]),
              ...offered.map((value) => ({ value: String(value), label: name(value) })),
            ]}
            onChange={(event) => choose(event.target.value)}
          />
        ) : (
          <span className="t2">{name(days)}</span>
        )
      }
    </Row>
  )
}

/** Whether a computer that was taken out has destroyed its copy, and what became of the unsent. */
function Erased({ erase }: { erase: NonNullable<TeamState['devices'][number]['erase']> }) {
  if (erase.at === null) return <div className="meta warn">{t('team:devices.eraseAsked')}</div>
  return (
    <div className="meta t3 sel">
      {t('team:devices.erased', { when: fullTime(erase.at) })}
      {erase.kept > 0 && <>, {t('team:devices.handedOver', { count: erase.kept })}</>}
      {erase.lost > 0 && <>, {t('team:devices.lostTexts', { count: erase.lost })}</>}
    </div>
  )
}
