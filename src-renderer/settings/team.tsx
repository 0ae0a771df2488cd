import { UserPlus, Users } from 'lucide-react'
import { useState } from 'react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { permissionsOf } from '../../src-preload/contract/roles'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { listText } from '../text/lists'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { CardTable } from '../ui/card-table'
import { EmptyState } from '../ui/empty-state'
import { MoreMenu, type MenuPart } from '../ui/menu'
import { Page } from '../ui/page'
import { DefinitionConflicts } from '../work/definition-conflicts'
import { IdentityConflicts } from '../work/identity-conflicts'
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
import { CreateDialog, EnterDialog } from './team-start'
import { CloseOffDialog } from './team-close-off'
import { TeamTrouble, type Former } from './team-trouble'
import { Words } from './team-words'
import './settings.css'
import { Devices } from './team-devices'
import { Invites } from './team-invites'
import { PermissionsDialog, singlePermissions } from './team-permissions'
import { Roles } from './team-roles'

type Member = TeamState['members'][number]
type Device = TeamState['devices'][number]
type Open =
  | { is: 'create' | 'join' | 'invite' | 'recover' | 'start-recovery' | 'carrier' }
  | { is: 'remove' | 'another' | 'permissions'; member: Member }
  | { is: 'approve'; invite: TeamState['invites'][number] }
  | { is: 'retire' | 'rename'; device: Device }
  | { is: 'close-off'; former: Former }

const tabs = ['people', 'roles', 'invites', 'devices'] as const
const changeable = ['admin', 'agent', 'light'] as const

/** Who works here together: people, roles, invitations, devices. Alone, it offers to make a team or to join one. */
export function Team({ part }: { part: string | null }) {
  const { data: team, error, refetch } = useQuery('team.state', {})
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
      {open?.is === 'join' && <EnterDialog by="join" onClose={close} />}
      {open?.is === 'invite' && <InviteDialog onClose={close} />}
      {open?.is === 'another' && <InviteDialog member={open.member} onClose={close} />}
      {open?.is === 'permissions' && <PermissionsDialog member={open.member} onClose={close} />}
      {open?.is === 'start-recovery' && <EnterDialog by="recover" onClose={close} />}
      {open?.is === 'carrier' && <CarrierDialog carrier={team.carrier} onClose={close} />}
      {open?.is === 'recover' && <RecoverDialog onClose={close} />}
      {open?.is === 'remove' && (
        <RemoveDialog
          member={open.member}
          onDone={() => setOpen({ is: 'close-off', former: { whose: open.member.id, name: open.member.name } })}
          onClose={close}
        />
      )}
      {open?.is === 'close-off' && <CloseOffDialog former={open.former} onClose={close} />}
      {open?.is === 'approve' && <ApproveDialog invite={open.invite} onClose={close} />}
      {open?.is === 'retire' && (
        <RetireDialog
          device={open.device}
          onDone={() => setOpen({ is: 'close-off', former: { whose: open.device.id, name: open.device.memberName } })}
          onClose={close}
        />
      )}
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
        onCloseOff={(former) => onOpen({ is: 'close-off', former })}
        onRetire={(id) => {
          const device = team.devices.find((one) => one.id === id)
          if (device) onOpen({ is: 'retire', device })
        }}
      />
      <DefinitionConflicts />
      <IdentityConflicts />
      {shown === 'people' && <People team={team} owner={owner} onMember={(is, member) => onOpen({ is, member })} />}
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
  onMember,
}: {
  team: TeamState
  owner: boolean
  onMember: (is: 'remove' | 'another' | 'permissions', member: Member) => void
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
  const another = (member: Member): MenuPart => ({
    label: t('team:another'),
    onSelect: () => onMember('another', member),
  })
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
          { label: t('team:permissions.menu'), onSelect: () => onMember('permissions', member) },
          another(member),
          { label: t('team:remove'), danger: true, onSelect: () => onMember('remove', member) },
        ]
  return (
    <div>
      <CardTable
        heads={[t('team:columns.name'), t('team:columns.role'), t('team:columns.seen')]}
        acts={t('team:columns.acts')}
      >
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
                <>
                  {t(`team:roles.${member.role}`)}
                  <Also member={member} />
                </>
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
                <MoreMenu label={t('team:more', { name: member.name })} items={items(member)} />
              )}
            </td>
          </tr>
        ))}
      </CardTable>
      {!owner && <p className="meta t3 team-foot">{t('team:ownerOnly', { name: ownerName })}</p>}
    </div>
  )
}

/** What a person may do beyond their role. */
function Also({ member: { role, permissions } }: { member: Member }) {
  const ofRole = permissionsOf(role, [])
  const names = singlePermissions.filter((one) => permissions.includes(one) && !ofRole.has(one))
  if (names.length === 0) return null
  return (
    <div className="meta t3">
      {t('team:permissions.also', { names: listText(names.map((one) => t(`team:permissions.names.${one}`))) })}
    </div>
  )
}
