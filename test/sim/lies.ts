import { noBlob, readBlob, sealBlob } from '../../src-main/crypto/blob'
import { DeviceKeys, newDeviceSecret } from '../../src-main/crypto/device-keys'
import { packItems, unpackItems } from '../../src-main/store/team/items'
import { newestKey } from '../../src-main/store/team/passing'
import { teamInfo } from '../../src-main/store/team/team-info'
import type { Console } from './console'
import type { Random } from './random'
import type { Server } from './server'

/** What a console that lies, a stranger and the server itself may put among a team's messages. */

const ownBlobs = "FROM team_blobs WHERE kind = 'log' AND state = 'applied' AND device = ?"

export const hasSpoken = ({ workspace, id }: Console): boolean =>
  workspace.db.read.get(`SELECT 1 ${ownBlobs}`, id) !== undefined

/**
 * A console that was brought back from a backup, or lies: a second batch under a number that it used.
 * @param settled numbers up to this one are left alone
 * @returns the number and the hash of the second one; null when there was nothing to lie about
 */
export function speakTwice(
  { workspace, id }: Console,
  server: Server,
  random: Random,
  now: number,
  settled: number,
): { seq: number; lie: string } | null {
  const { read } = workspace.db
  const original = random.pick(read.all<{ bytes: Buffer }>(`SELECT bytes ${ownBlobs} ORDER BY seq`, id))
  const key = newestKey(read)
  const team = teamInfo(read)?.team
  if (!key || !team) return null
  const { seq, previous } = readBlob(original.bytes)
  if (seq <= settled) return null
  const lie = sealBlob(workspace.device, key.key, { team, seq, previous, roster: 1, epoch: key.epoch }, [
    [],
    now,
    [['title', 'c:' + 'conversation'.padEnd(22, '0'), 0, 0, { title: 'lie' }]],
  ])
  server.append(packItems([{ kind: 'log', bytes: lie }]), 0)
  // The true one is there too: the fork is only found where both are.
  server.append(packItems([{ kind: 'log', bytes: original.bytes }]), 0)
  return { seq, lie: readBlob(lie).hash }
}

/** Bytes that are nobody's: of a stranger, of another team, damaged, none at all. */
export function junk(server: Server, team: string, members: readonly Console[], random: Random): void {
  const device = new DeviceKeys(newDeviceSecret())
  const strange = sealBlob(
    device,
    Buffer.alloc(32, 7),
    { team: random.chance(0.5) ? team : 'ffffffffffffffff', seq: 1, previous: noBlob, roster: 1, epoch: 1 },
    [[], 0, []],
  )
  const packs = server.packs()
  const bent = Buffer.from(packs.length > 0 ? random.pick(packs) : strange)
  const at = random.below(bent.length)
  if (bent.length > 0) bent.writeUInt8(bent.readUInt8(at) ^ (1 + random.below(255)), at)
  server.append(
    random.pick([
      Buffer.from('PST1 not at all'),
      packItems([{ kind: 'log', bytes: strange }]),
      bent,
      Buffer.alloc(0),
      packItems([
        { kind: 'roster', bytes: strange },
        { kind: 'join', bytes: strange },
      ]),
    ]),
    0,
  )
  // A member's blob under another member's name: the signature is not that one's.
  const victim = random.pick(members)
  const forged = sealBlob(device, Buffer.alloc(32, 7), { team, seq: 1, previous: noBlob, roster: 1, epoch: 1 }, [
    [],
    0,
    [],
  ])
  Buffer.from(victim.id, 'hex').copy(forged, Buffer.from(forged).indexOf(Buffer.from(device.id, 'hex')))
  server.append(packItems([{ kind: 'log', bytes: forged }]), 0)
}

/** The server gives old messages again, in any company and order. */
export function replay(server: Server, random: Random): void {
  const items = server.packs().flatMap((pack) => {
    try {
      return unpackItems(pack)
    } catch {
      return []
    }
  })
  if (items.length > 0) server.append(packItems(random.shuffle(items).slice(0, 1 + random.below(10))), 0)
}
