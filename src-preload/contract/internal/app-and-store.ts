import * as z from 'zod'
import { Permission } from '../access'
import { MailboxDepth } from '../depth'
import { IdentityChange } from '../identity'
import { Bytes, Id, Mailbox, MailboxSettings } from '../mail'
import { PolicyState } from '../policy'
import { ExportScope, ImportTarget, MailFormat } from '../transfers'
import { done, nothing, type CallTable } from './define'

/** Served by store to app. */
export const storeForApp = {
  /** Whether the person at this computer may, by the team's roster: asked before every call of the window that app answers. */
  'access.allowed': { input: z.object({ permission: Permission }), output: z.object({ allowed: z.boolean() }) },
  'store.open': {
    input: z.object({ dir: z.string(), key: Bytes, device: Bytes }),
    output: z.object({ created: z.boolean(), restored: z.boolean() }),
  },
  /** Encrypts the closed store anew, under `next`. Steps are told as events. */
  'store.rotate': { input: z.object({ dir: z.string(), key: Bytes, next: Bytes }), output: done },
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
    input: z.object({ challenge: z.string(), answer: z.string(), key: Bytes }),
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

/** Served by app to store. */
export const appForStore = {
  'mailbox.changed': { input: z.object({ id: Id }), output: done },
} as const satisfies CallTable
export type AppForStore = typeof appForStore
