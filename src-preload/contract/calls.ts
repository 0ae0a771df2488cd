import * as z from 'zod'
import { Permission } from './access'
import {
  Address, Attachment, Bytes, Conversation, ConversationRow, Draft, DraftContent, DraftFile, DraftKind, Id, Mailbox, MailboxSettings,
  MessageBody, OutboxItem, SearchHit, Status, SyncStatus, Time, View,
} from './mail'
import { Customer } from './people'
import { Settings, SettingsChange, Theme } from './settings'

/** One call of the window. The part before the dot of an app call is `app`; every other call goes to the store. */
export interface CallDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly home: 'store' | 'app'
  readonly kind: 'read' | 'write'
  readonly permission: Permission
  readonly input: I
  readonly output: O
}

function store<I extends z.ZodType, O extends z.ZodType>(kind: 'read' | 'write', permission: Permission, input: I, output: O): CallDef<I, O> & { readonly home: 'store' } {
  return { home: 'store', kind, permission, input, output }
}
function app<I extends z.ZodType, O extends z.ZodType>(kind: 'read' | 'write', permission: Permission, input: I, output: O): CallDef<I, O> & { readonly home: 'app' } {
  return { home: 'app', kind, permission, input, output }
}

const nothing = z.object({})
const done = z.object({})
/** Acts that can be taken back return a token for `acts.undo`; it lives until the program ends. */
const undoable = z.object({ undo: z.string() })
const filter = { view: View, mailboxId: Id.nullable().default(null) }

export const TestStep = z.object({
  name: z.enum(['imap-connect', 'imap-certificate', 'imap-login', 'smtp-connect', 'smtp-certificate', 'smtp-login']),
  state: z.enum(['waiting', 'running', 'ok', 'failed', 'skipped']),
  /** ErrorCode when failed; facts for the sentence (host, port, ms, folders, messages, protocol, issuedTo, validUntil, tryPort, serverLine). */
  code: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
export type TestStep = z.infer<typeof TestStep>

const secrets = { password: z.string().max(4096), smtpPassword: z.string().max(4096).optional() }

export const calls = {
  // ---- conversations
  'counts.get': store('read', 'read', nothing, z.object({
    views: z.record(View, z.int()),
    unread: z.int(),
    mailboxes: z.array(z.object({ id: Id, open: z.int(), unread: z.int() })),
  })),
  'conversations.list': store('read', 'read',
    z.object({ ...filter, order: z.enum(['newest', 'oldest']).default('newest'), unreadOnly: z.boolean().default(false), offset: z.int().min(0), limit: z.int().min(1).max(200) }),
    z.object({ rows: z.array(ConversationRow), total: z.int() })),
  /** Position of a conversation in a list, to keep the selection through a refetch; -1 when it is not in it. */
  'conversations.position': store('read', 'read', z.object({ ...filter, order: z.enum(['newest', 'oldest']).default('newest'), unreadOnly: z.boolean().default(false), id: Id }), z.object({ position: z.int() })),
  'conversations.get': store('read', 'read', z.object({ id: Id }), Conversation),
  'conversations.setStatus': store('write', 'work', z.object({ ids: z.array(Id).min(1).max(1000), status: Status }), undoable),
  'conversations.setRead': store('write', 'work', z.object({ ids: z.array(Id).min(1).max(1000), read: z.boolean() }), undoable),
  /** Moves all messages to the mailbox's Trash folder on the server. */
  'conversations.trash': store('write', 'work', z.object({ ids: z.array(Id).min(1).max(1000) }), undoable),
  'acts.undo': store('write', 'work', z.object({ undo: z.string() }), done),

  // ---- messages
  'messages.body': store('read', 'read', z.object({ id: Id }), MessageBody),
  'messages.source': store('read', 'read', z.object({ id: Id }), z.object({ source: z.string(), cut: z.boolean() })),
  'messages.allowRemote': store('write', 'work', z.object({ id: Id }), done),
  /** A remote image of a message whose remote content was allowed by a person (R13, R14). */
  'messages.remoteImage': store('read', 'read', z.object({ id: Id, url: z.url().max(4096) }), z.object({ type: z.string(), bytes: Bytes })),
  /** Bytes of an image part, for the preview and for inline images. Other kinds are refused. */
  'attachments.image': store('read', 'read', z.object({ id: Id }), z.object({ type: z.string(), bytes: Bytes })),

  // ---- customers
  'customers.get': store('read', 'read', z.object({ id: Id }), Customer),
  'customers.update': store('write', 'work', z.object({ id: Id, name: z.string().trim().min(1).max(200).optional(), note: z.string().max(20_000).optional() }), done),
  'customers.suggest': store('read', 'read', z.object({ text: z.string().max(200), limit: z.int().min(1).max(20).default(8) }), z.object({ addresses: z.array(Address) })),

  // ---- drafts and sending
  'drafts.list': store('read', 'read', nothing, z.object({ drafts: z.array(Draft) })),
  'drafts.get': store('read', 'read', z.object({ id: Id }), Draft),
  /** Begins a draft with recipients, subject and quote filled in, or returns the one that the conversation already has. */
  'drafts.start': store('write', 'work', z.object({
    kind: DraftKind, conversationId: Id.nullable(), messageId: Id.nullable(), mailboxId: Id.nullable().default(null),
    /** The text of the message as it was shown, for the quote. */
    visibleText: z.string().max(2_000_000).nullable().default(null),
  }), Draft),
  'drafts.save': store('write', 'work', DraftContent.extend({ id: Id }), z.object({ savedAt: Time })),
  'drafts.discard': store('write', 'work', z.object({ id: Id }), undoable),
  'drafts.attach': store('write', 'work', z.object({ id: Id, name: z.string().max(1000), type: z.string().max(200), bytes: Bytes }), DraftFile),
  'drafts.detach': store('write', 'work', z.object({ id: Id, fileId: Id }), done),
  /** Freezes identity, envelope and text, and queues it. Durable before it answers (R39). */
  'outbox.send': store('write', 'send', z.object({ draftId: Id, thenStatus: z.enum(['open', 'pending', 'closed']) }), z.object({ outboxId: Id, conversationId: Id, dueAt: Time })),
  /** Takes a reply back as long as it has not begun to leave; the draft returns with its recipients. */
  'outbox.undo': store('write', 'send', z.object({ id: Id }), z.object({ draftId: Id, conversationId: Id.nullable() })),
  'outbox.list': store('read', 'read', nothing, z.object({ items: z.array(OutboxItem) })),
  'outbox.retry': store('write', 'send', z.object({ id: Id }), done),
  /** A person decides about an uncertain one: it did arrive, or send it again. */
  'outbox.decide': store('write', 'send', z.object({ id: Id, decision: z.enum(['arrived', 'send-again']) }), done),

  // ---- search
  'search.query': store('read', 'read', z.object({ text: z.string().max(1000), offset: z.int().min(0).default(0), limit: z.int().min(1).max(100).default(50) }),
    z.object({ hits: z.array(SearchHit), total: z.int(), more: z.boolean(), ms: z.number() })),

  // ---- mailboxes, sync, settings
  'mailboxes.list': store('read', 'read', nothing, z.object({ mailboxes: z.array(Mailbox) })),
  'mailboxes.pause': store('write', 'manage-mailboxes', z.object({ id: Id, paused: z.boolean() }), done),
  'sync.status': store('read', 'read', nothing, SyncStatus),
  'sync.now': store('write', 'work', z.object({ mailboxId: Id.nullable().default(null) }), done),
  'settings.get': store('read', 'read', nothing, Settings),
  'settings.set': store('write', 'settings', SettingsChange, done),

  // ---- app
  'app.state': app('read', 'read', nothing, z.object({
    phase: z.enum(['starting', 'set-passphrase', 'locked', 'ready', 'failed']),
    /** Why it failed, or why a passphrase is asked for. */
    error: z.object({ code: z.string(), detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) }).nullable(),
    /** Services that were stopped after five crashes in five minutes. */
    stopped: z.array(z.enum(['store', 'mail'])),
    version: z.string(),
    platform: z.enum(['mac', 'windows', 'linux']),
    theme: Theme,
    maximized: z.boolean(),
    keyIn: z.enum(['keychain', 'passphrase', 'none']),
    standIn: z.boolean(),
    /** Set when a provision file was given and could not be used. */
    provisionError: z.string().nullable(),
  })),
  'app.unlock': app('write', 'settings', z.object({ passphrase: z.string().min(1).max(1024) }), done),
  'app.setPassphrase': app('write', 'settings', z.object({ passphrase: z.string().min(8).max(1024), current: z.string().max(1024).optional() }), done),
  'app.removePassphrase': app('write', 'settings', z.object({ current: z.string().min(1).max(1024) }), done),
  'app.restartService': app('write', 'settings', z.object({ service: z.enum(['store', 'mail']) }), done),
  'app.setAsideDamaged': app('write', 'settings', nothing, done),
  'app.testConnection': app('write', 'manage-mailboxes', z.object({ testId: z.string().max(64), settings: MailboxSettings, ...secrets }), done),
  'app.connectionTest': app('read', 'read', z.object({ testId: z.string().max(64) }), z.object({ steps: z.array(TestStep), finished: z.boolean(), ok: z.boolean() })),
  'app.addMailbox': app('write', 'manage-mailboxes', z.object({ settings: MailboxSettings, ...secrets }), z.object({ id: Id })),
  'app.updateMailbox': app('write', 'manage-mailboxes', z.object({ id: Id, settings: MailboxSettings, password: z.string().max(4096).optional(), smtpPassword: z.string().max(4096).optional() }), done),
  /** Removes the mailbox, its secrets and its local copy. Nothing is deleted on the server. */
  'app.removeMailbox': app('write', 'manage-mailboxes', z.object({ id: Id }), done),
  /** Opens http, https and mailto only (R16). */
  'app.openLink': app('write', 'work', z.object({ url: z.string().max(8192) }), done),
  'app.openAttachment': app('write', 'work', z.object({ id: Id, confirmed: z.boolean() }), z.object({ opened: z.boolean() })),
  /** Asks where with the system's dialog; false when the person cancelled. */
  'app.saveAttachments': app('write', 'work', z.object({ ids: z.array(Id).min(1).max(500) }), z.object({ saved: z.boolean() })),
  'app.setTheme': app('write', 'settings', z.object({ theme: Theme }), done),
  'app.window': app('write', 'work', z.object({ act: z.enum(['minimize', 'maximize', 'close', 'ready-to-close', 'quit', 'show-logs']) }), done),
} as const satisfies Record<string, CallDef>

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>
export type { Attachment }
