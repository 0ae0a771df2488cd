import { PosternError } from '../../../src-preload/contract/errors'
import type { Policy } from '../../../src-preload/contract/policy'
import { SupportCard, type LogBody, type SupportIdentity } from '../../../src-preload/contract/support'
import { fingerprintOf, readCard, wordsOf } from '../../crypto/support-identity'
import type { Reader } from '../file/database'
import type { Workspace } from '../workspace'

interface Row {
  id: number
  sign_key: string
  card: string
  added_at: number
  added_by: string
}

/** The card of an identity, its signature checked again: what is kept here may have been changed. @throws PosternError `not-found`, `unreadable` */
export function cardOf(read: Reader, id: number): SupportCard {
  const row = read.get<{ card: string }>('SELECT card FROM support_identities WHERE id = ?', id)
  if (!row) throw new PosternError('not-found', 'no such identity')
  return checked(row.card)
}

/** Signatures that were checked once hold for the same text. */
const known = new Map<string, SupportCard>()
function checked(text: string): SupportCard {
  const before = known.get(text)
  if (before) return before
  const card = readCard(text)
  if (known.size > 500) known.clear()
  known.set(text, card)
  return card
}

/** Support people whose cards were taken in, and whether policy allows each. */
export function listIdentities(read: Reader, policy: Policy): SupportIdentity[] {
  return read
    .all<Row>('SELECT id, sign_key, card, added_at, added_by FROM support_identities WHERE removed = 0 ORDER BY id')
    .map((row) => {
      const card = checked(row.card)
      const pinned = policy.supportIdentities?.some(({ signKey }) => signKey === card.signKey) ?? false
      return {
        id: row.id,
        name: card.name,
        organisation: card.organisation,
        fingerprint: fingerprintOf(card),
        words: wordsOf(card),
        addedAt: row.added_at,
        addedBy: row.added_by,
        pinned,
        allowed: policy.supportIdentities === undefined || pinned,
      }
    })
}

/** Takes a card in; the same key again brings back its entry. @throws PosternError `unreadable`, `not-allowed` by policy */
export function addIdentity(workspace: Workspace, policy: Policy, text: string, by: LogBody['who']): number {
  const card = readCard(text)
  if (policy.supportIdentities && !policy.supportIdentities.some(({ signKey }) => signKey === card.signKey))
    throw new PosternError('not-allowed', 'policy names other identities', { managed: true })
  return workspace.db.write((tx) => {
    const before = tx.get<{ id: number; removed: number }>(
      'SELECT id, removed FROM support_identities WHERE sign_key = ?',
      card.signKey,
    )
    if (before?.removed === 0) return before.id
    const { id } = tx.get<{ id: number }>(
      `INSERT INTO support_identities(sign_key, card, added_at, added_by) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET card = ?2, added_at = ?3, added_by = ?4, removed = 0 RETURNING id`,
      card.signKey,
      JSON.stringify(SupportCard.parse(card)),
      workspace.clock.now(),
      by.name,
    ) ?? { id: 0 }
    workspace.accessLog.append(tx, {
      who: by,
      act: 'identity-added',
      object: { kind: 'identity', id },
      detail: { name: card.name, organisation: card.organisation, fingerprint: fingerprintOf(card) },
    })
    return id
  })
}

/** Forgets an identity; its grants must have ended. @throws PosternError `conflict`, `not-allowed` when policy names it */
export function removeIdentity(workspace: Workspace, policy: Policy, id: number, by: LogBody['who']): void {
  workspace.db.write((tx) => {
    const card = cardOf(tx, id)
    if (policy.supportIdentities?.some(({ signKey }) => signKey === card.signKey))
      throw new PosternError('not-allowed', 'policy names it', { managed: true })
    if (tx.get('SELECT 1 FROM grants WHERE identity_id = ? AND ended_at IS NULL', id))
      throw new PosternError('conflict', 'has a grant', { what: 'grant' })
    tx.run('UPDATE support_identities SET removed = 1 WHERE id = ?', id)
    workspace.accessLog.append(tx, {
      who: by,
      act: 'identity-removed',
      object: { kind: 'identity', id },
      detail: { name: card.name, fingerprint: fingerprintOf(card) },
    })
  })
}

/** Identities that policy names are there without anybody adding them. */
export function takePinned(workspace: Workspace, policy: Policy): void {
  const missing = (policy.supportIdentities ?? []).filter(
    ({ signKey }) =>
      !workspace.db.read.get('SELECT 1 FROM support_identities WHERE sign_key = ? AND removed = 0', signKey),
  )
  for (const card of missing)
    addIdentity(workspace, policy, JSON.stringify(card), { kind: 'program', name: policy.managedBy ?? 'Policy' })
}
