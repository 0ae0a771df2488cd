import { PosternError } from '../../../src-preload/contract/errors'
import {
  addressesOf,
  MailboxIdentity,
  type IdentityChange,
  type IdentityConflict,
  MailboxDefinition,
} from '../../../src-preload/contract/identity'
import type { Undo } from '../conversations/acts'
import type { Reader, Writer } from '../file/database'
import { addressKey } from '../../../src-preload/contract/address'
import { nameOfDevice } from '../team/members'
import { AliasState, aliasPrefix, entityOfMailbox, sortAliases } from '../team/project-identities'
import { dotText, type StateRow } from '../team/reduce'
import { conflictOf, stateOf, standingWrite } from '../team/state'
import type { Workspace } from '../workspace'
import { putIdentity, senders, type Sender } from './identities'

/**
 * Changes who a mailbox is; what holds whoever writes is told to the team.
 * @param share false: a set-up file says it, for this computer alone
 * @returns how it is taken back
 * @throws PosternError `not-found`; `conflict` (detail `address`) when another mailbox has one of the addresses, or the account to send through is none
 */
export function setIdentity(tx: Writer, workspace: Workspace, id: number, change: IdentityChange, share = true): Undo {
  const all = senders(tx)
  const own = mailboxOf(all, id)
  const next = MailboxIdentity.parse({
    ...own.identity,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  })
  const taken = next.aliases.find(({ address }) =>
    all.some((one) => one.id !== id && addressesOf(one).some((other) => addressKey(other) === addressKey(address))),
  )
  if (taken)
    throw new PosternError('conflict', 'another mailbox has this address', { what: 'alias', address: taken.address })
  const through = next.sendThrough === id ? null : next.sendThrough
  if (through !== null && !all.some((one) => one.id === through && !one.local))
    throw new PosternError('conflict', 'no such account', { what: 'account' })
  const put = (writer: Writer, { from, to, mistaken }: Step): void => {
    putIdentity(writer, workspace, { id, identity: from }, to, () => mistaken)
    if (share) tellTeam(writer, workspace, own, { from, to, mistaken })
  }
  const changed = { ...next, sendThrough: through, aliases: inOrder(next.aliases, own.address) }
  put(tx, { from: own.identity, to: changed, mistaken: false })
  return (undo) => {
    const now = senders(undo).find((one) => one.id === id)?.identity
    // What a colleague changed since stays.
    const fields = MailboxIdentity.keyof().options.filter(
      (field) => change[field] !== undefined && now && !differ(now[field], changed[field]),
    )
    if (!now || fields.length === 0) return 'left'
    const before = Object.fromEntries(fields.map((field) => [field, own.identity[field]]))
    put(undo, { from: now, to: MailboxIdentity.parse({ ...now, ...before }), mistaken: true })
    return undefined
  }
}

/** `mistaken`: addresses that go were never the mailbox's. */
interface Step {
  readonly from: MailboxIdentity
  readonly to: MailboxIdentity
  readonly mistaken: boolean
}

/** @throws PosternError `not-found` */
function mailboxOf(all: readonly Sender[], id: number): Sender {
  const own = all.find((one) => one.id === id)
  if (!own || own.local) throw new PosternError('not-found', 'no such mailbox')
  return own
}

/** Each once, and not the mailbox's own; in the order in which the team's state has them. */
function inOrder(aliases: MailboxIdentity['aliases'], address: string): MailboxIdentity['aliases'] {
  const met = new Set([addressKey(address)])
  return sortAliases(aliases.filter((alias) => met.size < met.add(addressKey(alias.address)).size))
}

const differ = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other)

function tellTeam(tx: Writer, workspace: Workspace, mailbox: Sender, { from, to, mistaken }: Step): void {
  const entity = entityOfMailbox(mailbox.address)
  const account = senders(tx).find(({ id }) => id === to.sendThrough)
  const payload: MailboxDefinition = {
    ...(from.displayName !== to.displayName && { displayName: to.displayName }),
    ...(from.shows !== to.shows && { shows: to.shows }),
    ...(differ(from.limits, to.limits) && { limits: to.limits }),
    ...(from.sendThrough !== to.sendThrough && { through: account ? addressKey(account.address) : null }),
  }
  if (Object.keys(payload).length > 0) workspace.team.record(tx, { kind: 'mailbox-define', entity, payload })
  const byKey = ({ aliases }: MailboxIdentity) => new Map(aliases.map((alias) => [addressKey(alias.address), alias]))
  const [before, after] = [byKey(from), byKey(to)]
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const alias = after.get(key) ?? null
    if (differ(before.get(key) ?? null, alias))
      workspace.team.record(tx, {
        kind: 'mailbox-alias',
        entity,
        payload: { address: key, alias, mistaken: mistaken && alias === null },
      })
  }
}

/** What two of the team set about a mailbox at the same time, the one that stands first. */
export function identityConflicts(read: Reader): IdentityConflict[] {
  return senders(read).flatMap(({ id: mailboxId, address: own, local }) => {
    const rows = local ? [] : stateOf(read, entityOfMailbox(own))
    const registers = [...new Set(rows.filter(({ rank }) => rank > 0).map(({ field }) => field))]
    return registers.flatMap((register): IdentityConflict[] => {
      const writes = conflictOf(rows, register)
      if (writes.length === 0) return []
      const field = isDefinition(register) ? register : 'alias'
      return [
        {
          mailboxId,
          field,
          address: field === 'alias' ? register.slice(aliasPrefix.length) : '',
          writes: writes.map((row) => ({
            choice: dotText(row),
            by: nameOfDevice(read, row.device),
            at: row.at,
            definition: field === 'alias' ? {} : { [field]: row.value },
            alias: field === 'alias' ? AliasState.parse(row.value).alias : null,
          })),
        },
      ]
    })
  })
}

/**
 * One of two writes that did not know of each other is chosen, for everybody.
 * @returns how it is taken back
 * @throws PosternError `not-found`; `conflict` when somebody settled it meanwhile
 */
export function chooseIdentity(tx: Writer, workspace: Workspace, id: number, choice: string): Undo {
  const entity = entityOfMailbox(mailboxOf(senders(tx), id).address)
  const rows = stateOf(tx, entity)
  const chosen = rows.find((row) => dotText(row) === choice)
  const [stood] = chosen ? conflictOf(rows, chosen.field) : []
  if (!chosen || !stood) throw new PosternError('conflict', 'it was settled meanwhile')
  const put = (writer: Writer, { field, value }: StateRow): void => {
    if (isDefinition(field))
      workspace.team.record(writer, { kind: 'mailbox-define', entity, payload: { [field]: value } })
    else
      workspace.team.record(writer, {
        kind: 'mailbox-alias',
        entity,
        payload: { address: field.slice(aliasPrefix.length), ...AliasState.parse(value) },
      })
  }
  put(tx, chosen)
  return (undo) => {
    const now = standingWrite(stateOf(undo, entity), chosen.field)
    if (!now || differ(now.value, chosen.value)) return 'left'
    put(undo, stood)
    return undefined
  }
}

const isDefinition = (field: string): field is keyof MailboxDefinition => Object.hasOwn(MailboxDefinition.shape, field)
