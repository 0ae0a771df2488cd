import { randomBytes } from 'node:crypto'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Policy } from '../../../src-preload/contract/policy'
import {
  GrantKind,
  GrantScope,
  longestGrantMs,
  type Grant,
  type GrantState,
  type GrantWish,
  type LogBody,
  type SupportCard,
} from '../../../src-preload/contract/support'
import { fingerprintOf } from '../../crypto/support-identity'
import type { Reader, Writer } from '../file/database'
import { notice } from './access-notices'
import { anchorHead } from './log-heads'
import { cardOf } from './support-identities'
import { nameOfDevice } from '../team/members'
import type { grantEnds } from '../team/kinds-access'
import { ownPermissions } from '../team/roles'
import { teamInfo } from '../team/team-info'
import type { Workspace } from '../workspace'

const dayMs = 86_400_000

export interface GrantRow {
  readonly id: number
  readonly name: string
  readonly identity_id: number
  readonly kind: string
  readonly scope: string
  readonly mailboxes: string | null
  readonly reason: string
  readonly reference: string
  readonly granted_by: string
  readonly granted_at: number
  readonly ends_at: number
  readonly ended_at: number | null
  readonly ended_by: string | null
  readonly ended_why: string | null
  readonly first_used_at: number | null
  readonly last_used_at: number | null
  readonly told_soon: number
  /** The console where it opens; '' is this one. */
  readonly device: string
}

/** The longest grant that policy allows, ms; never more than 180 days. */
export function longestMs(policy: Policy): number {
  return Math.min(longestGrantMs, (policy.supportAccessLongestDays ?? 180) * dayMs)
}

/** Whether policy lets this person be granted this kind of access at all. */
function isForbidden(policy: Policy, kind: string, card: SupportCard): boolean {
  if (policy.supportAccess === 'off') return true
  if (kind !== 'support' && policy.customerSuccessAccess === 'off') return true
  return (
    policy.supportIdentities !== undefined && !policy.supportIdentities.some(({ signKey }) => signKey === card.signKey)
  )
}

/**
 * How a grant stands now, by corrected time; the one place that decides. A row that is longer than any grant may be is
 * worth nothing, wherever it came from (R54); a time that cannot be trusted opens nothing (R55).
 * @param left its grantor has left the team
 */
export function stateOf(
  row: GrantRow,
  card: SupportCard,
  policy: Policy,
  clock: { now(): number; readonly doubt: unknown },
  left = false,
): GrantState {
  if (row.ended_at !== null)
    return row.ended_why === 'replaced' ? 'replaced' : row.ended_why === 'revoked' ? 'revoked' : 'ended'
  if (!(row.ends_at > row.granted_at) || row.ends_at - row.granted_at > longestGrantMs) return 'forbidden'
  const now = clock.now()
  if (now >= row.ends_at || left) return 'ended'
  if (isForbidden(policy, row.kind, card) || row.ends_at - row.granted_at > longestMs(policy)) return 'forbidden'
  // Granted in the future: the clock was ahead when it was made, or is behind now.
  if (clock.doubt !== null || row.granted_at > now + 5 * 60_000) return 'time-doubtful'
  return 'live'
}

/** A grant ends with its grantor's place in the roster. Alone, nobody leaves. */
export function grantorLeft(read: Reader, row: GrantRow, own: string): boolean {
  const info = teamInfo(read)
  if (!info || info.membership === 'joining') return false
  if (row.device === '' && info.membership === 'removed') return true
  return read.get('SELECT 1 FROM team_devices WHERE device = ? AND cut_off IS NULL', row.device || own) === undefined
}

/** The id of the last grant that was made or heard of; 0: none. */
export const newestGrant = (read: Reader): number =>
  read.get<{ id: number | null }>('SELECT max(id) AS id FROM grants')?.id ?? 0

/**
 * How a grant stands on this console. One of its own that an older copy of the database holds as running does not: it may have been
 * ended since (R55).
 */
export function standingOf(workspace: Workspace, row: GrantRow, card: SupportCard, policy: Policy): GrantState {
  const { db, clock, device } = workspace
  const state = stateOf(row, card, policy, clock, grantorLeft(db.read, row, device.id))
  return state === 'live' && row.device === '' && row.id <= workspace.doubtedGrants ? 'ended' : state
}

export function grantRow(read: Reader, id: number): GrantRow {
  const row = read.get<GrantRow>('SELECT * FROM grants WHERE id = ?', id)
  if (!row) throw new PosternError('not-found', 'no such grant')
  return row
}

/** All grants, those that have not ended first. `open`: how many sessions of a grant are open. */
export function listGrants(workspace: Workspace, policy: Policy, open: (grantId: number) => number): Grant[] {
  const { read } = workspace.db
  return read
    .all<GrantRow>('SELECT * FROM grants ORDER BY ended_at IS NOT NULL, ends_at DESC, id DESC LIMIT 500')
    .map((row) => {
      const card = cardOf(read, row.identity_id)
      const state = standingOf(workspace, row, card, policy)
      return {
        id: row.id,
        identity: {
          id: row.identity_id,
          name: card.name,
          organisation: card.organisation,
          fingerprint: fingerprintOf(card),
        },
        kind: GrantKind.parse(row.kind),
        scope: GrantScope.parse(row.scope),
        mailboxIds: mailboxesOf(row),
        reason: row.reason,
        reference: row.reference,
        grantedBy: row.granted_by,
        grantedAt: row.granted_at,
        endsAt: row.ends_at,
        endedAt: row.ended_at,
        endedBy: row.ended_by,
        firstUsedAt: row.first_used_at,
        lastUsedAt: row.last_used_at,
        state,
        open: open(row.id),
        elsewhere: row.device === '' ? null : { device: row.device, name: nameOfDevice(read, row.device) },
      }
    })
}

export function mailboxesOf(row: GrantRow): number[] | null {
  if (row.mailboxes === null) return null
  const ids: unknown = JSON.parse(row.mailboxes)
  return Array.isArray(ids) ? ids.filter((id): id is number => typeof id === 'number') : []
}

/**
 * Makes a grant and writes it to the log in one transaction. `replaces`: the grant that this one extends; it ends.
 * @throws PosternError `not-found`, `not-allowed` (policy), `grant-too-long`, `invalid-input` (an end that has passed),
 *   `time-doubtful`; `conflict` (the one that it extends is another person's), `grant-ended` (that one is over)
 */
export function makeGrant(
  workspace: Workspace,
  policy: Policy,
  wish: GrantWish,
  by: LogBody['who'],
  replaces: number | null = null,
): number {
  return workspace.db.write((tx) => {
    const card = cardOf(tx, wish.identityId)
    if (isForbidden(policy, wish.kind, card))
      throw new PosternError('not-allowed', 'policy forbids this grant', { managed: true })
    const now = workspace.clock.now()
    if (workspace.clock.doubt !== null) throw new PosternError('time-doubtful', workspace.clock.doubt)
    if (wish.endsAt <= now) throw new PosternError('invalid-input', 'the end has passed')
    const longest = longestMs(policy)
    if (wish.endsAt - now > longest)
      throw new PosternError('grant-too-long', 'longer than allowed', { days: Math.floor(longest / dayMs) })
    const known = tx.all<{ id: number }>('SELECT id FROM mailboxes WHERE removing = 0').map(({ id }) => id)
    if (wish.mailboxIds?.some((id) => !known.includes(id))) throw new PosternError('not-found', 'no such mailbox')
    if (wish.kind === 'customer-success-manager' && wish.scope !== 'full')
      throw new PosternError('invalid-input', 'writing needs full reading')
    if (replaces !== null) {
      const before = grantRow(tx, replaces)
      if (before.device !== '') throw new PosternError('not-allowed', 'it opens on another console')
      // Who extends has looked at the fingerprint before, and at nobody else's.
      if (before.identity_id !== wish.identityId) throw new PosternError('conflict', 'extended for somebody else')
      if (before.ended_at !== null || now >= before.ends_at) throw new PosternError('grant-ended', 'it is over')
      endGrant(tx, workspace, replaces, by, 'replaced')
    }
    const name = randomBytes(12).toString('base64url')
    const { lastInsertRowid } = tx.run(
      `INSERT INTO grants(name, identity_id, kind, scope, mailboxes, reason, reference, granted_by, granted_at, ends_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      name,
      wish.identityId,
      wish.kind,
      wish.scope,
      wish.mailboxIds === null ? null : JSON.stringify(wish.mailboxIds),
      wish.reason,
      wish.reference,
      by.name,
      now,
      wish.endsAt,
    )
    const id = Number(lastInsertRowid)
    workspace.accessLog.append(tx, {
      who: by,
      act: replaces === null ? 'granted' : 'extended',
      grant: id,
      object: { kind: 'identity', id: wish.identityId },
      detail: {
        to: card.name,
        organisation: card.organisation,
        fingerprint: fingerprintOf(card),
        kind: wish.kind,
        scope: wish.scope,
        mailboxes: wish.mailboxIds?.length ?? 'all',
        endsAt: wish.endsAt,
        ...(replaces === null ? {} : { replaces }),
      },
    })
    const addresses =
      wish.mailboxIds &&
      tx
        .all<{ address: string }>(
          'SELECT address FROM mailboxes WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
          JSON.stringify(wish.mailboxIds),
        )
        .map(({ address }) => address)
    // Refused by the roster when the role does not allow it; then there is no grant here either.
    workspace.team.record(tx, {
      kind: 'grant',
      entity: entityOf(workspace, '', name),
      payload: {
        card,
        kind: wish.kind,
        scope: wish.scope,
        mailboxes: addresses,
        reason: wish.reason,
        reference: wish.reference,
        grantedAt: now,
        endsAt: wish.endsAt,
      },
    })
    anchorHead(tx, workspace)
    return id
  })
}

/** The name of a grant in the team log: the console where it opens, which is in the kept name of another console's already, and a name of its own. */
const entityOf = (workspace: Workspace, device: string, name: string): string =>
  name.includes('.') ? `grant:${name}` : `grant:${device || workspace.device.id}.${name}`

/** Its first use is told to the team, unless the role of this console has become too small for it. */
export function tellUsed(tx: Writer, workspace: Workspace, row: GrantRow): void {
  if (!ownPermissions(tx, workspace.device.id).has('support-access')) return
  workspace.team.record(tx, {
    kind: 'grant-used',
    entity: entityOf(workspace, row.device, row.name),
    payload: { at: workspace.clock.now() },
  })
}

/**
 * Ends a grant that has not ended; does nothing to one that has. A grant of another console is ended there as soon as it hears of it.
 * @throws PosternError `not-allowed` by the roster, for what a person does
 */
export function endGrant(
  tx: Writer,
  workspace: Workspace,
  id: number,
  by: LogBody['who'],
  why: (typeof grantEnds)[number],
): boolean {
  const row = grantRow(tx, id)
  if (row.ended_at !== null) return false
  const byPerson = why === 'revoked' || why === 'replaced'
  // Time and roster end it on every console alike; only what the others cannot know is told.
  if (byPerson || (why === 'forbidden' && ownPermissions(tx, workspace.device.id).has('support-access')))
    workspace.team.record(tx, {
      kind: 'grant-end',
      entity: entityOf(workspace, row.device, row.name),
      payload: { why },
    })
  tx.run(
    'UPDATE grants SET ended_at = ?, ended_by = ?, ended_why = ? WHERE id = ?',
    workspace.clock.now(),
    by.name,
    why,
    id,
  )
  if (row.device === '' || byPerson)
    workspace.accessLog.append(tx, {
      who: by,
      act: why === 'revoked' ? 'revoked' : 'grant-ended',
      grant: id,
      detail: { why, to: cardOf(tx, row.identity_id).name },
    })
  else tx.changes.touched('access')
  anchorHead(tx, workspace)
  return true
}

/** Ends those of this console that an older copy of the database holds as running, for the team too where this role may; people are told. */
export function endDoubtedGrants(tx: Writer, workspace: Workspace, by: LogBody['who']): void {
  const why = ownPermissions(tx, workspace.device.id).has('support-access') ? 'revoked' : 'ended'
  for (const { id } of tx.all<{ id: number }>(
    "SELECT id FROM grants WHERE device = '' AND ended_at IS NULL AND id <= ?",
    workspace.doubtedGrants,
  )) {
    endGrant(tx, workspace, id, by, why)
    notice(tx, 'ended', id)
  }
}

/** Notes the end of grants whose time has passed and which end within a day, and that people are to be told. */
export function sweepGrants(workspace: Workspace, policy: Policy): void {
  const { read } = workspace.db
  const running = read.all<GrantRow>('SELECT * FROM grants WHERE ended_at IS NULL')
  const program: LogBody['who'] = { kind: 'program', name: 'Postern' }
  const own = workspace.device.id
  const ended = running.filter((row) => {
    const state = stateOf(row, cardOf(read, row.identity_id), policy, workspace.clock, grantorLeft(read, row, own))
    // What policy forbids here says nothing of another console.
    return state === 'ended' || (state === 'forbidden' && row.device === '')
  })
  const soon = running.filter(
    (row) =>
      !ended.includes(row) &&
      row.told_soon === 0 &&
      row.ends_at - row.granted_at > dayMs &&
      row.ends_at - workspace.clock.now() <= dayMs,
  )
  if (ended.length + soon.length === 0) return
  workspace.db.write((tx) => {
    for (const row of ended) {
      endGrant(
        tx,
        workspace,
        row.id,
        program,
        workspace.clock.now() >= row.ends_at ? 'ended' : grantorLeft(tx, row, own) ? 'grantor-left' : 'forbidden',
      )
      notice(tx, 'ended', row.id)
    }
    for (const row of soon) {
      tx.run('UPDATE grants SET told_soon = 1 WHERE id = ?', row.id)
      notice(tx, 'ends-soon', row.id)
    }
  })
}
