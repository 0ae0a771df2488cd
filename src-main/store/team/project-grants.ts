import { PosternError } from '../../../src-preload/contract/errors'
import { readCard } from '../../crypto/support-identity'
import type { Writer } from '../file/database'
import { cardOf } from '../privacy/support-identities'
import type { Workspace } from '../workspace'
import { GrantEndEvent, GrantEvent } from './kinds-access'
import { standing } from './events'
import type { Changed } from './log'
import { nameOfDevice } from './members'

const entity = /^grant:([0-9a-f]{16})\.([A-Za-z0-9_-]{8,40})$/

/** The device where a grant opens and its name; null for anything else. */
export const grantOf = (owner: string): { device: string; name: string } | null => {
  const [, device, name] = entity.exec(owner) ?? []
  return device !== undefined && name !== undefined ? { device, name } : null
}

interface Row {
  readonly device: string
  readonly payload: string
  readonly ms: number
}

/**
 * Grants of other consoles, told here; and the end of any grant, of ours too, by whoever in the team may end it. A grant
 * counts only as its own console wrote it first; an end is never taken back.
 */
export function projectGrants({ tx, workspace, group, own }: Changed): void {
  const grant = grantOf(group.owner)
  if (!grant || own) return
  const events = (kind: string): Row[] =>
    tx.all<Row>(
      `SELECT device, payload, ms FROM team_events WHERE entity = ? AND kind = ? AND standing = ${standing.counts} ORDER BY seq, idx`,
      group.owner,
      kind,
    )
  const [made] = events('grant').filter(({ device }) => device === grant.device)
  const here = grant.device === workspace.device.id
  if (made && !here) keepGrant(tx, workspace, grant, made)
  const row = rowOf(tx, grant, here)
  if (!row) return
  const [used] = events('grant-used').filter(({ device }) => device === grant.device)
  if (used && !here)
    tx.run(
      'UPDATE grants SET first_used_at = coalesce(first_used_at, ?1), last_used_at = ?1 WHERE id = ?2',
      used.ms,
      row.id,
    )
  const [ended] = events('grant-end')
  if (ended && row.ended_at === null) {
    const why = GrantEndEvent.safeParse(JSON.parse(ended.payload))
    const by = nameOfDevice(tx, ended.device)
    tx.run(
      'UPDATE grants SET ended_at = ?, ended_by = ?, ended_why = ? WHERE id = ?',
      workspace.clock.now(),
      by,
      why.success ? why.data.why : 'revoked',
      row.id,
    )
    if (here)
      workspace.accessLog.append(tx, {
        who: { kind: 'agent', name: by.slice(0, 120) || 'A colleague' },
        act: 'revoked',
        grant: row.id,
        detail: { why: 'team', to: cardOf(tx, row.identity_id).name },
      })
  }
  tx.changes.touched('access')
}

interface Known {
  readonly id: number
  readonly ended_at: number | null
  readonly identity_id: number
}

/**
 * Other consoles' grants bear their console in the name that they are kept under (older ones do not): another one that takes
 * the same name for a grant of its own says nothing about this one.
 */
const keptAs = ({ device, name }: { device: string; name: string }): string => `${device}.${name}`
const rowOf = (tx: Writer, grant: { device: string; name: string }, here: boolean): Known | undefined =>
  tx.get<Known>(
    'SELECT id, ended_at, identity_id FROM grants WHERE name IN (?, ?) AND device = ?',
    grant.name,
    keptAs(grant),
    here ? '' : grant.device,
  )

function keepGrant(tx: Writer, workspace: Workspace, grant: { device: string; name: string }, made: Row): void {
  const event = GrantEvent.safeParse(JSON.parse(made.payload))
  if (!event.success || rowOf(tx, grant, false)) return
  const { card, kind, scope, mailboxes, reason, reference, grantedAt, endsAt } = event.data
  try {
    readCard(JSON.stringify(card))
  } catch (fault) {
    if (fault instanceof PosternError) return
    throw fault
  }
  // Removed: that a colleague granted it does not make the person known here.
  tx.run(
    'INSERT OR IGNORE INTO support_identities(sign_key, card, added_at, added_by, removed) VALUES(?, ?, ?, ?, 1)',
    card.signKey,
    JSON.stringify(card),
    workspace.clock.now(),
    nameOfDevice(tx, made.device),
  )
  const identity = tx.get<{ id: number }>('SELECT id FROM support_identities WHERE sign_key = ?', card.signKey)?.id ?? 0
  const ids =
    mailboxes &&
    tx
      .all<{ id: number }>(
        'SELECT id FROM mailboxes WHERE address IN (SELECT value FROM json_each(?)) AND removing = 0',
        JSON.stringify(mailboxes),
      )
      .map(({ id }) => id)
  tx.run(
    'INSERT INTO grants(name, identity_id, kind, scope, mailboxes, reason, reference, granted_by, granted_at, ends_at, device) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    keptAs(grant),
    identity,
    kind,
    scope,
    ids && JSON.stringify(ids),
    reason,
    reference,
    nameOfDevice(tx, made.device),
    grantedAt,
    endsAt,
    grant.device,
  )
}
