import * as z from 'zod'
import { done, nothing, store, undoable, type CallDef } from './define'
import { MailboxDepth, MailboxUsage } from '../depth'
import { PersonalIdentity, SharedIdentity } from '../identity'
import { Id, Mailbox, SyncStatus, Time } from '../mail'

/** How much of a mailbox's permission was used since it was set up here; times null: not at all. */
export const MailboxUse = z.object({ mailboxId: Id, read: z.int(), sent: z.int(), acts: z.int(), since: Time.nullable(), lastAt: Time.nullable() })
export type MailboxUse = z.infer<typeof MailboxUse>

/** Mailboxes and their sync. */
export const mailboxCalls = {
  'mailboxes.list': store('read', 'read', nothing, z.object({ mailboxes: z.array(Mailbox) })),
  'mailboxes.pause': store('write', 'manage-mailboxes', z.object({ id: Id, paused: z.boolean() }), done),
  'mailboxes.used': store('read', 'read', nothing, z.object({ used: z.array(MailboxUse) })),
  'mailboxes.setDepth': store('write', 'manage-mailboxes', z.object({ id: Id, depth: MailboxDepth }), done),
  /** Who the agent is in a mailbox: each decides for themselves. */
  'mailboxes.setPersonal': store('write', 'settings', z.object({ id: Id, ...PersonalIdentity.shape }), undoable),
  /** Who the mailbox is, which addresses it has, how its mail leaves. */
  'mailboxes.setIdentity': store('write', 'manage-mailboxes', z.object({ id: Id, ...SharedIdentity.shape }), undoable),
  /** Counted anew at each call: some seconds for a very large mailbox. */
  'mailboxes.usage': store('read', 'read', z.object({ id: Id }), MailboxUsage),
  'sync.status': store('read', 'read', nothing, SyncStatus),
  'sync.now': store('write', 'work', z.object({ mailboxId: Id.nullable().default(null) }), done),
} as const satisfies Record<string, CallDef>
