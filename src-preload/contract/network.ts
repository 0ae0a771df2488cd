import * as z from 'zod'
import { Id, Time } from './mail'

/** What a connection is for. `unknown`: nobody said so beforehand, which must not happen. */
export const NetworkUse = z.enum([
  'fetch-mail',
  'send-mail',
  'test-connection',
  'find-settings',
  'look-up',
  'sign-in',
  'remote-image',
  'team-log',
  'try-former',
  'unknown',
])
export type NetworkUse = z.infer<typeof NetworkUse>

/** One connection, or what was added to it since it was told last. */
export const NetworkContact = z.object({
  host: z.string().max(260),
  port: z.int().min(0).max(65535),
  /** The address it went to; empty before the name was resolved and when it was blocked. */
  address: z.string().max(60),
  use: NetworkUse,
  mailboxId: Id.nullable(),
  at: Time,
  /** Connections begun, refused by Postern itself, failed; bytes on the wire, TLS included. */
  begun: z.int().min(0),
  blocked: z.int().min(0),
  failed: z.int().min(0),
  sent: z.int().min(0),
  received: z.int().min(0),
  /** Code of the newest failure; null after a connection that worked. */
  result: z.string().max(60).nullable(),
  /** False when it goes to another host than the one that was announced. */
  expected: z.boolean(),
})
export type NetworkContact = z.infer<typeof NetworkContact>

/** Which hosts may be reached. Patterns are host names; `*.example.com` takes every name below example.com. */
export const NetworkRules = z.object({ blockUnexpected: z.boolean(), allowedHosts: z.array(z.string()).nullable() })
export type NetworkRules = z.infer<typeof NetworkRules>

/** One line of the network ledger: everything that went to a host for one use and one mailbox. */
export const LedgerRow = z.object({
  host: z.string(),
  port: z.int(),
  addresses: z.array(z.string()),
  use: NetworkUse,
  mailboxId: Id.nullable(),
  mailboxName: z.string().nullable(),
  begun: z.int(),
  blocked: z.int(),
  failed: z.int(),
  sent: z.int(),
  received: z.int(),
  firstAt: Time,
  lastAt: Time,
  result: z.string().nullable(),
  /** `gone`: the server of a mailbox that has been removed or changed since. */
  verdict: z.enum(['expected', 'gone', 'unexpected']),
})
export type LedgerRow = z.infer<typeof LedgerRow>
