import * as z from 'zod'
import { Id, Time } from './mail'

/** No grant lasts longer: not from the window, not by policy, not by a crafted call or event (R54). */
export const longestGrantDays = 180
export const longestGrantMs = longestGrantDays * 86_400_000

/** How much of the workspace a grant shows; each holds what the one before it holds. */
export const GrantScope = z.enum(['diagnostics', 'metadata', 'full'])
export type GrantScope = z.infer<typeof GrantScope>

/** `support` only ever reads. Of `customer-success` the named manager may write notes, tags and assignments; the others read. */
export const GrantKind = z.enum(['support', 'customer-success', 'customer-success-manager'])
export type GrantKind = z.infer<typeof GrantKind>

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)

/** What a support person hands over: names and public keys, signed by themselves. No secret. */
export const SupportCard = z.object({
  postern: z.literal('support-card'),
  version: z.literal(1),
  name: z.string().trim().min(1).max(120),
  organisation: z.string().trim().min(1).max(120),
  /** Ed25519 and X25519, 32 bytes each. */
  signKey: base64url.length(43),
  sealKey: base64url.length(43),
  /** Ed25519 over all of the above: whoever made the card has the key. */
  signature: base64url.length(86),
})
export type SupportCard = z.infer<typeof SupportCard>

/** A support person whom this workspace knows. */
export const SupportIdentity = z.object({
  id: Id,
  name: z.string(),
  organisation: z.string(),
  /** First 12 bytes of the SHA-256 of the keys: six groups of four hex digits. */
  fingerprint: z.string(),
  /** The same in words that can be read out. */
  words: z.string(),
  addedAt: Time,
  addedBy: z.string(),
  /** Named by policy: cannot be removed here. */
  pinned: z.boolean(),
  /** False when policy names the identities that may be granted and this is none of them. */
  allowed: z.boolean(),
})
export type SupportIdentity = z.infer<typeof SupportIdentity>

export const GrantState = z.enum(['live', 'revoked', 'ended', 'replaced', 'forbidden', 'time-doubtful'])
export type GrantState = z.infer<typeof GrantState>

export const Grant = z.object({
  id: Id,
  identity: SupportIdentity.pick({ id: true, name: true, organisation: true, fingerprint: true }),
  kind: GrantKind,
  scope: GrantScope,
  /** null: all mailboxes, those to come included. */
  mailboxIds: z.array(Id).nullable(),
  reason: z.string(),
  reference: z.string(),
  grantedBy: z.string(),
  grantedAt: Time,
  endsAt: Time,
  endedAt: Time.nullable(),
  endedBy: z.string().nullable(),
  firstUsedAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  state: GrantState,
  /** Sessions that are open now. */
  open: z.int(),
  /** The console of a colleague where it opens; null: here. */
  elsewhere: z.object({ device: z.string(), name: z.string() }).nullable(),
})
export type Grant = z.infer<typeof Grant>

/** What a person fills in. The end is a time, so that what was read is what is granted. */
export const GrantWish = z.object({
  identityId: Id,
  kind: GrantKind,
  scope: GrantScope,
  mailboxIds: z.array(Id).min(1).max(1000).nullable(),
  reason: z.string().trim().min(3).max(500),
  reference: z.string().trim().max(100).default(''),
  endsAt: Time,
})
export type GrantWish = z.infer<typeof GrantWish>

// ---- Access log ------------------------------------------------------------------------------------------------

/** Everything that is written to the access log. `look-*`: data was shown; `refused`: it was not. */
export const LogAct = z.enum([
  'log-began',
  'identity-added',
  'identity-removed',
  'granted',
  'extended',
  'revoked',
  'grant-ended',
  'session-began',
  'session-ended',
  'sign-in-refused',
  'look-list',
  'look-conversation',
  'look-message',
  'look-attachment',
  'look-customer',
  'look-search',
  'look-counts',
  'look-diagnostics',
  'wrote',
  'refused',
  'setting-changed',
  'policy-changed',
  'unlocked',
  'member-joined',
  'member-left',
  'role-changed',
  'exported',
  'restored-older',
  'report-made',
])
export type LogAct = z.infer<typeof LogAct>

/** The signed text of an entry. Ids and counts, never content (R59). */
export const LogBody = z.object({
  v: z.literal(1),
  seq: z.int().positive(),
  at: Time,
  /** Device that wrote it. */
  device: z.string().max(40),
  /** `agent`: a member of the team; `support`: a granted identity, by fingerprint. */
  who: z.object({
    kind: z.enum(['agent', 'support', 'program']),
    name: z.string().max(120),
    fingerprint: z.string().max(40).optional(),
  }),
  act: LogAct,
  grant: z.int().optional(),
  /** The thing that was seen or changed. */
  object: z.object({ kind: z.string().max(40), id: z.union([z.int(), z.string().max(80)]) }).optional(),
  detail: z.record(z.string().max(40), z.union([z.string().max(200), z.number(), z.boolean()])).optional(),
})
export type LogBody = z.infer<typeof LogBody>

/** How a locked console was opened, and how many passphrases were refused before. */
export const Unlock = z.object({ by: z.enum(['passphrase', 'system']), refused: z.int().min(0) })
export type Unlock = z.infer<typeof Unlock>

/** An entry as it is exported: one JSON object a line. */
export const LogLine = z.object({
  body: z.string(),
  prev: z.string().length(64),
  hash: z.string().length(64),
  signature: z.string().length(128),
})
export type LogLine = z.infer<typeof LogLine>

/** Goes beside an exported log: who signed it and where it ends, so that a cut tail is noticed too. */
export const LogProof = z.object({
  postern: z.literal('access-log-proof'),
  version: z.literal(1),
  device: z.string(),
  signKey: z.string().length(64),
  entries: z.int().min(0),
  head: z.string().length(64),
  /** SHA-256 of the exported file. */
  file: z.string().length(64),
  madeAt: Time,
  signature: z.string().length(128),
})
export type LogProof = z.infer<typeof LogProof>

/** What people are told of a grant: of another console also that it was made and first used; that it ends within a day, that it ended. */
export const AccessNotice = z.object({
  id: Id,
  what: z.enum(['granted', 'first-use', 'ends-soon', 'ended']),
  grantId: Id,
  name: z.string(),
})
export type AccessNotice = z.infer<typeof AccessNotice>

/** Why a log does not hold, and the first entry where it shows. */
export const LogFault = z.object({
  entry: z.int(),
  why: z.enum(['not-readable', 'edited', 'missing', 'out-of-order', 'forged', 'cut', 'rolled-back', 'forked']),
})
export type LogFault = z.infer<typeof LogFault>

/** What the last check found. A fault of another console's log has its name in `of`; of our own, null. */
export const LogVerdict = z.object({
  entries: z.int(),
  at: Time,
  fault: LogFault.extend({ device: z.string(), of: z.string().nullable() }).nullable(),
  /** Whether it was held against what the keychain kept: a log that was cut fits together too. */
  witnessed: z.boolean(),
})
export type LogVerdict = z.infer<typeof LogVerdict>

export const LogEntry = z.object({
  seq: z.int(),
  at: Time,
  hash: z.string(),
  who: LogBody.shape.who,
  act: LogAct,
  grant: z.int().nullable(),
  object: LogBody.shape.object.nullable(),
  /** How the window calls the conversation or message; null: it is neither, or is gone. */
  number: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  device: z.string(),
  deviceName: z.string(),
})
export type LogEntry = z.infer<typeof LogEntry>

// ---- Support session -------------------------------------------------------------------------------------------

/** What the session's own window shows above everything else. */
export const SupportSession = z.object({
  workspace: z.string(),
  staff: z.string(),
  organisation: z.string(),
  fingerprint: z.string(),
  grantId: Id,
  kind: GrantKind,
  scope: GrantScope,
  reason: z.string(),
  reference: z.string(),
  grantedBy: z.string(),
  grantedAt: Time,
  endsAt: Time,
  /** Corrected time when this was answered; the window counts down from it. */
  now: Time,
  mailboxes: z.array(z.object({ id: Id, name: z.string() })),
  mayWrite: z.boolean(),
})
export type SupportSession = z.infer<typeof SupportSession>
