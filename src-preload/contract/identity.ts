import * as z from 'zod'
import { sameAddress } from './address'

/** Words set below a message, in its two forms; both empty: none. */
export const Signature = z.object({ html: z.string().max(20_000), text: z.string().max(10_000) })
export type Signature = z.infer<typeof Signature>
export const noSignature: Signature = { html: '', text: '' }

/** One more address that a mailbox receives under, and may answer from. */
export const Alias = z.object({
  address: z.email().max(320),
  /** The name in From; empty: as for the mailbox. */
  name: z.string().trim().max(80).default(''),
  /** null: that of the mailbox. */
  signature: Signature.nullable().default(null),
})
export type Alias = z.infer<typeof Alias>

/** What a server takes; beyond it messages wait their turn. */
export const SendLimits = z.object({
  perMinute: z.int().min(1).max(10_000),
  recipients: z.int().min(1).max(10_000),
  recipientsPerDay: z.int().min(1).max(1_000_000),
})
export type SendLimits = z.infer<typeof SendLimits>

export const mostAliases = 100

const value = z.object({
  /** What customers read; empty: the mailbox's name. */
  displayName: z.string().trim().max(80),
  /** Which names stand in From. */
  shows: z.enum(['agent', 'both', 'mailbox']),
  /** The agent's name in this mailbox; empty: as everywhere. */
  agentName: z.string().trim().max(80),
  /** null: the agent's own of the profile. */
  signature: Signature.nullable(),
  aliases: z.array(Alias).max(mostAliases),
  /** The mailbox whose outgoing server carries the mail; null: its own. */
  sendThrough: z.int().positive().nullable(),
  /** null: what is known of the provider. */
  limits: SendLimits.nullable(),
})

const { shape } = value

/** Who a mailbox is to those who get its mail. */
export const MailboxIdentity = z.object({
  displayName: shape.displayName.default(''),
  shows: shape.shows.default('agent'),
  agentName: shape.agentName.default(''),
  signature: shape.signature.default(null),
  aliases: shape.aliases.default([]),
  sendThrough: shape.sendThrough.default(null),
  limits: shape.limits.default(null),
})
export type MailboxIdentity = z.infer<typeof MailboxIdentity>

/** Some of it to change. Not made of `MailboxIdentity`: its defaults would reset all that was not named. */
export const IdentityChange = value.partial()
export type IdentityChange = z.infer<typeof IdentityChange>
/** What one agent alone decides. */
export const PersonalIdentity = value.pick({ agentName: true, signature: true }).partial()
/** What holds for the mailbox, whoever writes. */
export const SharedIdentity = value
  .pick({ displayName: true, shows: true, aliases: true, sendThrough: true, limits: true })
  .partial()

/** What of it a team shares; the account to send through is named by its address. */
export const MailboxDefinition = value
  .pick({ displayName: true, shows: true, limits: true })
  .extend({ through: z.email().max(320).nullable() })
  .partial()
export type MailboxDefinition = z.infer<typeof MailboxDefinition>

/** What two of a team set about a mailbox without knowing of each other; the write that stands is the first. */
export const IdentityConflict = z.object({
  mailboxId: z.int().positive(),
  field: z.enum(['displayName', 'shows', 'limits', 'through', 'alias']),
  /** Of a further address; empty for the others. */
  address: z.string(),
  writes: z.array(
    z.object({
      choice: z.string(),
      by: z.string(),
      at: z.int(),
      /** With the one field that it is about. */
      definition: MailboxDefinition,
      /** null: it was given up, or it is not about an address. */
      alias: Alias.nullable(),
    }),
  ),
})
export type IdentityConflict = z.infer<typeof IdentityConflict>

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A signature of plain lines. */
export function plainSignature(text: string): Signature {
  const lines = text.replace(/\r\n?/g, '\n').trim()
  return {
    text: lines,
    html: lines
      .split('\n')
      .map((line) => `<div>${line === '' ? '<br>' : line.replace(/[&<>"]/g, (c) => escapes[c] ?? c)}</div>`)
      .join(''),
  }
}

export interface Sending {
  readonly name: string
  readonly address: string
  readonly identity: MailboxIdentity
}

const aliasAt = ({ identity }: Sending, address: string): Alias | undefined =>
  identity.aliases.find((alias) => sameAddress(alias.address, address))

/** Addresses that a mailbox may send from, its own first. */
export function addressesOf({ address, identity }: Sending): string[] {
  return [address, ...identity.aliases.map((alias) => alias.address).filter((alias) => !sameAddress(alias, address))]
}

/** The name in From of mail that leaves from one of a mailbox's addresses. */
export function senderName(mailbox: Sending, address: string, agentName: string): string {
  const alias = aliasAt(mailbox, address)?.name ?? ''
  if (alias !== '') return alias
  const { displayName, shows, agentName: here } = mailbox.identity
  const team = displayName === '' ? mailbox.name : displayName
  const person = here === '' ? agentName.trim() : here
  if (shows === 'mailbox' || person === '') return team
  return shows === 'both' ? `${person}, ${team}` : person
}

/** The signature below mail from one of a mailbox's addresses. `own`: the agent's of the profile. */
export function signatureFor(mailbox: Sending, address: string, own: Signature): Signature {
  return aliasAt(mailbox, address)?.signature ?? mailbox.identity.signature ?? own
}

const withoutTag = (address: string): string => address.replace(/\+[^@]*(?=@[^@]*$)/, '')

/**
 * The mailbox and its address that a message was written to: `named` are the addresses it names, those that count most
 * first. An address with a tag (`help+orders@`, RFC 5233) is that without it, unless it is an alias itself.
 */
export function writtenTo<M extends Sending>(
  mailboxes: readonly M[],
  named: readonly string[],
): { mailbox: M; address: string } | null {
  for (const name of named) {
    for (const form of new Set([name, withoutTag(name)])) {
      for (const mailbox of mailboxes) {
        const address = addressesOf(mailbox).find((own) => sameAddress(own, form))
        if (address !== undefined) return { mailbox, address }
      }
    }
  }
  return null
}
