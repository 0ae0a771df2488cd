import * as z from 'zod'
import { MailboxDepth } from './depth'
import { Failure } from './errors'
import { MailboxIdentity } from './identity'
import { Id, Time } from './mail'

/** Mailboxes, the servers they lie on, and how far their sync is. */

export const Security = z.enum(['tls', 'starttls', 'none'])
export type Security = z.infer<typeof Security>

/** How a server is signed in to: with a password, or with a token that the provider gave after a sign-in in the browser. */
export const SignIn = z.enum(['password', 'oauth'])
export type SignIn = z.infer<typeof SignIn>

/** A certificate that a person accepted although nobody known vouches for it: for this host and this certificate only (R29). */
export const CertificatePin = z.object({
  host: z.string().max(253),
  /** SHA-256 of the certificate, as `AB:CD:...`. */
  sha256: z.string().regex(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  /** The certificate itself in PEM, so that exactly it is trusted. */
  certificate: z.string().max(20_000),
  at: Time,
})
export type CertificatePin = z.infer<typeof CertificatePin>

/** One server of a mailbox. `none` (no encryption) is accepted for loopback hosts only. */
export const ServerSettings = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65535),
  security: Security,
  user: z.string().min(1).max(320),
  /** Left out: with a password. */
  signIn: SignIn.optional(),
  pin: CertificatePin.optional(),
})
export type ServerSettings = z.infer<typeof ServerSettings>

export const MailboxSettings = z.object({
  name: z.string().trim().min(1).max(80),
  address: z.email().max(320),
  imap: ServerSettings,
  smtp: ServerSettings,
})
export type MailboxSettings = z.infer<typeof MailboxSettings>

export const Mailbox = MailboxSettings.extend({
  id: Id,
  paused: z.boolean(),
  /** Imported mail without a server; its server settings mean nothing. */ local: z.boolean(),
  depth: MailboxDepth,
  identity: MailboxIdentity,
})
export type Mailbox = z.infer<typeof Mailbox>

export const FolderRole = z.enum(['inbox', 'sent', 'drafts', 'junk', 'trash', 'archive', 'all', 'flagged', 'other'])
export type FolderRole = z.infer<typeof FolderRole>

// ---- Sync ------------------------------------------------------------------------------------------------------

export const SyncState = z.enum([
  'waiting',
  'connecting',
  'syncing',
  'idle',
  'offline',
  'auth-failed',
  'error',
  'paused',
])
export type SyncState = z.infer<typeof SyncState>

export const FolderStatus = z.object({
  id: Id,
  path: z.string(),
  role: FolderRole,
  serverCount: z.int(),
  localCount: z.int(),
  /** The server numbered it anew: so many messages wait to be found again. */
  checking: z.int(),
  /** The first sync of the folder is done. */
  complete: z.boolean(),
  /** When the counts were last compared, or first found to differ, and when all UIDs were. */
  checkedAt: Time.nullable(),
  verifiedAt: Time.nullable(),
  /** Messages that the server counts and does not hand out. */
  missing: z.int(),
  /** The server names it and does not open it. */
  refused: z.boolean(),
})
export type FolderStatus = z.infer<typeof FolderStatus>

export const MailboxSync = z.object({
  mailboxId: Id,
  state: SyncState,
  error: Failure.nullable(),
  errorAt: Time.nullable(),
  done: z.int(),
  total: z.int(),
  /** Date of the oldest message fetched so far in the first sync. */
  reached: Time.nullable(),
  syncedAt: Time.nullable(),
  /** Background work is held back now, to spare the machine. */
  slowed: z.boolean(),
  folders: z.array(FolderStatus),
  /** So many folders of the server are not followed: there are too many, or their names cannot be kept. */
  leftOut: z.int().positive().optional(),
})
export type MailboxSync = z.infer<typeof MailboxSync>

export const SyncStatus = z.object({
  /** stale: a mailbox has not synced for an hour; differs: a folder holds other mail here than on the server, and mending did not help yet. */
  overall: z.enum(['nothing', 'syncing', 'up-to-date', 'differs', 'stale', 'offline', 'error']),
  syncedAt: Time.nullable(),
  /** Replies, flags and moves that wait for the network. */
  waiting: z.int(),
  mailboxes: z.array(MailboxSync),
})
export type SyncStatus = z.infer<typeof SyncStatus>
