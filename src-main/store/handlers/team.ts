import type { teamCalls } from '../../../src-preload/contract/calls/team'
import { PosternError } from '../../../src-preload/contract/errors'
import type { TeamCarrier } from '../../../src-preload/contract/team-link'
import type { Handlers } from '../../../src-preload/contract/internal'
import type { Writer } from '../file/database'
import type { StoreService } from '../service'
import { applyWaiting } from '../team/incoming'
import { approve, invite, join, leaveTeam, withdraw } from '../team/invites'
import { leaseOf } from '../team/lease'
import { accessRevoked, wantRevoked } from '../team/revoking'
import { recover, startRecovery } from '../team/recovery'
import { recoveryOf } from '../team/recovery-code'
import { cutOff } from '../team/cut-off'
import { changeRoster, createTeam, currentRoster, setRole } from '../team/roster'
import { takeOwners } from '../team/snapshot'
import { teamInfo } from '../team/team-info'
import { settleHeld, teamState } from '../team/trouble'
import type { Workspace } from '../workspace'

/** The team's roster and its troubles. Each act is one transaction, and the link is told. */
export function team(service: StoreService): Handlers<typeof teamCalls> {
  const act = <T>(work: (tx: Writer, workspace: Workspace) => T, changed = false): T => {
    const { workspace } = service.open
    const result = workspace.db.write((tx) => {
      const value = work(tx, workspace)
      applyWaiting(tx, workspace)
      tx.changes.touched('team')
      return value
    })
    service.open.team.wake(changed)
    return result
  }
  const nothing = (work: (tx: Writer, workspace: Workspace) => void, changed = false): Record<never, never> => {
    act(work, changed)
    return {}
  }
  /** Nothing is made over a server that cannot carry it. The mailbox itself is tried by its sync all the time. */
  const carries = async (carrier: TeamCarrier | undefined, mailboxId: number): Promise<void> => {
    if (carrier?.kind !== 'nats') return
    const mail = service.callMail()
    if (!mail) throw new PosternError('service-restarting', 'no mail')
    await mail.call('team.tryNats', { server: carrier, mailboxId })
  }
  return {
    'team.state': () => teamState(service.open.workspace, service.open.team.status),
    'team.create': async ({ mailboxId, carrier }) => {
      await carries(carrier, mailboxId)
      return act((tx, workspace) => {
        const mailbox = tx.get<{ address: string }>(
          'SELECT address FROM mailboxes WHERE id = ? AND removing = 0',
          mailboxId,
        )
        if (!mailbox) throw new PosternError('not-found', 'no such mailbox')
        return createTeam(tx, workspace, mailboxId, mailbox.address, carrier)
      }, true)
    },
    'team.checkRecovery': ({ code }) => {
      const known = currentRoster(service.read)?.body.recovery.signKey
      const keys = recoveryOf(code)?.keys ?? null
      return { right: keys !== null && known === keys.signKey.toString('base64url') }
    },
    'team.invite': (who) => act((tx, workspace) => invite(tx, workspace, who)),
    'team.withdraw': ({ id }) => nothing((tx) => withdraw(tx, id)),
    'team.approve': ({ id }) => nothing((tx, workspace) => approve(tx, workspace, id)),
    'team.join': async ({ code, mailboxId, carrier }) => {
      await carries(carrier, mailboxId)
      return nothing((tx, workspace) => join(tx, workspace, code, mailboxId, '', carrier), true)
    },
    'team.leave': () => nothing((tx) => leaveTeam(tx), true),
    'team.setRole': ({ member, role, permissions }) =>
      nothing((tx, workspace) => setRole(tx, workspace, member, role, permissions)),
    'team.remove': ({ member, erase }) =>
      nothing((tx, workspace) => {
        cutOff(tx, workspace, { member }, erase)
        wantRevoked(tx, workspace, { member })
      }),
    'team.retireDevice': ({ device }) =>
      nothing((tx, workspace) => {
        cutOff(tx, workspace, { device }, true)
        wantRevoked(tx, workspace, { device })
      }),
    'team.setCarrier': async ({ carrier }) => {
      if (service.open.team.status.state !== 'live') throw new PosternError('offline', 'the others could not be told')
      await carries(carrier, teamInfo(service.read)?.mailboxId ?? 0)
      act((tx, workspace) => changeRoster(tx, workspace, (body) => ({ ...body, carrier })))
      // The record that says so still goes the old way.
      await service.open.team.sentAll()
      service.open.team.wake(true)
      return {}
    },
    'team.nameDevice': ({ device, name }) =>
      nothing((tx, workspace) =>
        changeRoster(tx, workspace, (body) => ({
          ...body,
          devices: body.devices.map((one) => (one.id === device ? { ...one, name } : one)),
        })),
      ),
    'team.accessRevoked': ({ whose }) => nothing((tx) => accessRevoked(tx, whose)),
    'team.settleHeld': ({ member, take }) => nothing((tx, workspace) => settleHeld(tx, workspace, member, take)),
    'team.lease': () => leaseOf(service.read, service.open.workspace),
    'team.setLease': ({ days }) =>
      nothing((tx, workspace) => changeRoster(tx, workspace, (body) => ({ ...body, leaseDays: days }))),
    'team.lookAgain': () => {
      service.open.workspace.wants.hurry(service.read)
      service.open.team.wake(true)
      return {}
    },
    'team.forgetRefused': () =>
      nothing((tx) => tx.run("UPDATE team_blobs SET reason = NULL WHERE state IN ('refused', 'forked')")),
    'team.takeOwners': () => nothing((tx, workspace) => takeOwners(tx, workspace)),
    'team.startRecovery': async ({ code, mailboxId, carrier }) => {
      await carries(carrier, mailboxId)
      return nothing((tx) => startRecovery(tx, code, mailboxId, carrier), true)
    },
    'team.recover': ({ code }) => nothing((tx, workspace) => recover(tx, workspace, code)),
  }
}
