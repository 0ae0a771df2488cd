import { PosternError } from '../../../src-preload/contract/errors'
import {
  addressesOf,
  MailboxIdentity,
  senderName,
  signatureFor,
  writtenTo,
  type Sending,
  type Signature,
} from '../../../src-preload/contract/identity'
import type { Address } from '../../../src-preload/contract/mail'
import { mailboxIdsOf } from '../conversations/summary'
import type { Reader, Writer } from '../file/database'
import { noteOwnAddresses } from '../mail/own-mail'
import { addressKey } from '../../../src-preload/contract/address'
import { parsePeople } from '../rows'
import { getSettings } from '../settings'
import type { Workspace } from '../workspace'

/** An identity as it is stored; what does not fit (of a later version) counts as not given. */
export function identityOf(stored: string): MailboxIdentity {
  return MailboxIdentity.safeParse(JSON.parse(stored)).data ?? MailboxIdentity.parse({})
}

export interface Sender extends Sending {
  readonly id: number
  readonly local: boolean
}

/** Every mailbox with its addresses, those for imported mail too. */
export function senders(read: Reader): Sender[] {
  return read
    .all<{ id: number; name: string; address: string; identity: string; local: number }>(
      'SELECT id, name, address, identity, local FROM mailboxes WHERE removing = 0 ORDER BY id',
    )
    .map((row) => ({
      id: row.id,
      name: row.name,
      address: row.address,
      local: row.local === 1,
      identity: identityOf(row.identity),
    }))
}

/** Keys of all addresses that are ours. */
export const ownAddresses = (read: Reader): string[] => senders(read).flatMap(addressesOf).map(addressKey)

/**
 * Stores who a mailbox is. Older mail from an address that became ours, or never was, is looked through.
 * @param mistaken whether an address that goes, by its key, never was the mailbox's
 */
export function putIdentity(
  tx: Writer,
  workspace: Workspace,
  { id, identity: before }: Pick<Sender, 'id' | 'identity'>,
  next: MailboxIdentity,
  mistaken: (key: string) => boolean,
): void {
  const back = addedKeys(next, before).filter(mistaken)
  if (back.length > 0 || addedKeys(before, next).length > 0) noteOwnAddresses(tx, back)
  tx.run('UPDATE mailboxes SET identity = ? WHERE id = ?', JSON.stringify(next), id)
  tx.changes.touched('mailboxes')
  workspace.mailboxesChanged()
}

function addedKeys(from: MailboxIdentity, to: MailboxIdentity): string[] {
  const known = new Set(from.aliases.map(({ address }) => addressKey(address)))
  return to.aliases.map(({ address }) => addressKey(address)).filter((key) => !known.has(key))
}

export interface From {
  readonly mailboxId: number
  readonly address: string
}
interface Original {
  id: number
  conversation_id: number | null
  direction: number
  from_address: string
  people: string
}

/**
 * Whence an answer to a message leaves: from the address that it was written to, in the order To, Cc, the address that
 * the servers say they delivered it to (which alone tells for Bcc and forwarded mail); our own again from where it left.
 * null: there is no mailbox that sends. `all`: `senders`, for many messages at once.
 */
export function answerFrom(
  read: Reader,
  original: Original | null | undefined,
  all: readonly Sender[] = senders(read),
): From | null {
  const sending = all.filter(({ local }) => !local)
  const [first] = sending
  if (!first) return null
  if (!original) return { mailboxId: first.id, address: first.address }
  // A conversation that was moved is answered from where it was moved to.
  const movedTo =
    original.conversation_id === null
      ? null
      : (read.get<{ moved_to: number | null }>(
          'SELECT moved_to FROM conversations WHERE id = ?',
          original.conversation_id,
        )?.moved_to ?? null)
  const moved = movedTo === null ? undefined : sending.find(({ id }) => id === movedTo)
  if (moved) return { mailboxId: moved.id, address: moved.address }
  const { to, cc, bcc, deliveredTo = [] } = parsePeople(original.people)
  const named = [
    ...(original.direction === 1 ? [original.from_address] : []),
    ...[...to, ...cc].map(({ address }) => address),
    ...deliveredTo,
    ...bcc.map(({ address }) => address),
  ]
  const found = writtenTo(sending, named)
  if (found) return { mailboxId: found.mailbox.id, address: found.address }
  const where = read
    .all<{ id: number }>(
      'SELECT DISTINCT f.mailbox_id AS id FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ? ORDER BY 1',
      original.id,
    )
    .map(({ id }) => id)
  const inRow = original.conversation_id === null ? [] : mailboxIdsOf(read, original.conversation_id)
  const holder = sending.find(({ id }) => where.includes(id)) ?? sending.find(({ id }) => inRow.includes(id)) ?? first
  return { mailboxId: holder.id, address: holder.address }
}

export interface Frozen {
  readonly sender: Address
  readonly signature: Signature | null
  readonly throughId: number | null
}

/**
 * What leaves with a message: its From, its signature, the account. An address that is no longer the mailbox's is refused.
 * @throws PosternError `not-found`, `sender-refused` (detail `address`)
 */
export function freezeSender(
  read: Reader,
  { mailboxId, from, signed }: { mailboxId: number; from: string; signed: boolean },
): Frozen {
  const mailbox = senders(read).find(({ id, local }) => id === mailboxId && !local)
  if (!mailbox) throw new PosternError('not-found', 'no such mailbox')
  const address =
    from === '' ? mailbox.address : addressesOf(mailbox).find((own) => addressKey(own) === addressKey(from))
  if (address === undefined)
    throw new PosternError('sender-refused', 'not an address of the mailbox', { address: from, unknown: true })
  const { agentName, signature: own } = getSettings(read)
  const signature = signatureFor(mailbox, address, own)
  return {
    sender: { name: senderName(mailbox, address, agentName), address },
    signature: signed && signature.text.trim() !== '' ? signature : null,
    throughId: throughOf(read, mailboxId),
  }
}

/** The mailbox whose account carries another one's mail; null: its own. */
export function throughOf(read: Reader, mailboxId: number): number | null {
  const all = senders(read)
  const wanted = all.find(({ id }) => id === mailboxId)?.identity.sendThrough ?? null
  return all.some(({ id, local }) => id === wanted && !local) ? wanted : null
}
