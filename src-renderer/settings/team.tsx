import { Check, Ellipsis, Laptop, Plus, UserPlus, Users } from 'lucide-react'
import { useState } from 'react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { fullTime } from '../text/time'
import { Avatar } from '../ui/avatar'
import { Button, IconButton } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Select } from '../ui/field'
import { Icon } from '../ui/icon'
import { Menu, type MenuPart } from '../ui/menu'
import { Page } from '../ui/page'
import { Time } from '../ui/time'
import {
  ApproveDialog,
  CarrierDialog,
  InviteDialog,
  RecoverDialog,
  RemoveDialog,
  RenameDialog,
  RetireDialog,
} from './team-dialogs'
import { Row } from './row'
import { CreateDialog, JoinDialog, StartRecoveryDialog } from './team-start'
import { TeamTrouble } from './team-trouble'
import { Words } from './team-words'
import './settings.css'

type Member = TeamState['members'][number]
type Device = TeamState['devices'][number]
type Open =
  | { is: 'create' | 'join' | 'invite' | 'recover' | 'start-recovery' | 'carrier' }
  | { is: 'remove' | 'another'; member: Member }
  | { is: 'approve'; invite: TeamState['invites'][number] }
  | { is: 'retire' | 'rename'; device: Device }

const tabs = ['people', 'roles', 'invites', 'devices'] as const
const changeable = ['admin', 'agent', 'light'] as const

/** Who works here together: people, roles, invitations, devices. Alone, it offers to make a team or to join one. */
export function Team({ part }: { part: string | null }) {
  const { data: team, error, refetch } = useQuery('team.state', {}, { topics: ['team', 'settings'] })
  const [shown, setShown] = useState(part ?? 'people')
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  if (!team)
    return (
      <Page title={t('settings:pages.team')}>
        {error && (
          <EmptyState icon={Users} title={t('team:failed')} action={<Button onClick={refetch}>{t('retry')}</Button>}>
            {errorText(error)}
          </EmptyState>
        )}
      </Page>
    )
  // Beside the page, so that a dialog outlives the step from alone to a team.
  return (
    <>
      <Shown team={team} onOpen={setOpen} shown={shown} onShow={setShown} />
      {open?.is === 'create' && <CreateDialog onClose={close} onMade={() => setOpen({ is: 'invite' })} />}
      {open?.is === 'join' && <JoinDialog onClose={close} />}
      {open?.is === 'invite' && <InviteDialog onClose={close} />}
      {open?.is === 'another' && <InviteDialog member={open.member} onClose={close} />}
      {open?.is === 'start-recovery' && <StartRecoveryDialog onClose={close} />}
      {open?.is === 'carrier' && <CarrierDialog carrier={team.carrier} onClose={close} />}
      {open?.is === 'recover' && <RecoverDialog onClose={close} />}
      {open?.is === 'remove' && <RemoveDialog member={open.member} onClose={close} />}
      {open?.is === 'approve' && <ApproveDialog invite={open.invite} onClose={close} />}
      {open?.is === 'retire' && <RetireDialog device={open.device} onClose={close} />}
      {open?.is === 'rename' && <RenameDialog device={open.device} onClose={close} />}
    </>
  )
}

function Shown({
  team,
  onOpen,
  shown,
  onShow,
}: {
  team: TeamState
  onOpen: (open: Open) => void
  shown: string
  onShow: (tab: string) => void
}) {
  if (team.membership === 'none') {
    return (
      <Page title={t('settings:pages.team')}>
        <div className="card">
          <EmptyState
            icon={Users}
            title={t('team:alone.title')}
            action={
              <>
                <Button kind="primary" icon={Users} onClick={() => onOpen({ is: 'create' })}>
                  {t('team:alone.create')}
                </Button>
                <Button onClick={() => onOpen({ is: 'join' })}>{t('team:alone.join')}</Button>
                <Button kind="ghost" onClick={() => onOpen({ is: 'start-recovery' })}>
                  {t('team:alone.recover')}
                </Button>
              </>
            }
          >
            {t('team:alone.text')}
          </EmptyState>
        </div>
      </Page>
    )
  }
  if (team.membership === 'joining')
    return (
      <Page title={t('settings:pages.team')}>
        <Joining team={team} />
      </Page>
    )
  const owner = team.membership === 'owner'
  const people = team.members.filter(({ removedAt }) => removedAt === null)
  return (
    <Page
      title={t('settings:pages.team')}
      end={
        <>
          <span className="meta t3">
            {team.waiting > 0 ? t('team:link.waiting', { count: team.waiting }) : t(`team:link.${team.link}`)}
          </span>
          {owner && (
            <Button kind="primary" icon={UserPlus} onClick={() => onOpen({ is: 'invite' })}>
              {t('team:invite')}
            </Button>
          )}
        </>
      }
      tabs={{
        label: t('team:tabsLabel'),
        shown,
        onShow,
        all: tabs
          .filter((id) => owner || id !== 'invites')
          .map((id) => ({
            id,
            name: t(`team:tabs.${id}`),
            count:
              id === 'people'
                ? people.length
                : id === 'devices'
                  ? team.devices.filter(({ gone }) => !gone).length
                  : id === 'invites'
                    ? team.invites.length
                    : undefined,
          })),
      }}
    >
      {team.membership === 'removed' && <Removed />}
      <TeamTrouble
        team={team}
        onCarrier={() => onOpen({ is: 'carrier' })}
        onRetire={(id) => {
          const device = team.devices.find((one) => one.id === id)
          if (device) onOpen({ is: 'retire', device })
        }}
      />
      {shown === 'people' && (
        <People
          team={team}
          owner={owner}
          onRemove={(member) => onOpen({ is: 'remove', member })}
          onAnother={(member) => onOpen({ is: 'another', member })}
        />
      )}
      {shown === 'roles' && <Roles />}
      {shown === 'invites' && owner && (
        <Invites
          team={team}
          onReview={(invite) => onOpen({ is: 'approve', invite })}
          onInvite={() => onOpen({ is: 'invite' })}
        />
      )}
      {shown === 'devices' && (
        <Devices
          team={team}
          owner={owner}
          onOpen={(is, device) => onOpen({ is, device })}
          onRecover={() => onOpen({ is: 'recover' })}
          onCarrier={() => onOpen({ is: 'carrier' })}
        />
      )}
    </Page>
  )
}

function Joining({ team }: { team: TeamState }) {
  if (team.recovering !== null) {
    const what = team.recovering
    return (
      <div className="card">
        <EmptyState
          icon={Users}
          title={t(`team:start.${what}Title`)}
          action={
            <Button onClick={() => void call('team.leave', {}).catch(tellFailure)}>{t('team:join.cancel')}</Button>
          }
        >
          {t(`team:start.${what}Text`)}
        </EmptyState>
      </div>
    )
  }
  return (
    <div className="card">
      <EmptyState
        icon={Users}
        title={t('team:join.waitingTitle')}
        action={<Button onClick={() => void call('team.leave', {}).catch(tellFailure)}>{t('team:join.cancel')}</Button>}
      >
        {t('team:join.waitingText')}
      </EmptyState>
      <div className="team-words">
        {team.words && team.words.length > 0 ? (
          <>
            <p className="t2">{t('team:join.words')}</p>
            <Words numbers={team.words} />
          </>
        ) : (
          <p className="t2">{t('team:join.wordsLater')}</p>
        )}
      </div>
    </div>
  )
}

function Removed() {
  return (
    <div className="card">
      <EmptyState
        icon={Users}
        title={t('team:removed.title')}
        action={
          <Button onClick={() => void call('team.leave', {}).catch(tellFailure)}>{t('team:removed.leave')}</Button>
        }
      >
        {t('team:removed.text')}
      </EmptyState>
    </div>
  )
}

function People({
  team,
  owner,
  onRemove,
  onAnother,
}: {
  team: TeamState
  owner: boolean
  onRemove: (member: Member) => void
  onAnother: (member: Member) => void
}) {
  const ownerName = team.members.find(({ role }) => role === 'owner')?.name ?? ''
  const setRole = async (member: Member, role: (typeof changeable)[number]) => {
    try {
      await call('team.setRole', { member: member.id, role, permissions: member.permissions })
      showToast({ text: t('team:roleSaved', { name: member.name, role: t(`team:roles.${role}`) }) })
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  const another = (member: Member): MenuPart => ({ label: t('team:another'), onSelect: () => onAnother(member) })
  const items = (member: Member): MenuPart[] =>
    member.role === 'owner'
      ? [another(member)]
      : [
          { heading: t('team:changeRole') },
          ...changeable.map((role) => ({
            label: t(`team:roles.${role}`),
            hint: t(`team:roleHints.${role}`),
            checked: member.role === role,
            onSelect: () => void setRole(member, role),
          })),
          'separator',
          another(member),
          { label: t('team:remove'), danger: true, onSelect: () => onRemove(member) },
        ]
  return (
    <div>
      <div className="card clip">
        <table>
          <thead>
            <tr>
              <th>{t('team:columns.name')}</th>
              <th>{t('team:columns.role')}</th>
              <th>{t('team:columns.seen')}</th>
              <th>
                <span className="sr">{t('team:columns.acts')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {team.members.map((member) => (
              <tr key={member.id} className={member.removedAt === null ? '' : 't3'}>
                <td>
                  <div className="x g3">
                    <Avatar name={member.name} />
                    <div className="cut">
                      <bdi className="medium">{member.name}</bdi>{' '}
                      {member.id === team.you && <span className="t3">{t('team:you')}</span>}
                      <div className="meta t3 cut">
                        <bdi>{member.address}</bdi>
                      </div>
                    </div>
                  </div>
                </td>
                <td className="t2">
                  {member.removedAt === null ? (
                    t(`team:roles.${member.role}`)
                  ) : (
                    <span className="chip sm">{t('team:left')}</span>
                  )}
                </td>
                <td className="t2">
                  {member.heardAt === null ? (
                    member.id === team.you ? (
                      ''
                    ) : (
                      t('team:never')
                    )
                  ) : (
                    <Time at={member.heardAt} form="ago" />
                  )}
                </td>
                <td className="r">
                  {owner && member.removedAt === null && (
                    <Menu
                      label={t('team:more', { name: member.name })}
                      trigger={<IconButton icon={Ellipsis} size="sm" label={t('team:more', { name: member.name })} />}
                      items={items(member)}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!owner && <p className="meta t3 team-foot">{t('team:ownerOnly', { name: ownerName })}</p>}
    </div>
  )
}

const may = {
  read: ['owner', 'admin', 'agent', 'light'],
  note: ['owner', 'admin', 'agent', 'light'],
  send: ['owner', 'admin', 'agent'],
  work: ['owner', 'admin', 'agent'],
  team: ['owner'],
} as const
const shownRoles = ['owner', 'admin', 'agent', 'light'] as const
const acts = ['read', 'note', 'send', 'work', 'team'] as const

function Roles() {
  return (
    <section aria-label={t('team:matrix.title')}>
      <h2 className="group-title">{t('team:matrix.title')}</h2>
      <div className="card mx clip">
        <table>
          <thead>
            <tr>
              <th>
                <span className="sr">{t('team:matrix.title')}</span>
              </th>
              {shownRoles.map((role) => (
                <th key={role} className="c">
                  {t(`team:roles.${role}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {acts.map((act) => (
              <tr key={act}>
                <td>{t(`team:matrix.${act}`)}</td>
                {shownRoles.map((role) => (
                  <td key={role} className="c">
                    {may[act].some((one) => one === role) ? (
                      <span className="acc">
                        <Icon icon={Check} />
                        <span className="sr">{t('team:matrix.yes')}</span>
                      </span>
                    ) : (
                      <span className="t3">
                        <span aria-hidden="true">–</span>
                        <span className="sr">{t('team:matrix.no')}</span>
                      </span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        <div className="meta t3 team-matrix-foot">{t('team:matrix.teamHint')}</div>
      </div>
    </section>
  )
}

function Invites({
  team,
  onReview,
  onInvite,
}: {
  team: TeamState
  onReview: (invite: TeamState['invites'][number]) => void
  onInvite: () => void
}) {
  const withdraw = async (id: string) => {
    try {
      await call('team.withdraw', { id })
      showToast({ text: t('team:invites.withdrawn') })
    } catch (thrown) {
      tellFailure(thrown)
    }
  }
  return (
    <section aria-label={t('team:invites.title')}>
      <h2 className="group-title">{t('team:invites.title')}</h2>
      <div className="card">
        {team.invites.length === 0 && (
          <EmptyState
            icon={UserPlus}
            title={t('team:invites.none')}
            action={
              <Button icon={Plus} onClick={onInvite}>
                {t('team:invite')}
              </Button>
            }
          />
        )}
        {team.invites.map((invite) => (
          <div key={invite.id} className="set">
            <Avatar name={invite.asks?.name || invite.name} />
            <div className="grow">
              <div className="cut medium">
                <bdi>{invite.name}</bdi>
              </div>
              {invite.asks ? (
                <div className="meta t2">
                  {invite.asks.device === ''
                    ? t('team:invites.askedNoDevice', { name: invite.asks.name || invite.asks.address })
                    : t('team:invites.asked', { name: invite.asks.name, device: invite.asks.device })}
                </div>
              ) : (
                <div className={`meta ${invite.state === 'ended' ? 'warn' : 't3'}`}>
                  {invite.state === 'ended' ? (
                    t('team:invites.ended', { role: t(`team:roles.${invite.role}`) })
                  ) : (
                    <>
                      {t(`team:roles.${invite.role}`)}, <Time at={invite.endsAt} form="message" />
                    </>
                  )}
                </div>
              )}
            </div>
            {invite.state === 'asked' && (
              <Button kind="primary" size="sm" onClick={() => onReview(invite)}>
                {t('team:invites.review')}
              </Button>
            )}
            <Button
              kind="ghost"
              size="sm"
              aria-label={t('team:invites.withdraw', { name: invite.name })}
              onClick={() => void withdraw(invite.id)}
            >
              {t('team:invites.withdrawDo')}
            </Button>
          </div>
        ))}
      </div>
    </section>
  )
}

/** Away for so long that somebody should ask where it is, days. */
const longAwayDays = 7
const daysSince = (at: number) => Math.floor((Date.now() - at) / 86_400_000)
const away = (device: Device) =>
  !device.this && !device.gone && device.heardAt !== null && daysSince(device.heardAt) >= longAwayDays

function Devices({
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
  const days = useQuery('team.lease', {}, { topics: ['team'] }).data?.days ?? null
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
              { value: '', label: name(null) },
              ...leases.map((value) => ({ value: String(value), label: name(value) })),
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
