import * as z from 'zod'
import { defer } from '../defer'
import { Permission } from '../access'
import { MailboxDepth } from '../depth'
import { lastSeen } from '../last-seen'
import { IdentityChange } from '../identity'
import { Bytes, Id, Time } from '../mail'
import { Mailbox, MailboxSettings } from '../mailboxes'
import { Tried, Whose } from '../team'
import { NetworkContact } from '../network'
import { PolicyState } from '../policy'
import { Unlock } from '../support'
import { ExportScope, ImportTarget, MailFormat } from '../transfers'
import { done, nothing, type CallTable } from './define'

/** Served by store to app. */
export const storeForApp = {
  /** Whether the person at this computer may, by the team's roster: asked before every call of the window that app answers. */
  'access.allowed': defer(
    () => z.object({ permission: Permission }),
    () => z.object({ allowed: z.boolean() }),
  ),
  'store.open': defer(
    () => z.object({ dir: z.string(), key: Bytes, device: Bytes }),
    () => z.object({ created: z.boolean(), restored: z.boolean() }),
  ),
  /** Encrypts the closed store anew, under `next`. Steps are told as events. */
  'store.rotate': defer(
    () => z.object({ dir: z.string(), key: Bytes, next: Bytes }),
    () => done,
  ),
  /** What a window would draw first now; null where the next start must ask first. Asked when mail has stopped, before `store.close`. */
  'store.lastSeen': defer(
    () => nothing,
    () => z.object({ seen: lastSeen().nullable() }),
  ),
  /** Last checkpoint; the database is closed when it answers. */
  'store.close': defer(
    () => nothing,
    () => done,
  ),
  'mailbox.create': defer(
    () => z.object({ settings: MailboxSettings, depth: MailboxDepth.optional() }),
    () => z.object({ id: Id, existed: z.boolean() }),
  ),
  'mailbox.update': defer(
    () => z.object({ id: Id, settings: MailboxSettings }),
    () => done,
  ),
  'mailbox.remove': defer(
    () => z.object({ id: Id }),
    () => done,
  ),
  'mailbox.all': defer(
    () => nothing,
    () => z.object({ mailboxes: z.array(Mailbox) }),
  ),
  /** Who was taken out of the team and may still know a password of its mailbox. */
  'team.former': defer(
    () => nothing,
    () =>
      z.object({
        mailboxId: Id.nullable(),
        /**
         * `since`: when they were taken out; `certain`: they know the password of then; `open`: nothing has shown yet that the
         * mailbox is closed to them.
         */
        people: z.array(z.object({ whose: Whose, since: Time, certain: z.boolean(), open: z.boolean() })),
        /** The same clock now, which never runs back. */
        now: Time,
      }),
  ),
  'team.tried': defer(
    () => z.object({ whose: Whose, tried: Tried }),
    () => done,
  ),
  'mailbox.identity': defer(
    () => z.object({ id: Id, identity: IdentityChange }),
    () => done,
  ),
  'mailbox.depth': defer(
    () => z.object({ id: Id, depth: MailboxDepth }),
    () => done,
  ),
  'mailbox.pause': defer(
    () => z.object({ id: Id, paused: z.boolean() }),
    () => done,
  ),
  'settings.set': defer(
    () => z.record(z.string(), z.unknown()),
    () => done,
  ),
  'settings.get': defer(
    () => nothing,
    () => z.record(z.string(), z.unknown()),
  ),
  /** What policy says; again whenever it changes. */
  'policy.set': defer(
    () => PolicyState,
    () => done,
  ),
  /** Heads of the access log that app kept outside the database; it must go through each. */
  'access.marks': defer(
    () => z.object({ marks: z.array(z.object({ device: z.string(), entries: z.int(), hash: z.string() })) }),
    () => z.object({ holds: z.boolean() }),
  ),
  /** Into the access log. */
  'access.unlocked': defer(
    () => Unlock,
    () => done,
  ),
  'support.challenge': defer(
    () => z.object({ card: z.string() }),
    () => z.object({ challenge: z.string() }),
  ),
  /** The answer to a challenge; the key opens the session's own connection. */
  'support.signIn': defer(
    () => z.object({ challenge: z.string(), answer: z.string(), key: Bytes }),
    () => z.object({ session: z.int(), name: z.string() }),
  ),
  'support.end': defer(
    () => z.object({ session: z.int() }),
    () => done,
  ),
  /** Writes the access log of this device and its proof to new files. */
  'accessLog.export': defer(
    () => z.object({ path: z.string(), proofPath: z.string(), by: z.string() }),
    () => z.object({ entries: z.int() }),
  ),
  /** What the store says of itself in a report; that one was made is written to the access log. */
  'report.text': defer(
    () => nothing,
    () => z.object({ text: z.string(), on: z.boolean() }),
  ),
  /** A connection that app must not make was refused; kept until the store is open. */
  'network.refused': defer(
    () => NetworkContact,
    () => done,
  ),
  /** The network ledger as JSON Lines. */
  'ledger.export': defer(
    () => nothing,
    () => z.object({ text: z.string() }),
  ),
  'transfer.import': defer(
    () => z.object({ paths: z.array(z.string()).min(1).max(1000), name: z.string(), target: ImportTarget }),
    () => z.object({ id: Id }),
  ),
  'transfer.export': defer(
    () => z.object({ dir: z.string(), scope: ExportScope, format: MailFormat }),
    () => z.object({ id: Id }),
  ),
  'transfer.path': defer(
    () => z.object({ id: Id }),
    () => z.object({ path: z.string() }),
  ),
  'attachment.info': defer(
    () => z.object({ id: Id }),
    () => z.object({ name: z.string(), type: z.string(), size: z.int(), dangerous: z.boolean() }),
  ),
  /** Writes the attachment to a new file (never over an old one unless `overwrite`), no exec bit, mode 0600. */
  'attachment.write': defer(
    () => z.object({ id: Id, path: z.string(), overwrite: z.boolean() }),
    () => done,
  ),
} as const satisfies CallTable
export type StoreForApp = typeof storeForApp

/** Served by app to store. */
export const appForStore = {
  'mailbox.changed': defer(
    () => z.object({ id: Id }),
    () => done,
  ),
} as const satisfies CallTable
export type AppForStore = typeof appForStore
