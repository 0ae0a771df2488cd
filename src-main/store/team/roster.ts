import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import type { TeamCarrier } from '../../../src-preload/contract/team-link'
import type { Role } from '../../../src-preload/contract/team'
import { noBlob } from '../../crypto/blob'
import { deviceIdOf, type DeviceKeys } from '../../crypto/device-keys'
import { newKey } from '../../crypto/keys'
import { openRecord, readRecord, sealRecord, type Recipient, type RosterRecord } from '../../crypto/roster-record'
import type { Reader, Writer } from '../file/database'
import { getSettings } from '../settings'
import type { Workspace } from '../workspace'
import { handOver } from './hand-over'
import { setLease } from './lease'
import { ownFrontier } from './frontier'
import { newName } from './log'
import { noteMembers } from './note-members'
import { recoveryCode, recoveryKeys } from './recovery-code'
import { RosterBody } from './roster-body'
import { chainFrom, isBroken, mayFollow } from './roster-chain'
import { setTeamInfo, teamInfo, type TeamInfo } from './team-info'

interface Stored {
  hash: string
  version: number
  previous: string
  signer: string
  bytes: Buffer
  body: string | null
}

/** The newest record of the chain that can be read here. */
export function currentRoster(read: Reader): { hash: string; version: number; body: RosterBody } | null {
  const row = read.get<Stored>(
    'SELECT hash, version, body FROM team_rosters WHERE chain = 1 AND body IS NOT NULL ORDER BY version DESC LIMIT 1',
  )
  return row ? { hash: row.hash, version: row.version, body: bodyOf(row.body) } : null
}

const bodyOf = (text: string | null): RosterBody => RosterBody.parse(JSON.parse(text ?? 'null'))

/**
 * Makes a team of this installation: its own roster, its first key, its recovery key. Nothing is put on the server by this.
 * @returns the recovery code, which is shown once and kept nowhere
 */
export function createTeam(
  tx: Writer,
  workspace: Workspace,
  mailboxId: number,
  address: string,
  carrier: TeamCarrier = { kind: 'mailbox' },
): { recoveryCode: string } {
  if (teamInfo(tx)) throw new PosternError('conflict', 'there is a team already', { what: 'team' })
  const secret = randomBytes(16)
  const recovery = recoveryKeys(secret)
  const { agentName, workspaceName } = getSettings(tx)
  const { device } = workspace
  const member = newName()
  const now = workspace.clock.now()
  const team = randomBytes(8).toString('hex')
  setTeamInfo(tx, { team, trust: device.id, membership: 'owner', mailboxId, carrier })
  publish(tx, workspace, device, {
    at: now,
    name: workspaceName,
    owner: device.id,
    recovery: { signKey: text(recovery.signKey), sealKey: text(recovery.sealKey) },
    carrier,
    leaseDays: null,
    members: [{ id: member, name: agentName || address, address, role: 'owner', permissions: [], removedAt: null }],
    devices: [
      {
        id: device.id,
        member,
        name: '',
        signKey: text(device.signKey),
        sealKey: text(device.sealKey),
        addedAt: now,
        roles: [{ from: 1, role: 'owner', permissions: [] }],
        cutOff: null,
        erase: false,
      },
    ],
    keys: [{ epoch: 1, key: text(newKey()) }],
  })
  return { recoveryCode: recoveryCode(secret, device.id) }
}

/**
 * The next record by `change` of the current one. Only the owner's device, or the recovery key, can sign it. Devices that it takes out
 * may read it, as their last one.
 * @throws PosternError `not-allowed`
 */
export function changeRoster(
  tx: Writer,
  workspace: Workspace,
  change: (body: RosterBody) => RosterBody,
  signer: DeviceKeys = workspace.device,
): void {
  const now = currentRoster(tx)
  if (!now) throw new PosternError('not-found', 'there is no roster')
  if (!mayFollow(now.body, text(signer.signKey)))
    throw new PosternError('not-allowed', 'only the owner signs the roster')
  publish(tx, workspace, signer, { ...change(now.body), at: workspace.clock.now() }, now)
}

function publish(
  tx: Writer,
  workspace: Workspace,
  signer: DeviceKeys,
  body: RosterBody,
  after: ReturnType<typeof currentRoster> = null,
): void {
  const info = teamInfo(tx)
  if (!info) throw new PosternError('not-found', 'there is no team')
  const before = new Set(after?.body.devices.filter(({ cutOff }) => cutOff === null).map(({ id }) => id))
  const readers = body.devices.filter(({ id, cutOff }) => cutOff === null || before.has(id))
  const recipients: Recipient[] = [
    ...readers.map(({ id, sealKey }) => ({ device: id, sealKey: bytes(sealKey) })),
    { device: deviceIdOf(bytes(body.recovery.signKey)), sealKey: bytes(body.recovery.sealKey) },
  ]
  const record = sealRecord(
    signer,
    { team: info.team, version: (after?.version ?? 0) + 1, previous: after?.hash ?? noBlob },
    recipients,
    RosterBody.parse(body),
  )
  receiveRecord(tx, workspace, record, true)
}

export type Reception = 'known' | 'taken' | 'foreign'

/**
 * Takes a record in, ours or one that came. It counts only when the chain leads to it.
 * @param mine put it on the server
 * @throws PosternError `unreadable`, `too-large`
 */
export function receiveRecord(tx: Writer, workspace: Workspace, record: Uint8Array, mine = false): Reception {
  const read = readRecord(record)
  const info = teamInfo(tx)
  if (!info) return 'foreign'
  if (tx.get('SELECT 1 FROM team_rosters WHERE hash = ?', read.hash)) return 'known'
  if (info.team === '' ? !trusted(info, read) : read.team !== info.team) return 'foreign'
  const body = opened(read, workspace.device) ?? openedBy(tx, read)
  tx.run(
    'INSERT INTO team_rosters(hash, version, previous, signer, bytes, body) VALUES(?, ?, ?, ?, ?, ?)',
    read.hash,
    read.version,
    read.previous,
    text(read.signKey),
    record,
    body && JSON.stringify(body),
  )
  tx.run(
    "INSERT OR IGNORE INTO team_blobs(hash, kind, device, seq, bytes, state, at, send_at) VALUES(?, 'roster', ?, ?, ?, 'applied', ?, ?)",
    read.hash,
    read.signer,
    read.version,
    record,
    workspace.clock.stamp(),
    mine ? 0 : null,
  )
  followChain(tx, workspace, read.hash)
  return 'taken'
}

/** While joining: the first record that is sealed to us and signed by the owner of the invitation. */
const trusted = (info: TeamInfo, record: RosterRecord): boolean => info.trust === record.signer

/** On a new computer that the recovery code was entered on. */
function openedBy(read: Reader, record: RosterRecord): RosterBody | null {
  const recovery = pendingRecovery(read)
  return recovery && opened(record, recovery)
}

/** The keys of the recovery code while this computer looks for the team that it belongs to. */
export function pendingRecovery(read: Reader): DeviceKeys | null {
  const row = read.get<{ value: string }>("SELECT value FROM team_info WHERE key = 'recovery'")
  return row ? recoveryKeys(bytes(z.string().parse(JSON.parse(row.value)))) : null
}

function opened(record: RosterRecord, device: DeviceKeys): RosterBody | null {
  try {
    const body = RosterBody.safeParse(openRecord(record, device))
    return body.success ? body.data : null
  } catch {
    return null
  }
}

/** The body of a new record that goes on where the chain ends and meets no rival: all records are as they were, and need not be read again. */
function goesOn(tx: Writer, hash: string): RosterBody | null {
  const fresh = tx.get<Stored>('SELECT version, previous, signer, body FROM team_rosters WHERE hash = ?', hash)
  const last = currentRoster(tx)
  if (!last || !fresh?.body || fresh.previous !== last.hash || fresh.version !== last.version + 1) return null
  if (tx.get('SELECT 1 FROM team_rosters WHERE previous IN (?1, ?2) AND hash <> ?2', last.hash, hash)) return null
  return mayFollow(last.body, fresh.signer) ? bodyOf(fresh.body) : null
}

/** Makes the records that count (`chainFrom`), as far as they are here, those that hold. @param hash the one that came */
function followChain(tx: Writer, workspace: Workspace, hash: string): void {
  const info = teamInfo(tx)
  if (!info) return
  const next = goesOn(tx, hash)
  if (next) {
    tx.run('UPDATE team_rosters SET chain = 1 WHERE hash = ?', hash)
    return standBy(tx, workspace, info, { hash, body: next, gone: false })
  }
  const all = tx.all<Stored>('SELECT hash, version, previous, signer, body FROM team_rosters ORDER BY version, hash')
  const idOf = (row: Stored): string => deviceIdOf(bytes(row.signer))
  const first = all.find((row) => row.body !== null && idOf(row) === info.trust)
  const { chain, last, gone } = chainFrom(first, all, bodyOf)
  if (!last || isBroken(all, last, currentRoster(tx))) return
  tx.run('UPDATE team_rosters SET chain = (hash IN (SELECT value FROM json_each(?)))', JSON.stringify(chain))
  standBy(tx, workspace, info, { hash: last.hash, body: bodyOf(last.body), gone })
}

/** What the last record of the chain says holds. */
function standBy(
  tx: Writer,
  workspace: Workspace,
  info: TeamInfo,
  { hash, body, gone }: { hash: string; body: RosterBody; gone: boolean },
): void {
  const own = body.devices.find(({ id }) => id === workspace.device.id)
  const membership =
    own === undefined && pendingRecovery(tx)
      ? 'joining'
      : gone || own === undefined || own.cutOff !== null
        ? 'removed'
        : body.owner === workspace.device.id
          ? 'owner'
          : 'member'
  const team =
    info.team ||
    readRecord(tx.get<Stored>('SELECT bytes FROM team_rosters WHERE hash = ?', hash)?.bytes ?? new Uint8Array()).team
  const standing = { ...info, team, carrier: body.carrier }
  for (const { epoch, key } of body.keys)
    // A record that counts no more may have given this epoch another key.
    tx.run(
      'INSERT INTO team_keys(epoch, key) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET key = ?2 WHERE key <> ?2',
      epoch,
      bytes(key),
    )
  // Before it counts as taken out: what it hands over is written as a member, also when it hears only now that it was one.
  if (own?.erase && membership === 'removed' && info.membership !== 'removed') {
    setTeamInfo(tx, { ...standing, membership: 'member' })
    handOver(tx, workspace)
  }
  setTeamInfo(tx, { ...standing, membership })
  materialize(tx, workspace, body)
}

/** The tables that others read, made equal to a roster. */
function materialize(tx: Writer, workspace: Workspace, body: RosterBody): void {
  setLease(tx, workspace, body.leaseDays)
  noteMembers(tx, workspace, body)
  tx.run('DELETE FROM team_members')
  for (const { id, name, address, role, permissions, removedAt } of body.members) {
    tx.run(
      'INSERT INTO team_members(member, name, address, role, permissions, removed_at) VALUES(?, ?, ?, ?, ?, ?)',
      id,
      name,
      address,
      role,
      JSON.stringify(permissions),
      removedAt,
    )
  }
  const before = new Map(
    tx
      .all<{ device: string; roles: string; cut_off: number | null }>('SELECT device, roles, cut_off FROM team_devices')
      .map((row) => [row.device, row]),
  )
  const known = new Set(body.devices.map(({ id }) => id))
  for (const device of before.keys()) {
    if (known.has(device)) continue
    tx.run('DELETE FROM team_devices WHERE device = ?', device)
    // Let in by a record that counts no more: no word of it counts, also where that record came first. What was written here stays here.
    if (device !== workspace.device.id) workspace.team.judgeAgain(tx, device)
  }
  for (const one of body.devices) {
    const roles = JSON.stringify(one.roles)
    tx.run(
      `INSERT INTO team_devices(device, member, name, sign_key, seal_key, added_at, roles, cut_off) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT DO UPDATE SET member = ?2, name = ?3, sign_key = ?4, seal_key = ?5, added_at = ?6, roles = ?7, cut_off = ?8`,
      one.id,
      one.member,
      one.name,
      bytes(one.signKey),
      bytes(one.sealKey),
      one.addedAt,
      roles,
      one.cutOff,
    )
    const was = before.get(one.id)
    if (was?.roles !== roles || was.cut_off !== one.cutOff) workspace.team.judgeAgain(tx, one.id)
  }
}

export interface NewMember {
  readonly name: string
  readonly address: string
  readonly role: Role
  readonly permissions: readonly string[]
  readonly signKey: Uint8Array
  readonly sealKey: Uint8Array
  readonly deviceName: string
}

/** Adds a person with a first device, or another device to a person that is there (`member`). */
export function addDevice(tx: Writer, workspace: Workspace, joining: NewMember, member: string | null = null): void {
  changeRoster(tx, workspace, (body) => {
    const id = member ?? newName()
    const device = deviceIdOf(joining.signKey)
    const known = body.members.find((one) => one.id === id)
    const role = known?.role ?? joining.role
    const permissions = [...(known?.permissions ?? joining.permissions)]
    return {
      ...body,
      members: known
        ? body.members
        : [...body.members, { id, name: joining.name, address: joining.address, role, permissions, removedAt: null }],
      devices: [
        ...body.devices.filter((one) => one.id !== device),
        {
          id: device,
          member: id,
          name: joining.deviceName,
          signKey: text(joining.signKey),
          sealKey: text(joining.sealKey),
          addedAt: workspace.clock.now(),
          roles: [{ from: 1, role, permissions }],
          cutOff: null,
          erase: false,
        },
      ],
    }
  })
}

/** Gives a member another role, from what each of their devices writes next. @throws PosternError `not-allowed` about the owner */
export function setRole(
  tx: Writer,
  workspace: Workspace,
  member: string,
  role: Role,
  permissions: readonly string[],
): void {
  const seen = ownFrontier(tx, workspace)
  changeRoster(tx, workspace, (body) => {
    const ownerMember = body.devices.find(({ id }) => id === body.owner)?.member
    if (member === ownerMember || role === 'owner') throw new PosternError('not-allowed', 'the owner stays the owner')
    return {
      ...body,
      members: body.members.map((one) => (one.id === member ? { ...one, role, permissions: [...permissions] } : one)),
      devices: body.devices.map((one) =>
        one.member === member && one.cutOff === null
          ? { ...one, roles: [...one.roles, { from: (seen[one.id] ?? 0) + 1, role, permissions: [...permissions] }] }
          : one,
      ),
    }
  })
}

const text = (value: Uint8Array): string => Buffer.from(value).toString('base64url')
const bytes = (value: string): Buffer => Buffer.from(value, 'base64url')
