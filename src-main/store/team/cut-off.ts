import { PosternError } from '../../../src-preload/contract/errors'
import type { DeviceKeys } from '../../crypto/device-keys'
import { newKey } from '../../crypto/keys'
import type { Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { ownFrontier } from './frontier'
import { changeRoster } from './roster'
import type { RosterBody } from './roster-body'

/**
 * Takes devices out: what they wrote after the batches that are here is held, wherever it comes later; of one that spoke with two
 * tongues, what it wrote from then on. They may read the record
 * that says so; the next one gives the others a new key, so what is written from then on cannot be read by those who left.
 * @param erase they destroy their copy as soon as they read it
 * @throws PosternError `not-allowed`: the owner's device
 */
export function cutOff(
  tx: Writer,
  workspace: Workspace,
  what: { member: string } | { device: string },
  erase = false,
): void {
  const seen = ownFrontier(tx, workspace)
  for (const { device, seq } of tx.all<{ device: string; seq: number }>('SELECT device, seq FROM team_forks'))
    seen[device] = Math.min(seen[device] ?? 0, seq - 1)
  const now = workspace.clock.now()
  const leaves = ({ id, member }: RosterBody['devices'][number]): boolean =>
    'member' in what ? member === what.member : id === what.device
  takeOut(tx, workspace, (body) => {
    if (body.devices.some((one) => one.id === body.owner && leaves(one)))
      throw new PosternError('not-allowed', 'the owner cannot be taken out')
    return {
      ...body,
      members: body.members.map((one) =>
        'member' in what && one.id === what.member ? { ...one, removedAt: now } : one,
      ),
      devices: body.devices.map((one) =>
        leaves(one) && one.cutOff === null ? { ...one, cutOff: seen[one.id] ?? 0, erase } : one,
      ),
    }
  })
}

/** Two records: by `change`, which those who leave may read, and one with a new key, which they may not. @param signer signs the first */
export function takeOut(
  tx: Writer,
  workspace: Workspace,
  change: (body: RosterBody) => RosterBody,
  signer?: DeviceKeys,
): void {
  changeRoster(tx, workspace, change, signer)
  changeRoster(tx, workspace, (body) => ({
    ...body,
    keys: [
      ...body.keys,
      { epoch: Math.max(...body.keys.map(({ epoch }) => epoch)) + 1, key: newKey().toString('base64url') },
    ],
  }))
}
