import * as z from 'zod'
import { Alias, MailboxIdentity, mostAliases } from '../../../src-preload/contract/identity'
import type { Writer } from '../file/database'
import { putIdentity, senders, type Sender } from '../outbox/identities'
import { addressKey } from '../../../src-preload/contract/address'
import type { Workspace } from '../workspace'
import type { Changed } from './log'
import type { StateRow } from './reduce'
import { statesOf } from './state'

const prefix = 'mailbox:'
export const aliasPrefix = 'alias:'

/** How the team's events name a mailbox: its id differs from computer to computer. */
export const entityOfMailbox = (address: string): string => `${prefix}${addressKey(address)}`

export const AliasState = z.object({ alias: Alias.nullable(), mistaken: z.boolean() })

/** Names, addresses and limits of mailboxes as the team set them. */
export function projectIdentities({ tx, workspace, group, fields }: Changed): void {
  if (group.owner.startsWith(prefix)) putIdentities(tx, workspace, fields)
}

/**
 * Writes what the team set into the mailboxes that are here; what it never set stays as it is on this computer.
 * @param gone fields of which events may have ceased to count: what stands for them no more is as it was made
 */
export function putIdentities(tx: Writer, workspace: Workspace, gone: ReadonlySet<string> = new Set()): void {
  const all = senders(tx)
  const states = statesOf(tx, prefix)
  const aliases = claimedAliases(states, all)
  for (const mailbox of all) {
    const owner = entityOfMailbox(mailbox.address)
    const rows = (states.get(owner) ?? []).filter(({ rank }) => rank === 0)
    if (mailbox.local || rows.length === 0) continue
    const before = mailbox.identity
    const said = new Map(rows.map(({ field, value }) => [field, value]))
    const kept = before.aliases.filter(({ address }) => {
      const key = addressKey(address)
      const register = `${aliasPrefix}${key}`
      return !said.has(register) && !gone.has(register) && !aliases.has(key)
    })
    const given = [...aliases.values()].filter((one) => one.owner === owner).map(({ alias }) => alias)
    const next = MailboxIdentity.parse({
      ...before,
      ...definitionOf(said, all, gone),
      // Colleagues who did not know of each other may have given it more than it can have: the first ones stand.
      aliases: sortAliases([...given, ...kept].slice(0, mostAliases)),
    })
    if (JSON.stringify(next) === JSON.stringify(before)) continue
    putIdentity(
      tx,
      workspace,
      mailbox,
      next,
      (key) => AliasState.safeParse(said.get(`${aliasPrefix}${key}`)).data?.mistaken === true,
    )
  }
}

/** In one order everywhere, so that nothing is written when nothing changed. */
export const sortAliases = (aliases: readonly Alias[]): Alias[] =>
  aliases.toSorted((a, b) => (addressKey(a.address) < addressKey(b.address) ? -1 : 1))

/** What stands about a mailbox besides its addresses, as its identity has it. */
function definitionOf(
  said: ReadonlyMap<string, unknown>,
  all: readonly Sender[],
  gone: ReadonlySet<string>,
): Record<string, unknown> {
  const usual = MailboxIdentity.parse({})
  const found: Record<string, unknown> = {}
  for (const field of ['displayName', 'shows', 'limits'] as const) {
    if (said.has(field)) found[field] = said.get(field)
    else if (gone.has(field)) found[field] = usual[field]
  }
  // An account that is not on this computer carries nothing here: the mailbox sends by its own.
  if (said.has('through') || gone.has('through'))
    found['sendThrough'] =
      all.find(({ address, local }) => !local && addressKey(address) === said.get('through'))?.id ?? null
  return found
}

/** Each further address once: of two mailboxes that were given one at the same time, the first keeps it. */
function claimedAliases(
  states: ReadonlyMap<string, readonly StateRow[]>,
  all: readonly Sender[],
): ReadonlyMap<string, { owner: string; alias: Alias }> {
  const mailboxes = new Set([...states.keys(), ...all.map(({ address }) => entityOfMailbox(address))])
  const claims = [...states]
    .flatMap(([owner, rows]) =>
      rows
        .filter(({ field, rank }) => rank === 0 && field.startsWith(aliasPrefix))
        .flatMap((row) => {
          const { alias } = AliasState.parse(row.value)
          return alias ? [{ owner, alias, row }] : []
        }),
    )
    .toSorted((a, b) => a.row.at - b.row.at || (a.row.device < b.row.device ? -1 : 1))
  const found = new Map<string, { owner: string; alias: Alias }>()
  for (const { owner, alias } of claims) {
    const key = addressKey(alias.address)
    if (!found.has(key) && !mailboxes.has(entityOfMailbox(key))) found.set(key, { owner, alias })
  }
  return found
}
