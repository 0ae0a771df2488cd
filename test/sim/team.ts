import type { Writer } from '../../src-main/store/file/database'
import { arrived } from '../../src-main/store/team/incoming'
import { nextPack, sealOwn, sent } from '../../src-main/store/team/outgoing'
import { addDevice } from '../../src-main/store/team/roster'
import { setTeamInfo } from '../../src-main/store/team/team-info'
import type { Workspace } from '../../src-main/store/workspace'
import type { Role } from '../../src-preload/contract/team'
import type { Server } from './server'

/** The console waits for a roster that the owner's device signed, as after an invitation. */
export function awaitRoster(tx: Writer, owner: Workspace, mailboxId = 1): void {
  setTeamInfo(tx, {
    team: '',
    trust: owner.device.id,
    membership: 'joining',
    mailboxId,
    carrier: { kind: 'mailbox' },
  })
}

/** The owner's next roster names the device of `joiner`. */
export function enrol(owner: Workspace, joiner: Workspace, name: string, role: Role = 'agent'): void {
  const { signKey, sealKey } = joiner.device
  owner.db.write(
    (tx) =>
      addDevice(tx, owner, {
        name,
        address: 'support@acme.test',
        role,
        permissions: [],
        signKey,
        sealKey,
        deviceName: '',
      }),
    'normal',
  )
}

/** Both sides of joining a team. */
export function join(owner: Workspace, joiner: Workspace, name: string, role: Role = 'agent', mailboxId = 1): void {
  enrol(owner, joiner, name, role)
  joiner.db.write((tx) => awaitRoster(tx, owner, mailboxId), 'normal')
}

/**
 * Puts on the server what a console has to say.
 * @param now ms; what is not due by then stays
 * @returns how many items went out
 */
export function sendAll(workspace: Workspace, server: Server, now: number): number {
  const { db } = workspace
  db.write((tx) => sealOwn(tx, workspace), 'normal')
  let count = 0
  for (let next = nextPack(db.read, now); next; next = nextPack(db.read, now)) {
    const { hashes, pack, summary } = next
    count += hashes.length
    const place = server.append(pack, 0, summary)
    db.write((tx) => sent(tx, hashes, server.generation, place), 'normal')
  }
  return count
}

/** A console reads some of the server's messages. */
export function receive(workspace: Workspace, server: Server, places: readonly string[]): void {
  const messages = places.map((place) => ({ place, pack: server.pack(place) }))
  workspace.db.write((tx) => arrived(tx, workspace, server.generation, messages), 'normal')
}
