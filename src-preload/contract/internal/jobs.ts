import * as z from 'zod'
import { Address, Bytes, Id, Time } from '../mail'
import { FolderRole } from '../mailboxes'
import { Signature } from '../identity'
import { Failure } from '../errors'

/** What store gives mail to do on the servers, and what became of it. */

export const ServerOp = z.object({
  id: Id,
  mailboxId: Id,
  kind: z.enum(['add-flags', 'remove-flags', 'add-label', 'remove-label', 'move']),
  /** A folder that began anew has another, also under the same UIDVALIDITY. */
  folderId: Id,
  folderPath: z.string(),
  uidValidity: z.string(),
  uids: z.array(z.int().positive()),
  /** Flags, or the one label. */
  flags: z.array(z.string()),
  /** Role of the target folder for `move`; mail finds the folder. */
  targetRole: FolderRole.nullable(),
  /** For a move back to where a message was: this folder when it still exists, else the one with the role. */
  targetPath: z.string().nullable().default(null),
  /** It was handed out before: a part of it may be done. */
  again: z.boolean().optional(),
})
export type ServerOp = z.infer<typeof ServerOp>

export const OutboxJob = z.object({
  id: Id,
  mailboxId: Id,
  state: z.enum(['queued', 'uncertain']),
  /** Frozen at Send. */
  messageId: z.string(),
  posternId: z.string(),
  date: Time,
  from: Address,
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  /** To whom this try goes: everybody, or a part when the provider limits recipients. */
  envelope: z.array(z.string()),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  quote: z.string().nullable(),
  signature: Signature.nullable(),
  /** The mailbox whose outgoing server carries it; null: its own. */
  throughId: Id.nullable(),
  inReplyTo: z.string().nullable(),
  references: z.array(z.string()),
  files: z.array(z.object({ name: z.string(), type: z.string(), bytes: Bytes })),
  /** The composed message when an earlier try made it already: sent again byte for byte. */
  raw: Bytes.nullable(),
  /** Which try this is, from 1; the store refuses the word of an earlier one. */
  attempt: z.int(),
})
export type OutboxJob = z.infer<typeof OutboxJob>

export const OutboxOutcome = z.object({
  id: Id,
  state: z.enum(['queued', 'sent', 'failed', 'uncertain']),
  error: Failure.nullable(),
  /** The server's own reply line, untrusted plain text. */
  serverLine: z.string().max(1000).nullable(),
  /** Recipients that the server refused while it took the others. */
  refused: z.array(z.string()),
  /** Recipients that the server put off while it took the others: it is tried again for them alone. */
  later: z.array(z.string()).default([]),
  /** For `queued`: not before then. Set when the network failed, so that mail tries again as soon as it is back; else the store spaces the tries. */
  retryAt: Time.optional(),
})
export type OutboxOutcome = z.infer<typeof OutboxOutcome>
