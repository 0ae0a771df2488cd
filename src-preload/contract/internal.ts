import * as z from 'zod'
import {
  ServerSettings,
  Address,
  AutoKind,
  Bytes,
  FolderRole,
  Id,
  Mailbox,
  MailboxSettings,
  SyncState,
  Time,
} from './mail'
import { FoundSettings, TestStep } from './calls'
import { Permission } from './access'
import { teamForMail } from './internal-team'
import { ErrorCode, ErrorDetail } from './errors'
import { MailboxDepth, Part } from './depth'
import { IdentityChange, Signature } from './identity'
import { ExportScope, ImportTarget, MailFormat } from './transfers'
import { PolicyState } from './policy'
import { NetworkContact, NetworkRules } from './network'
import { OauthService, OauthTokens, SignInStep } from './sign-in'

/** Calls between app, store and mail. Same form as the window's calls; not reachable from the window. */
export interface InternalDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I
  readonly output: O
}
export type CallTable = Record<string, InternalDef>
export type TableInput<T extends CallTable, N extends keyof T> = z.input<T[N]['input']>
export type TableParsed<T extends CallTable, N extends keyof T> = z.output<T[N]['input']>
export type TableOutput<T extends CallTable, N extends keyof T> = z.output<T[N]['output']>
/** The functions that one side must offer for a table. */
export type Handlers<T extends CallTable> = {
  readonly [N in keyof T]: (input: TableParsed<T, N>) => Promise<z.input<T[N]['output']>> | z.input<T[N]['output']>
}

const nothing = z.object({})
const done = z.object({})
const bytes = Bytes
const Failure = z.object({ code: ErrorCode, detail: ErrorDetail })
export type Failure = z.infer<typeof Failure>

// ---- ingest: what mail hands to store --------------------------------------------------------------------------

export const IngestAttachment = z.object({
  /** Position of the part in the parser's own order; `part.extract` finds it again in the source. */
  index: z.int().min(0),
  name: z.string(),
  type: z.string(),
  size: z.int().min(0),
  inline: z.boolean(),
  contentId: z.string().nullable(),
  dangerous: z.boolean(),
})

/** A delivery report (RFC 3464, or one of the forms before it): about which message, and what became of it at whom. */
export const DeliveryReport = z.object({
  messageIds: z.array(z.string()),
  posternId: z.string().nullable(),
  recipients: z.array(
    z.object({ address: z.string(), action: z.enum(['failed', 'delayed', 'delivered']), line: z.string() }),
  ),
})
export type DeliveryReport = z.infer<typeof DeliveryReport>

/** A parsed message. `body` and `source` are packed by shared/message-body. */
export const ParsedMessage = z.object({
  /** Without angle brackets; null when the header is missing. */
  messageId: z.string().max(998).nullable(),
  /** First 16 bytes of SHA-256 over the raw message. */
  hash: bytes,
  /** 16 bytes over what the sender wrote, without the trace headers (shared/content-hash). */
  contentHash: bytes,
  inReplyTo: z.array(z.string()).max(100),
  references: z.array(z.string()).max(200),
  /** The Date header, when it can be read and is plausible. */
  date: Time.nullable(),
  subject: z.string(),
  from: Address,
  fromSuspicious: z.boolean(),
  replyTo: z.array(Address),
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  /** Addresses that the receiving servers say they delivered it to, and that To and Cc do not name. */
  deliveredTo: z.array(z.string()).max(10).optional(),
  autoKind: AutoKind,
  snippet: z.string().max(400),
  attachments: z.array(IngestAttachment),
  remoteCount: z.int(),
  /** Addresses of remote images, at most 500: the only ones that may be fetched when a person allows it. */
  remoteUrls: z.array(z.string()),
  unreadable: z.string().nullable(),
  /** Value of our own private header, when this is a message that Postern sent. */
  posternId: z.string().nullable(),
  /** Set for delivery reports. */
  report: DeliveryReport.nullable().optional(),
  body: bytes,
  /** The text of `body` that is to be found, in UTF-8, for the search index; not there when it is long. */
  words: bytes.optional(),
  /** null: the source is inside `body`. */
  source: bytes.nullable(),
  rawSize: z.int(),
})
export type ParsedMessage = z.infer<typeof ParsedMessage>

/** Gmail's labels of a message in All Mail; system labels begin with a backslash. */
const Labels = z.array(z.string().max(1000)).max(5_000).optional()

export const IngestItem = z.object({
  uid: z.int().positive(),
  flags: z.array(z.string()),
  labels: Labels,
  /** Gmail: the thread that the server keeps it in. */ thread: z.string().max(40).optional(),
  internalDate: Time,
  message: ParsedMessage,
  part: Part.default('whole'),
  /** Of the whole message, when only a part is here. */ size: z.int().optional(),
})
export type IngestItem = z.input<typeof IngestItem>

export const FolderCursor = z.object({
  folderId: Id,
  path: z.string(),
  role: FolderRole,
  uidValidity: z.string().nullable(),
  /** Highest UID that is stored; newer ones are fetched upward from here. */
  highUid: z.int(),
  /** Everything from this UID up to `highUid` is stored or skipped already; the first sync walks it down to 1. */
  lowUid: z.int(),
  /** Last HIGHESTMODSEQ whose flag changes were applied; decimal text. */
  modSeq: z.string().nullable(),
  complete: z.boolean(),
  /** Numbered anew, and what lay in it before is still to be found again. */
  renumbered: z.boolean().optional(),
})
export type FolderCursor = z.infer<typeof FolderCursor>

export const ServerOp = z.object({
  id: Id,
  mailboxId: Id,
  kind: z.enum(['add-flags', 'remove-flags', 'add-label', 'remove-label', 'move']),
  folderPath: z.string(),
  uidValidity: z.string(),
  uids: z.array(z.int().positive()),
  /** Flags, or the one label. */
  flags: z.array(z.string()),
  /** Role of the target folder for `move`; mail finds the folder. */
  targetRole: FolderRole.nullable(),
  /** For a move back to where a message was: this folder when it still exists, else the one with the role. */
  targetPath: z.string().nullable().default(null),
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
  files: z.array(z.object({ name: z.string(), type: z.string(), bytes })),
  /** The composed message when an earlier try made it already: sent again byte for byte. */
  raw: bytes.nullable(),
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

export const MailboxProgress = z.object({
  mailboxId: Id,
  state: SyncState,
  error: Failure.nullable(),
  done: z.int(),
  total: z.int(),
  reached: Time.nullable(),
  syncedAt: Time.nullable(),
  /** Background work is held back now. */
  slowed: z.boolean().default(false),
  /** Folders that the server names and does not open. */
  refused: z.array(Id).default([]),
})
export type MailboxProgress = z.infer<typeof MailboxProgress>

/** Messages of one folder out of files; `position` is where reading goes on after them. */
export const ImportPage = z.object({
  id: Id,
  folder: z.string().max(300),
  role: FolderRole,
  position: z.string().max(10_000).nullable(),
  done: z.int(),
  total: z.int(),
  items: z.array(IngestItem.omit({ uid: true })).max(500),
  /** Files, or messages too large, that could not be taken. */
  left: z.int(),
})

/** Served by store to mail. */
export const storeForMail = {
  'mailboxes.all': { input: nothing, output: z.object({ mailboxes: z.array(Mailbox) }) },
  /** Makes the folders of a mailbox equal to the server's list; folders that are gone lose their locations, never their messages' records. */
  'folders.sync': {
    input: z.object({
      mailboxId: Id,
      folders: z.array(z.object({ path: z.string().max(1000), delimiter: z.string().nullable(), role: FolderRole })),
      /** Gmail: its labels, used or not. */ labels: z.array(z.string().max(1000)).max(10_000).default([]),
    }),
    output: z.object({ folders: z.array(FolderCursor) }),
  },
  /** What is known of a mailbox's folders. */
  'folders.all': { input: z.object({ mailboxId: Id }), output: z.object({ folders: z.array(FolderCursor) }) },
  /** UIDVALIDITY is new or changed: forgets the folder's UIDs (not its messages) and starts its cursor anew. */
  'folder.reset': { input: z.object({ folderId: Id, uidValidity: z.string() }), output: FolderCursor },
  /** Which of these UIDs are stored (to skip them), and which messages are known by hash elsewhere. */
  'folder.known': {
    input: z.object({ folderId: Id, uidValidity: z.string(), fromUid: z.int(), toUid: z.int() }),
    output: z.object({ uids: z.array(z.int()) }),
  },
  /** Of a folder that was numbered anew: which of these messages are known by their headers and need not be fetched. */
  'folder.reattach': {
    input: z.object({
      folderId: Id,
      uidValidity: z.string(),
      items: z
        .array(
          IngestItem.pick({ uid: true, flags: true, labels: true, thread: true }).extend({
            /** Of the whole message, bytes. */ size: z.int().min(0),
            /** The header block with the empty line below it. */ header: bytes,
          }),
        )
        .max(500),
    }),
    output: z.object({ uids: z.array(z.int()) }),
  },
  /** One page, idempotent by (folder, uidValidity, uid); the cursor moves in the same transaction. */
  'ingest.page': {
    input: z.object({
      folderId: Id,
      uidValidity: z.string(),
      items: z.array(IngestItem).max(500),
      cursor: FolderCursor.pick({ highUid: true, lowUid: true, modSeq: true, complete: true }).partial(),
      /** true in the first sync and imports: no notifications, no re-opening of old conversations. */
      backfill: z.boolean(),
    }),
    output: z.object({ stored: z.int() }),
  },
  /** Flags seen on the server; a flag with a queued act of ours keeps our value. */
  'flags.apply': {
    input: z.object({
      folderId: Id,
      uidValidity: z.string(),
      changes: z.array(z.object({ uid: z.int(), flags: z.array(z.string()), labels: Labels })),
      modSeq: z.string().nullable(),
      /** The server keeps any keyword. */ keywords: z.boolean().default(false),
    }),
    output: z.object({ changed: z.int() }),
  },
  'folder.vanished': {
    input: z.object({ folderId: Id, uidValidity: z.string(), uids: z.array(z.int()) }),
    output: z.object({ removed: z.int() }),
  },
  /** An entry of the ledger: the server's count of a folder. `verified`: its UIDs were compared one by one; `missing`: the server did not hand out so many. */
  'folder.checked': {
    input: z.object({ folderId: Id, serverCount: z.int(), at: Time, missing: z.int().min(0), verified: z.boolean() }),
    output: z.object({ localCount: z.int() }),
  },
  /** Counts of many folders at once; answers with those complete folders whose count here is another, and how many messages are here in all. */
  'folders.counted': {
    input: z.object({ at: Time, counts: z.array(z.object({ folderId: Id, serverCount: z.int() })).max(10_000) }),
    output: z.object({ differing: z.array(Id), done: z.int() }),
  },
  /** The server gave a folder another name: the same UIDs under a new path. */
  'folder.renamed': {
    input: z.object({ folderId: Id, path: z.string().max(1000), delimiter: z.string().nullable() }),
    output: done,
  },
  /** Some messages of a folder, spread over it, by what tells them apart without their bodies. */
  'folder.sample': {
    input: z.object({ folderId: Id, limit: z.int().min(1).max(200) }),
    output: z.object({
      messages: z.array(z.object({ uid: z.int(), messageId: z.string().nullable(), size: z.int() })),
    }),
  },
  'progress.set': { input: MailboxProgress, output: done },
  /** Queued flag and move acts of a mailbox, oldest first; they stay until settled. */
  'ops.next': { input: z.object({ mailboxId: Id, limit: z.int() }), output: z.object({ ops: z.array(ServerOp) }) },
  /** How many acts wait, without taking any. */
  'ops.waiting': { input: z.object({ mailboxId: Id }), output: z.object({ count: z.int() }) },
  'ops.settle': {
    input: z.object({
      id: Id,
      result: z.enum(['done', 'gone', 'retry', 'refused']),
      newUids: z.array(z.object({ uid: z.int(), newUid: z.int() })),
      newPath: z.string().nullable(),
    }),
    output: done,
  },
  /** The next reply that is due, marked `sending` before it is answered; null when none. */
  'outbox.claim': {
    /** `looked`: when everything that is in a mailbox was last seen. */
    input: z.object({ mailboxId: Id, looked: z.array(z.object({ mailboxId: Id, at: Time })) }),
    /** `look`: this item is due, but these mailboxes of its conversation must be looked at first. */
    output: z.object({
      job: OutboxJob.nullable(),
      nextDueAt: Time.nullable(),
      look: z.object({ id: Id, mailboxIds: z.array(Id) }).nullable(),
    }),
  },
  /** Keeps the composed bytes before the first byte leaves. */
  'outbox.composed': { input: z.object({ id: Id, raw: bytes, message: ParsedMessage }), output: done },
  /**
   * The end of the message is about to be handed to the server: noted durably before it is, so that whatever is found leaving
   * without this note has surely not left. `conflict`: this try is not under way any more, nothing may be handed over.
   */
  'outbox.ending': { input: z.object({ id: Id, attempt: z.int() }), output: done },
  'outbox.settle': { input: OutboxOutcome, output: done },
  /** Messages that are here in part and whose whole belongs here: at most `limit`, newest first. */
  'parts.next': {
    input: z.object({ folderId: Id, since: z.int(), largest: z.int(), limit: z.int() }),
    output: z.object({ uids: z.array(z.int()) }),
  },
  'parts.complete': {
    input: z.object({ folderId: Id, uidValidity: z.string(), uid: z.int(), message: ParsedMessage }),
    output: done,
  },
  /** The oldest import that is not over. */
  'imports.next': {
    input: nothing,
    output: z.object({
      job: z.object({ id: Id, paths: z.array(z.string()), position: z.string().nullable(), done: z.int() }).nullable(),
    }),
  },
  /** `go`: false when a person cancelled it. */
  'import.page': { input: ImportPage, output: z.object({ go: z.boolean() }) },
  'import.end': { input: z.object({ id: Id, error: Failure.nullable() }), output: done },
  /** Found while looking in Sent: which outbox items of the mailbox are uncertain. */
  'outbox.lookedInVain': { input: z.object({ id: Id }), output: done },
  /** The next sent message whose copy is to be filed in Sent; it stays until `done`. */
  'copies.next': {
    input: z.object({ mailboxId: Id }),
    output: z.object({
      copy: z
        .object({ id: Id, messageId: z.string(), date: Time, raw: bytes, tries: z.int(), throughId: Id.nullable() })
        .nullable(),
    }),
  },
  'copies.settle': { input: z.object({ id: Id, done: z.boolean() }), output: done },
  /** A message that is to be put into a folder of this mailbox; `id` is the message's. */
  'moves.next': {
    input: z.object({ mailboxId: Id }),
    output: z.object({
      move: z
        .object({
          id: Id,
          messageId: z.string().nullable(),
          date: Time,
          seen: z.boolean(),
          raw: bytes,
          role: z.enum(['inbox', 'archive']),
        })
        .nullable(),
    }),
  },
  'moves.settle': { input: z.object({ id: Id, done: z.boolean() }), output: done },
  'outbox.uncertain': { input: z.object({ mailboxId: Id }), output: z.object({ jobs: z.array(OutboxJob) }) },
  /** What went over the network since it was told last; idempotence is not needed, a lost answer counts twice. */
  'network.record': { input: z.object({ contacts: z.array(NetworkContact).max(5000) }), output: done },
  ...teamForMail,
} as const satisfies CallTable
export type StoreForMail = typeof storeForMail

/** Served by mail to store. */
export const mailForStore = {
  /** Bytes of one attachment out of a message's source. */
  'part.extract': {
    input: z.object({ raw: bytes, index: z.int().min(0) }),
    output: z.object({ type: z.string(), bytes }),
  },
  /** A remote image: https or http, public addresses only, no cookies, no referrer, at most 10 MB (R14). */
  'image.fetch': { input: z.object({ url: z.string() }), output: z.object({ type: z.string(), bytes }) },
  'outbox.wake': { input: z.object({ mailboxId: Id }), output: done },
  'ops.wake': { input: z.object({ mailboxId: Id }), output: done },
  'sync.now': { input: z.object({ mailboxId: Id.nullable() }), output: done },
  'imports.wake': { input: nothing, output: done },
  /** Something of the team wants to go, or how it goes has changed. */
  'team.wake': { input: z.object({ changed: z.boolean() }), output: done },
  /** One whole message. `not-found`: the server has it no more. */
  'message.fetch': {
    input: z.object({ mailboxId: Id, path: z.string(), uidValidity: z.string(), uid: z.int() }),
    output: z.object({ message: ParsedMessage }),
  },
  /** Which hosts may be reached from now on. */
  'network.rules': { input: NetworkRules, output: done },
} as const satisfies CallTable
export type MailForStore = typeof mailForStore

/** Served by store to app. */
export const storeForApp = {
  /** Whether the person at this computer may, by the team's roster: asked before every call of the window that app answers. */
  'access.allowed': { input: z.object({ permission: Permission }), output: z.object({ allowed: z.boolean() }) },
  'store.open': {
    input: z.object({ dir: z.string(), key: bytes, device: bytes }),
    output: z.object({ created: z.boolean(), restored: z.boolean() }),
  },
  /** Encrypts the closed store anew, under `next`. Steps are told as events. */
  'store.rotate': { input: z.object({ dir: z.string(), key: bytes, next: bytes }), output: done },
  /** Last checkpoint; the database is closed when it answers. */
  'store.close': { input: nothing, output: done },
  'mailbox.create': {
    input: z.object({ settings: MailboxSettings, depth: MailboxDepth.optional() }),
    output: z.object({ id: Id, existed: z.boolean() }),
  },
  'mailbox.update': { input: z.object({ id: Id, settings: MailboxSettings }), output: done },
  'mailbox.remove': { input: z.object({ id: Id }), output: done },
  'mailbox.all': { input: nothing, output: z.object({ mailboxes: z.array(Mailbox) }) },
  'mailbox.identity': { input: z.object({ id: Id, identity: IdentityChange }), output: done },
  'mailbox.depth': { input: z.object({ id: Id, depth: MailboxDepth }), output: done },
  'mailbox.pause': { input: z.object({ id: Id, paused: z.boolean() }), output: done },
  'settings.set': { input: z.record(z.string(), z.unknown()), output: done },
  'settings.get': { input: nothing, output: z.record(z.string(), z.unknown()) },
  /** What policy says; again whenever it changes. */
  'policy.set': { input: PolicyState, output: done },
  /** The head of the access log that was kept in the keychain. */
  'access.mark': {
    input: z.object({ mark: z.object({ device: z.string(), entries: z.int(), hash: z.string() }).nullable() }),
    output: z.object({ holds: z.boolean() }),
  },
  'support.challenge': { input: z.object({ card: z.string() }), output: z.object({ challenge: z.string() }) },
  /** The answer to a challenge; the key opens the session's own connection. */
  'support.signIn': {
    input: z.object({ challenge: z.string(), answer: z.string(), key: bytes }),
    output: z.object({ session: z.int(), name: z.string() }),
  },
  'support.end': { input: z.object({ session: z.int() }), output: done },
  /** Writes the access log of this device and its proof to new files. */
  'accessLog.export': {
    input: z.object({ path: z.string(), proofPath: z.string(), by: z.string() }),
    output: z.object({ entries: z.int() }),
  },
  /** What the store says of itself in a report; that one was made is written to the access log. */
  'report.text': { input: nothing, output: z.object({ text: z.string(), on: z.boolean() }) },
  /** The network ledger as JSON Lines. */
  'ledger.export': { input: nothing, output: z.object({ text: z.string() }) },
  'transfer.import': {
    input: z.object({ paths: z.array(z.string()).min(1).max(1000), name: z.string(), target: ImportTarget }),
    output: z.object({ id: Id }),
  },
  'transfer.export': {
    input: z.object({ dir: z.string(), scope: ExportScope, format: MailFormat }),
    output: z.object({ id: Id }),
  },
  'transfer.path': { input: z.object({ id: Id }), output: z.object({ path: z.string() }) },
  'attachment.info': {
    input: z.object({ id: Id }),
    output: z.object({ name: z.string(), type: z.string(), size: z.int(), dangerous: z.boolean() }),
  },
  /** Writes the attachment to a new file (never over an old one unless `overwrite`), no exec bit, mode 0600. */
  'attachment.write': { input: z.object({ id: Id, path: z.string(), overwrite: z.boolean() }), output: done },
} as const satisfies CallTable
export type StoreForApp = typeof storeForApp

/** What one connection signs in with: a password or an access token. */
export const Credential = z.object({ password: z.string().optional(), accessToken: z.string().optional() })
export type Credential = z.infer<typeof Credential>
const endpoints = OauthService.shape.endpoints.unwrap()
const grantCall = z.object({ service: OauthService, endpoints, refreshToken: z.string() })

/** Served by mail to app. */
export const mailForApp = {
  'mail.start': { input: nothing, output: done },
  'mailbox.changed': { input: z.object({ id: Id }), output: done },
  'mailbox.removed': { input: z.object({ id: Id }), output: done },
  'power.changed': { input: z.object({ onBattery: z.boolean() }), output: done },
  'network.changed': { input: z.object({ online: z.boolean() }), output: done },
  /** Finishes or gives up what is under way, closes connections. */
  'mail.stop': { input: nothing, output: done },
  'connection.test': {
    input: z.object({ testId: z.string(), settings: MailboxSettings, imap: Credential, smtp: Credential }),
    output: z.object({ ok: z.boolean() }),
  },
  /** Settings for an address; null when nobody publishes any and no guess answers. */
  'settings.find': {
    input: z.object({ address: z.string() }),
    output: z.object({ found: FoundSettings.omit({ provider: true }).nullable() }),
  },
  /** Signs in by browser or device code; answers when the provider gave its tokens. */
  'oauth.signIn': {
    input: z.object({
      signInId: z.string(),
      service: OauthService,
      address: z.string(),
      method: z.enum(['browser', 'device']),
    }),
    output: z.object({ tokens: OauthTokens, endpoints }),
  },
  'oauth.cancel': { input: z.object({ signInId: z.string() }), output: done },
  'oauth.refresh': { input: grantCall, output: OauthTokens },
  'oauth.revoke': { input: grantCall, output: z.object({ told: z.boolean() }) },
  /** Loads the sample mail from its files into mailboxes that have no server (demo without Dovecot). */
  'import.sample': {
    input: z.object({ dir: z.string(), mailboxIds: z.array(Id) }),
    output: z.object({ messages: z.int() }),
  },
} as const satisfies CallTable
export type MailForApp = typeof mailForApp

/** Served by app to mail. */
export const appForMail = {
  /** The secret for one connection. Refused when the mailbox's host is not the one the secret was given for (R34). */
  'credentials.get': {
    /** `renew`: the server refused the access token that was given last. */
    input: z.object({
      mailboxId: Id,
      use: z.enum(['imap', 'smtp']),
      server: ServerSettings,
      renew: z.boolean().optional(),
    }),
    output: Credential.extend({ user: z.string() }),
  },
  'oauth.step': { input: z.object({ signInId: z.string(), step: SignInStep }), output: done },
  'connection.progress': {
    input: z.object({ testId: z.string(), steps: z.array(TestStep), finished: z.boolean() }),
    output: done,
  },
} as const satisfies CallTable
export type AppForMail = typeof appForMail

/** Served by app to store. */
export const appForStore = {
  'mailbox.changed': { input: z.object({ id: Id }), output: done },
} as const satisfies CallTable
export type AppForStore = typeof appForStore
