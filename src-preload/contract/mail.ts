import * as z from 'zod'
import { Part } from './depth'
import { FieldOf } from './fields'
import { Person, Work, WorkConflict } from './work'

/** Row id of a thing in the local store. */
export const Id = z.int().positive()
/** Milliseconds since 1970-01-01 UTC. */
export const Time = z.int()

/** Binary data; any Uint8Array, a Node Buffer too. */
export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'bytes expected')

export const Address = z.object({ name: z.string(), address: z.string() })
export type Address = z.infer<typeof Address>

/** A label that the mail server keeps (Gmail); system labels, which begin with a backslash, are none. */
export const LabelName = z
  .string()
  .trim()
  .min(1)
  .max(225)
  .regex(/^[^\\]/)

// ---- Conversations ---------------------------------------------------------------------------------------------

export const Status = z.enum(['open', 'pending', 'closed', 'spam'])
export type Status = z.infer<typeof Status>

/** inbox = every open conversation that does not sleep; mailbox and tag are filters on top of a view. */
export const View = z.enum([
  'inbox',
  'unassigned',
  'mine',
  'groups',
  'assigned',
  'mentions',
  'followed',
  'snoozed',
  'pending',
  'closed',
  'spam',
  'drafts',
  'outbox',
])
export type View = z.infer<typeof View>

export const OutboxState = z.enum(['queued', 'held', 'sending', 'sent', 'uncertain', 'failed'])
export type OutboxState = z.infer<typeof OutboxState>

/** One row of the list "Conversations". */
export const ConversationRow = z.object({
  id: Id,
  subject: z.string(),
  /** Names (or addresses) of the people on the other side, newest first, at most 3. */
  people: z.array(z.string()),
  messageCount: z.int(),
  unread: z.boolean(),
  status: Status,
  lastAt: Time,
  snippet: z.string(),
  /** Set when the newest message is the team's: the name in front of the snippet. */
  lastFromTeam: z.string().nullable(),
  attachmentCount: z.int(),
  mailboxIds: z.array(Id),
  hasDraft: z.boolean(),
  outbox: OutboxState.nullable(),
  outboxError: z.string().nullable(),
  /** Somebody did not get what the team wrote last. */
  undelivered: z.boolean(),
  /** The mail server's labels (Gmail), by name. */
  labels: z.array(z.string()),
  /** The server numbered its folder anew, and its mail has not been found there again yet. */
  checking: z.boolean(),
  ...Work.shape,
})
export type ConversationRow = z.infer<typeof ConversationRow>

export const AutoKind = z.enum(['none', 'auto-reply', 'bounce', 'newsletter', 'notification'])
export type AutoKind = z.infer<typeof AutoKind>

export const Attachment = z.object({
  id: Id,
  messageId: Id,
  name: z.string(),
  /** Type decided from content and name together, not from the header alone (R22). */
  type: z.string(),
  size: z.int(),
  inline: z.boolean(),
  contentId: z.string().nullable(),
  /** Opening it asks first: programs, scripts, HTML, SVG, shortcuts, macros, archives with those inside. */
  dangerous: z.boolean(),
})
export type Attachment = z.infer<typeof Attachment>

export const MessageBody = z.object({
  text: z.string(),
  /** null: nothing to show but the text. The renderer sanitises it; it is never put into the app's own document. */
  html: z.string().nullable(),
  /** true: the HTML says nothing that the text does not say, so the text is shown in the app's own type. */
  textSuffices: z.boolean(),
  /** The body was longer than what is shown; the source is whole. */
  cut: z.boolean(),
})
export type MessageBody = z.infer<typeof MessageBody>

export const Message = z.object({
  id: Id,
  conversationId: Id,
  direction: z.enum(['in', 'out']),
  from: Address,
  /** The From header held more than one address, or a name that imitates another address (R20). */
  fromSuspicious: z.boolean(),
  replyTo: z.array(Address),
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  subject: z.string(),
  date: Time,
  snippet: z.string(),
  seen: z.boolean(),
  autoKind: AutoKind,
  /** A message of ours that came back into a mailbox of ours. */
  returned: z.boolean(),
  attachments: z.array(Attachment),
  remoteCount: z.int(),
  remoteAllowed: z.boolean(),
  /** How much of it is here; the rest comes from the server when it is asked for. */
  part: Part,
  /** Of the whole message, in bytes. */
  rawSize: z.int(),
  /** Its subject is a new one in the conversation, and nobody has said yet that it belongs there. */
  newSubject: z.boolean(),
  /** Ours, but written with another mail program. */
  elsewhere: z.boolean(),
  /** Where it lies on the server when it was put away there; `gone`: nowhere, it is kept here. */
  lies: z.enum(['trash', 'junk', 'gone']).nullable(),
  /** Set when the message could not be understood: shown as a raw card with its source. */
  unreadable: z.string().nullable(),
  /** The mailbox and its address that it was written to: an answer leaves from there. */
  answerFrom: z.object({ mailboxId: Id, address: z.string() }).nullable(),
  /** Sent along for the messages that are open at first (the last three and the unread ones). */
  body: MessageBody.nullable(),
})
export type Message = z.infer<typeof Message>

export const DraftKind = z.enum(['reply', 'reply-all', 'forward', 'new'])
export type DraftKind = z.infer<typeof DraftKind>

export const DraftFile = z.object({ id: Id, name: z.string(), type: z.string(), size: z.int() })
export type DraftFile = z.infer<typeof DraftFile>

/** A message that came into a conversation while an answer was being written, or waited. */
export const Since = z.object({
  messageId: Id,
  direction: z.enum(['in', 'out']),
  from: Address,
  at: Time,
  snippet: z.string(),
})
export type Since = z.infer<typeof Since>

/** More than any message names that is answered to all: how many a message may go to is said when it is sent. */
const mostNamed = 10_000

export const DraftContent = z.object({
  mailboxId: Id,
  /** One of the mailbox's addresses; empty: its own. */
  from: z.string().max(320).default(''),
  to: z.array(Address).max(mostNamed),
  cc: z.array(Address).max(mostNamed),
  bcc: z.array(Address).max(mostNamed),
  subject: z.string().max(2000),
  html: z.string().max(5_000_000),
  text: z.string().max(5_000_000),
  /** The quoted original goes below the text when sent; null = none. Only what was visible (R19). */
  quote: z.string().max(2_000_000).nullable(),
  /** The signature of `from` goes below the text when it is sent. */
  signed: z.boolean().default(false),
})
export type DraftContent = z.infer<typeof DraftContent>

export const Draft = DraftContent.extend({
  id: Id,
  kind: DraftKind,
  conversationId: Id.nullable(),
  /** The message that is answered or forwarded. */
  messageId: Id.nullable(),
  /** Version of the conversation when the draft was begun. */
  baseVersion: z.int(),
  files: z.array(DraftFile),
  updatedAt: Time,
  /** What came in since it was begun and its writer has not confirmed to know. */
  since: z.array(Since),
})
export type Draft = z.infer<typeof Draft>

export const OutboxItem = z.object({
  id: Id,
  conversationId: Id,
  mailboxId: Id,
  state: OutboxState,
  /** Earliest time to leave: now + the undo window at Send. */
  dueAt: Time,
  createdAt: Time,
  from: Address,
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  subject: z.string(),
  snippet: z.string(),
  /** With the signature. */
  text: z.string(),
  fileNames: z.array(z.string()),
  /** Why it has not left: code for the sentence, and the server's own line (untrusted plain text). */
  error: z.string().nullable(),
  serverLine: z.string().nullable(),
  /** Name of another mailbox of its conversation that `error` is about: it cannot be looked at. */
  waitsFor: z.string().nullable(),
  attempts: z.int(),
  /** A person chose its time. */
  scheduled: z.boolean(),
  /** It stops for review when the conversation moves on before it leaves. */
  unlessAnswered: z.boolean(),
  /** In doubt, and its copy is still being looked for on the server. */
  looking: z.boolean(),
  /** Set once the server took it for a part of its recipients: those that it waits for. */
  left: z.array(z.string()).nullable(),
  /** Recipients that the server refused for good. */
  refused: z.array(z.string()),
  /** For a held one: what happened since it was begun. */
  since: z.array(Since),
})
export type OutboxItem = z.infer<typeof OutboxItem>

/** An internal note: the team's own words in a conversation. It has no recipients, so no call that sends takes one. */
export const Note = z.object({
  noteId: Id,
  conversationId: Id,
  at: Time,
  author: z.string(),
  text: z.string(),
  /** Its text is not the first one. */ edited: z.boolean(),
  /** Two changed it without knowing of each other: both texts are in its history. */ twoVersions: z.boolean(),
})
export type Note = z.infer<typeof Note>

/** What a server said about a message of ours: it took it, it keeps trying, or it gave up on a recipient. */
export const Delivery = z.object({
  messageId: Id,
  recipient: z.string(),
  action: z.enum(['accepted', 'delivered', 'delayed', 'failed']),
  line: z.string(),
  at: Time,
})
export type Delivery = z.infer<typeof Delivery>

export const Conversation = z.object({
  id: Id,
  /** How people call it among each other, the same on every console; null before its first mail. */
  number: z.string().nullable(),
  subject: z.string(),
  status: Status,
  /** Grows with every message and status change; a reply begun on an older version is told. */
  version: z.int(),
  mailboxIds: z.array(Id),
  customerId: Id.nullable(),
  labels: z.array(z.string()),
  checking: z.boolean(),
  ...Work.shape,
  conflicts: z.array(WorkConflict),
  messages: z.array(Message),
  deliveries: z.array(Delivery),
  /** Values of custom fields. */
  fields: z.array(FieldOf),
  followers: z.array(Person),
  /** A note mentions the person at this window since they looked last. */
  mentioned: z.boolean(),
  notes: z.array(Note),
  outbox: z.array(OutboxItem),
  draft: Draft.nullable(),
  /** What changed, newest last, for the thin lines between messages. */
  history: z.array(
    z.object({
      at: Time,
      kind: z.enum([
        'reopened',
        'closed',
        'pending',
        'opened',
        'spam',
        'merged',
        'split-off',
        'split-from',
        'assigned',
        'unassigned',
        'tagged',
        'untagged',
        'snoozed',
        'unsnoozed',
        'woke',
        'field-set',
        'field-cleared',
        'moved',
        'answered-elsewhere',
        'read-elsewhere',
        'move-refused',
        'flag-refused',
        'label-refused',
        'copy-refused',
        'put-refused',
      ]),
      by: z.string(),
      /** To whom, which tag, until when (ms as text). */
      detail: z.string(),
      /** Who did it took it back. */
      takenBack: z.boolean(),
      /** The split or merge that the line tells of, and the other conversation; it can be taken back from here. */
      act: z.object({ id: Id, otherId: Id, otherSubject: z.string() }).nullable(),
    }),
  ),
  /** In a support session: it is in a mailbox too that was not granted, of which nothing is shown, nor what people wrote about it as a whole. */
  partly: z.boolean(),
})
export type Conversation = z.infer<typeof Conversation>

// ---- Search ----------------------------------------------------------------------------------------------------

/** A text with its hits: every second part (index 1, 3, ...) is a hit. */
export const Marked = z.array(z.string())
export type Marked = z.infer<typeof Marked>

export const SearchHit = z.object({
  conversationId: Id,
  messageId: Id,
  person: Marked,
  subject: Marked,
  snippet: Marked,
  at: Time,
  status: Status,
  mailboxIds: z.array(Id),
  attachmentCount: z.int(),
})
export type SearchHit = z.infer<typeof SearchHit>
