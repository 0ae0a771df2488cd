import { createHmac, hash as digest, hkdfSync, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import type { TeamCarrier } from '../../../src-preload/contract/team-link'
import { Role } from '../../../src-preload/contract/team'
import { fromCbor, toCbor } from '../../crypto/blob'
import { checkNumbers, deviceIdOf } from '../../crypto/device-keys'
import { open, seal } from '../../crypto/envelopes'
import { fromBase32, toBase32 } from '../../shared/base32'
import type { Reader, Writer } from '../file/database'
import { getSettings } from '../settings'
import type { Workspace } from '../workspace'
import { addDevice, currentRoster } from './roster'
import { setTeamInfo, teamInfo } from './team-info'

/** An invitation lives this long, ms. */
const inviteMs = 48 * 3_600_000

/**
 * The code that is given outside the mailbox: version (1), secret (16), name of the owner's device (8), check (2). The name is
 * the hash of the owner's key, so the joiner believes the right roster from the first record on.
 */
const codeBytes = 27

const Request = z.object({
  signKey: z.instanceof(Uint8Array).refine((value) => value.byteLength === 32),
  sealKey: z.instanceof(Uint8Array).refine((value) => value.byteLength === 32),
  name: z.string().max(100),
  address: z.string().max(320),
  device: z.string().max(100),
})
const Outer = z.tuple([
  z.literal(1),
  z.instanceof(Uint8Array).refine((value) => value.byteLength === 8),
  z.instanceof(Uint8Array),
])
const StoredRequest = z.object({
  signKey: z.base64url(),
  sealKey: z.base64url(),
  name: z.string(),
  address: z.string(),
  device: z.string(),
})

const idOf = (secret: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'postern invitation id', 8))
const keyOf = (secret: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'postern invitation key', 32))
const words = (
  secret: Uint8Array,
  owner: Uint8Array,
  signKey: Uint8Array,
  sealKey: Uint8Array,
): [number, number, number] =>
  checkNumbers(createHmac('sha256', secret).update('words').digest(), owner, signKey, sealKey)

/** @returns the code; it is shown to the owner and given to the joiner by phone or in person */
export function invite(
  tx: Writer,
  workspace: Workspace,
  who: { name: string; role: Role; permissions: readonly string[]; member?: string | null },
): { id: string; code: string; endsAt: number } {
  if (teamInfo(tx)?.membership !== 'owner') throw new PosternError('not-allowed', 'only the owner invites')
  if (who.role === 'owner') throw new PosternError('not-allowed', 'there is one owner')
  const member = who.member ?? null
  const known =
    member === null ? null : currentRoster(tx)?.body.members.find((one) => one.id === member && one.removedAt === null)
  if (known === undefined) throw new PosternError('not-found', 'no such member')
  const { name, role, permissions } = known ?? who
  const secret = randomBytes(16)
  const id = idOf(secret).toString('hex')
  const now = workspace.clock.now()
  tx.run(
    "INSERT INTO team_invites(id, secret, name, role, permissions, made_at, ends_at, state, member) VALUES(?, ?, ?, ?, ?, ?, ?, 'open', ?)",
    id,
    secret,
    name,
    role,
    JSON.stringify(permissions),
    now,
    now + inviteMs,
    member,
  )
  tx.changes.touched('team')
  const plain = Buffer.concat([Buffer.from([1]), secret, Buffer.from(workspace.device.id, 'hex')])
  return { id, code: toBase32(Buffer.concat([plain, checkOf(plain)])), endsAt: now + inviteMs }
}

const checkOf = (plain: Uint8Array): Buffer =>
  digest('sha256', Buffer.concat([Buffer.from('postern invitation'), plain]), 'buffer').subarray(0, 2)

function readCode(code: string): { secret: Uint8Array; owner: string } | null {
  const bytes = fromBase32(code)
  if (bytes?.byteLength !== codeBytes || bytes[0] !== 1) return null
  const plain = bytes.subarray(0, 25)
  return checkOf(plain).equals(bytes.subarray(25))
    ? { secret: plain.subarray(1, 17), owner: Buffer.from(plain.subarray(17)).toString('hex') }
    : null
}

/** Takes an invitation up: asks in the mailbox to be let in. @throws PosternError `invalid-input` (mistyped), `conflict` */
export function join(
  tx: Writer,
  workspace: Workspace,
  code: string,
  mailboxId: number,
  deviceName: string,
  carrier: TeamCarrier = { kind: 'mailbox' },
): void {
  const read = readCode(code)
  if (!read) throw new PosternError('invalid-input', 'not an invitation code', { what: 'code' })
  const info = teamInfo(tx)
  if (info && info.membership !== 'joining' && info.membership !== 'removed')
    throw new PosternError('conflict', 'there is a team already', { what: 'team' })
  if (info) leaveTeam(tx)
  const mailbox = tx.get<{ address: string }>('SELECT address FROM mailboxes WHERE id = ? AND removing = 0', mailboxId)
  if (!mailbox) throw new PosternError('not-found', 'no such mailbox')
  const { device } = workspace
  const request = toCbor({
    signKey: device.signKey,
    sealKey: device.sealKey,
    name: getSettings(tx).agentName,
    address: mailbox.address,
    device: deviceName,
  })
  const item = toCbor([1, idOf(read.secret), seal(keyOf(read.secret), request, 'join')])
  setTeamInfo(tx, { team: '', trust: read.owner, membership: 'joining', mailboxId, carrier })
  tx.run(
    "INSERT INTO team_info(key, value) VALUES('invitation', ?)",
    JSON.stringify(Buffer.from(read.secret).toString('base64url')),
  )
  tx.run(
    "INSERT INTO team_blobs(hash, kind, device, seq, bytes, state, at, send_at) VALUES(?, 'join', ?, 0, ?, 'applied', ?, 0)",
    digest('sha256', Buffer.from(item), 'buffer').toString('hex', 0, 16),
    device.id,
    item,
    workspace.clock.stamp(),
  )
}

/** Back to working alone, with everything that was recorded here. */
export function leaveTeam(tx: Writer): void {
  for (const table of [
    'team_info',
    'team_rosters',
    'team_members',
    'team_devices',
    'team_keys',
    'team_blobs',
    'team_places',
    'team_forks',
    'team_invites',
    'team_snapshots',
    'team_snapshot_parts',
  ])
    tx.run(`DELETE FROM ${table}`)
  tx.changes.touched('team')
}

interface InviteRow {
  id: string
  secret: Buffer
  name: string
  role: string
  permissions: string
  made_at: number
  ends_at: number
  state: string
  request: string | null
  member: string | null
}

/** Somebody asks to be let in: the owner's console shows it. What no open invitation opens is nothing. */
export function receiveJoin(tx: Writer, workspace: Workspace, bytes: Uint8Array): void {
  const outer = Outer.safeParse(fromCbor(bytes))
  if (!outer.success) throw new PosternError('unreadable', 'a request to join does not fit')
  const [, id, sealed] = outer.data
  const row = tx.get<InviteRow>(
    "SELECT * FROM team_invites WHERE id = ? AND state = 'open'",
    Buffer.from(id).toString('hex'),
  )
  if (!row || row.ends_at <= workspace.clock.now()) return
  const request = Request.safeParse(fromCbor(open(keyOf(row.secret), sealed, 'join')))
  if (!request.success) throw new PosternError('unreadable', 'a request to join does not fit')
  const { signKey, sealKey, ...rest } = request.data
  tx.run(
    "UPDATE team_invites SET state = 'asked', request = ? WHERE id = ?",
    JSON.stringify({
      signKey: Buffer.from(signKey).toString('base64url'),
      sealKey: Buffer.from(sealKey).toString('base64url'),
      ...rest,
    }),
    row.id,
  )
  tx.changes.touched('team')
}

export interface Invite {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly endsAt: number
  readonly state: 'open' | 'asked' | 'ended'
  /** Who asks, once somebody does, and the three words to compare. */
  readonly asks: {
    readonly name: string
    readonly address: string
    readonly device: string
    readonly words: readonly number[]
  } | null
}

/** Codes that were made and not used up, with who asks by one and the words that both screens show. */
export function invites(read: Reader, workspace: Workspace): Invite[] {
  const now = workspace.clock.now()
  return read
    .all<InviteRow>("SELECT * FROM team_invites WHERE state IN ('open', 'asked') ORDER BY made_at")
    .map((row) => {
      const request = row.request === null ? null : StoredRequest.parse(JSON.parse(row.request))
      const ended = row.ends_at <= now
      return {
        id: row.id,
        name: row.name,
        role: Role.parse(row.role),
        endsAt: row.ends_at,
        state: ended ? 'ended' : request ? 'asked' : 'open',
        asks: request && {
          name: request.name,
          address: request.address,
          device: request.device,
          words: words(row.secret, workspace.device.signKey, bytesOf(request.signKey), bytesOf(request.sealKey)),
        },
      }
    })
}

/** Lets the one in who asked. Single use, and not after its end. @throws PosternError `not-found`, `not-allowed` */
export function approve(tx: Writer, workspace: Workspace, id: string): void {
  const row = tx.get<InviteRow>("SELECT * FROM team_invites WHERE id = ? AND state = 'asked'", id)
  if (!row?.request) throw new PosternError('not-found', 'nobody asked with this invitation')
  if (row.ends_at <= workspace.clock.now())
    throw new PosternError('not-allowed', 'the invitation has ended', { what: 'invitation' })
  const request = StoredRequest.parse(JSON.parse(row.request))
  const role = Role.parse(row.role)
  tx.run("UPDATE team_invites SET state = 'used' WHERE id = ?", id)
  const again = currentRoster(tx)?.body.devices.some(
    (device) => device.id === deviceIdOf(bytesOf(request.signKey)) && device.cutOff !== null,
  )
  if (again) throw new PosternError('not-allowed', 'this device was taken out of the team', { what: 'device' })
  addDevice(
    tx,
    workspace,
    {
      name: request.name || row.name,
      address: request.address,
      role,
      permissions: z.array(z.string()).parse(JSON.parse(row.permissions)),
      signKey: bytesOf(request.signKey),
      sealKey: bytesOf(request.sealKey),
      deviceName: request.device,
    },
    row.member,
  )
  tx.changes.touched('team')
}

export function withdraw(tx: Writer, id: string): void {
  tx.run("UPDATE team_invites SET state = 'withdrawn', secret = x'' WHERE id = ?", id)
  tx.changes.touched('team')
}

/** The joiner's side of the check words; null while the owner's key has not been seen. */
export function ownWords(read: Reader, workspace: Workspace): readonly number[] | null {
  const row = read.get<{ value: string }>("SELECT value FROM team_info WHERE key = 'invitation'")
  const owner = read.get<{ signer: string }>('SELECT signer FROM team_rosters ORDER BY version LIMIT 1')
  const trust = teamInfo(read)?.trust
  if (!row || !owner || deviceIdOf(bytesOf(owner.signer)) !== trust) return null
  return words(
    bytesOf(z.string().parse(JSON.parse(row.value))),
    bytesOf(owner.signer),
    workspace.device.signKey,
    workspace.device.sealKey,
  )
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url')
