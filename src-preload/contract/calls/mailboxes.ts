import * as z from 'zod'
import { done, nothing, store, undoable, type CallDef } from './define'
import { MailboxDepth, MailboxUsage } from '../depth'
import { IdentityConflict, PersonalIdentity, SendLimits, SharedIdentity } from '../identity'
import { Id, Time } from '../mail'
import { Mailbox, SyncStatus } from '../mailboxes'

/** How much of a mailbox's permission was used since it was set up here; times null: not at all. */
export const MailboxUse = z.object({
  mailboxId: Id,
  read: z.int(),
  sent: z.int(),
  acts: z.int(),
  since: Time.nullable(),
  lastAt: Time.nullable(),
})
export type MailboxUse = z.infer<typeof MailboxUse>

/** What the account that carries a mailbox's mail takes and how much of that is used, shared with all that go through it. */
export const SendingFacts = z.object({
  /** Mailbox whose account it is. */
  accountId: Id,
  known: SendLimits,
  limits: SendLimits,
  /** Messages that left within the last minute, and recipients within the last day. */
  lastMinute: z.int(),
  lastDay: z.int(),
  waiting: z.int(),
  /** When the next of those that wait for room may leave; null: none does. */
  nextAt: Time.nullable(),
})
export type SendingFacts = z.infer<typeof SendingFacts>

/** Mailboxes and their sync. */
export const mailboxCalls = {
  'mailboxes.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ mailboxes: z.array(Mailbox) }),
  ),
  'mailboxes.pause': store(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id, paused: z.boolean() }),
    () => done,
  ),
  'mailboxes.used': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ used: z.array(MailboxUse) }),
  ),
  'mailboxes.setDepth': store(
    'write',
    'manage-mailboxes',
    () =>
      z.object({
        id: Id,
        depth: MailboxDepth,
        /** What is here beyond it goes as well; it comes again when it is opened, or when more is to be kept. */ free: z
          .boolean()
          .default(false),
      }),
    () => done,
  ),
  /** About how much of what is here lies beyond a depth; counted anew at each call. */
  'mailboxes.freeable': store(
    'read',
    'manage-mailboxes',
    () => z.object({ id: Id, depth: MailboxDepth }),
    () => z.object({ messages: z.int(), bytes: z.int() }),
  ),
  /** Who the agent is in a mailbox: each decides for themselves. */
  'mailboxes.setPersonal': store(
    'write',
    'settings',
    () => z.object({ id: Id, ...PersonalIdentity.shape }),
    () => undoable,
  ),
  /** Who the mailbox is, which addresses it has, how its mail leaves. */
  'mailboxes.setIdentity': store(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id, ...SharedIdentity.shape }),
    () => undoable,
  ),
  'mailboxes.conflicts': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ conflicts: z.array(IdentityConflict) }),
  ),
  /** Settles one of `mailboxes.conflicts` by one of its writes. */
  'mailboxes.choose': store(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id, choice: z.string().max(200) }),
    () => undoable,
  ),
  'mailboxes.sending': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => SendingFacts,
  ),
  /** Counted anew at each call: some seconds for a very large mailbox. */
  'mailboxes.usage': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => MailboxUsage,
  ),
  'sync.status': store(
    'read',
    'read',
    () => nothing,
    () => SyncStatus,
  ),
  'sync.now': store(
    'write',
    'work',
    () => z.object({ mailboxId: Id.nullable().default(null) }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
