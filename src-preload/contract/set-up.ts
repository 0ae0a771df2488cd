import * as z from 'zod'
import { MailboxDepth } from './depth'
import { Alias, IdentityChange, SendLimits } from './identity'
import { MailboxSettings, ServerSettings } from './mailboxes'

/** A server as IT writes it. Exceptions for certificates are a person's word, never a file's. */
const ServerOfIt = z.strictObject(ServerSettings.omit({ pin: true }).shape)

/** Plain text. */
const signature = z.string().max(5_000)

/** Who a mailbox is to those who get its mail, as IT writes it; what is left out stays as it is. */
export const IdentityOfIt = z.strictObject({
  displayName: IdentityChange.shape.displayName,
  shows: IdentityChange.shape.shows,
  agentName: IdentityChange.shape.agentName,
  signature: signature.optional(),
  aliases: z
    .array(
      z.strictObject({
        address: Alias.shape.address,
        name: z.string().trim().max(80).optional(),
        signature: signature.optional(),
      }),
    )
    .max(100)
    .optional(),
  /** Address of the mailbox whose account carries the mail; "" for its own. */
  sendThrough: z.union([z.email().max(320), z.literal('')]).optional(),
  limits: SendLimits.optional(),
})
export type IdentityOfIt = z.infer<typeof IdentityOfIt>

/** A mailbox as IT writes it, in a provision file or a policy. */
export const mailboxOfIt = {
  ...MailboxSettings.shape,
  imap: ServerOfIt,
  smtp: ServerOfIt,
  /** How much mail is kept on this computer at once. Left out: all of it. */
  depth: z.strictObject(MailboxDepth.shape).optional(),
  identity: IdentityOfIt.optional(),
} as const
