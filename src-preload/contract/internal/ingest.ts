import * as z from 'zod'
import { Part } from '../depth'
import { Address, AutoKind, Bytes, Id, Time } from '../mail'
import { FolderRole, SyncState } from '../mailboxes'
import { Failure } from '../errors'

/** What mail hands to store: messages, folders, how far a sync has come. */

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
  /** 16 bytes over what the sender wrote, without the trace headers (shared/content-hash). A message without Message-ID is known by it. */
  contentHash: Bytes,
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
  body: Bytes,
  /** The text of `body` that is to be found, in UTF-8, for the search index; not there when it is long. */
  words: Bytes.optional(),
  /** null: the source is inside `body`. */
  source: Bytes.nullable(),
  rawSize: z.int(),
})
export type ParsedMessage = z.infer<typeof ParsedMessage>

/** Gmail's labels of a message in All Mail; system labels begin with a backslash. */
export const Labels = z.array(z.string().max(1000)).max(5_000).optional()

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

/** Bytes in one of several buffers: which of them, from where on, how many. */
export const Piece = z.tuple([z.int().min(0), z.int().min(0), z.int().min(0)])
export type Piece = z.infer<typeof Piece>

/** An item whose bytes lie in buffers beside it (shared/page-bytes). */
export const PackedItem = IngestItem.extend({
  message: ParsedMessage.extend({
    contentHash: Piece,
    body: Piece,
    words: Piece.optional(),
    source: Piece.nullable(),
  }),
})
export type PackedItem = z.input<typeof PackedItem>

/** Go ahead of the call, each in a message of its own (shared/port-rpc). */
export const Buffers = z.array(z.instanceof(ArrayBuffer)).max(1500)

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
  /** So many folders of the server are not followed. */
  leftOut: z.int().min(0).default(0),
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
  items: z.array(PackedItem.omit({ uid: true })).max(500),
  buffers: Buffers,
  /** Files, or messages too large, that could not be taken. */
  left: z.int(),
})
