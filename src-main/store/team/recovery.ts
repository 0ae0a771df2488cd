import { PosternError } from '../../../src-preload/contract/errors'
import type { TeamCarrier } from '../../../src-preload/contract/team-link'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { takeOut } from './cut-off'
import { frontier, ownFrontier } from './frontier'
import { recoveryOf } from './recovery-code'
import { changeRoster, currentRoster, pendingRecovery } from './roster'
import { setTeamInfo, teamInfo } from './team-info'
import { wantRevoked } from './revoking'
import { standingSnapshot } from './snapshot'

/**
 * The owner's computer is lost and this one is new: with the recovery code it reads the roster in the mailbox, and once it has taken in
 * everything there, makes itself the owner's and takes the lost one out.
 * @throws PosternError `wrong-passphrase` (no such code), `conflict`, `not-found`
 */
export function startRecovery(
  tx: Writer,
  code: string,
  mailboxId: number,
  carrier: TeamCarrier = { kind: 'mailbox' },
): void {
  const read = recoveryOf(code)
  if (!read) throw new PosternError('wrong-passphrase', 'not a recovery code')
  if (teamInfo(tx)) throw new PosternError('conflict', 'there is a team already', { what: 'team' })
  if (!tx.get('SELECT 1 FROM mailboxes WHERE id = ? AND removing = 0', mailboxId))
    throw new PosternError('not-found', 'no such mailbox')
  setTeamInfo(tx, { team: '', trust: read.root, membership: 'joining', mailboxId, carrier })
  tx.run(
    "INSERT OR REPLACE INTO team_info(key, value) VALUES('recovery', ?)",
    JSON.stringify(read.secret.toString('base64url')),
  )
}

/** How far it is; null: nothing is being recovered. `nothing`: all was read, and no team of this code lies there. */
export function recoveryState(read: Reader): 'looking' | 'nothing' | null {
  if (!pendingRecovery(read)) return null
  return read.get("SELECT 1 FROM team_info WHERE key = 'recovery-missed'") ? 'nothing' : 'looking'
}

/** Everything that lies on the server is here now. @returns whether this computer has become the owner's */
export function finishRecovery(tx: Writer, workspace: Workspace): boolean {
  const keys = pendingRecovery(tx)
  if (!keys) return false
  const now = currentRoster(tx)
  if (!now || now.body.recovery.signKey !== keys.signKey.toString('base64url')) {
    tx.run("INSERT OR REPLACE INTO team_info(key, value) VALUES('recovery-missed', 'true')")
    tx.changes.touched('team')
    return false
  }
  const { device } = workspace
  const lost = now.body.owner
  const member = now.body.devices.find(({ id }) => id === lost)?.member ?? ''
  const seen = Math.max(frontier(tx)[lost] ?? 0, standingSnapshot(tx)?.cover[lost]?.seq ?? 0)
  tx.run("DELETE FROM team_info WHERE key IN ('recovery', 'recovery-missed')")
  // The second record is signed by this computer itself, so that who joins next finds a word of the one that invited.
  takeOut(
    tx,
    workspace,
    (body) => ({
      ...body,
      owner: device.id,
      devices: [
        ...body.devices
          .filter(({ id }) => id !== device.id)
          .map((one) => (one.id === lost && one.cutOff === null ? { ...one, cutOff: seen, erase: true } : one)),
        {
          id: device.id,
          member,
          name: '',
          signKey: device.signKey.toString('base64url'),
          sealKey: device.sealKey.toString('base64url'),
          addedAt: workspace.clock.now(),
          roles: [{ from: 1, role: 'owner' as const, permissions: [] }],
          cutOff: null,
          erase: false,
        },
      ],
    }),
    keys,
  )
  wantRevoked(tx, workspace, { device: lost }, false)
  return true
}

/**
 * On a computer of the team: the recovery code makes it the owner's.
 * @throws PosternError `wrong-passphrase` (no code of this team), `not-allowed`
 */
export function recover(tx: Writer, workspace: Workspace, code: string): void {
  const keys = recoveryOf(code)?.keys
  const now = currentRoster(tx)
  if (!keys || !now || keys.signKey.toString('base64url') !== now.body.recovery.signKey)
    throw new PosternError('wrong-passphrase', 'not the recovery key of this team')
  const own = now.body.devices.find(({ id, cutOff: left }) => id === workspace.device.id && left === null)
  if (!own) throw new PosternError('not-allowed', 'this device is not in the roster')
  const from = (ownFrontier(tx, workspace)[own.id] ?? 0) + 1
  changeRoster(
    tx,
    workspace,
    (body) => ({
      ...body,
      owner: own.id,
      members: body.members.map((one) => (one.id === own.member ? { ...one, role: 'owner' as const } : one)),
      devices: body.devices.map((one) =>
        one.id === own.id ? { ...one, roles: [...one.roles, { from, role: 'owner' as const, permissions: [] }] } : one,
      ),
    }),
    keys,
  )
  // And by this device itself, so that who joins next finds a word of the one that invited.
  changeRoster(tx, workspace, (body) => body)
}
