import * as z from 'zod'
import { done, nothing, store, type CallDef } from './define'
import { Id, Mailbox, SyncStatus } from '../mail'

/** Mailboxes and their sync. */
export const mailboxCalls = {
  'mailboxes.list': store('read', 'read', nothing, z.object({ mailboxes: z.array(Mailbox) })),
  'mailboxes.pause': store('write', 'manage-mailboxes', z.object({ id: Id, paused: z.boolean() }), done),
  'sync.status': store('read', 'read', nothing, SyncStatus),
  'sync.now': store('write', 'work', z.object({ mailboxId: Id.nullable().default(null) }), done),
} as const satisfies Record<string, CallDef>
