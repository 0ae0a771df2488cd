import * as z from 'zod'
import { app, done, nothing, type CallDef } from './define'
import { MailboxDepth } from '../depth'
import { Failure } from '../errors'
import { Id } from '../mail'
import { MailboxSettings } from '../mailboxes'
import { Theme } from '../settings'
import { textSizes } from '../text-size'

export const TestStep = z.object({
  name: z.enum(['imap-connect', 'imap-certificate', 'imap-login', 'smtp-connect', 'smtp-certificate', 'smtp-login']),
  state: z.enum(['waiting', 'running', 'ok', 'failed', 'skipped']),
  /** ErrorCode when failed; facts for the sentence (host, port, ms, folders, messages, protocol, issuedTo, validUntil, tryPort, serverLine). */
  code: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
export type TestStep = z.infer<typeof TestStep>

/** What signs in: a password or a finished sign-in by browser for both servers, or one of its own for the outgoing one. */
const secrets = {
  password: z.string().max(4096).optional(),
  smtpPassword: z.string().max(4096).optional(),
  signInId: z.string().max(64).optional(),
  smtpSignInId: z.string().max(64).optional(),
}

/** What only app can do: windows, keychain, files. Their names begin with `app.`. */
export const appCalls = {
  'app.state': app(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({
        phase: z.enum(['starting', 'set-passphrase', 'locked', 'ready', 'failed', 'changing-key']),
        /** How far a change of the database key has come, in bytes. */
        keyChange: z
          .object({ step: z.enum(['copying', 'encrypting', 'checking']), done: z.int(), total: z.int() })
          .nullable(),
        /** Why it failed, or why a passphrase is asked for. */
        error: Failure.nullable(),
        /** Services that were stopped after five crashes in five minutes. */
        stopped: z.array(z.enum(['store', 'mail'])),
        version: z.string(),
        platform: z.enum(['mac', 'windows', 'linux']),
        theme: Theme,
        textSize: z.literal(textSizes),
        maximized: z.boolean(),
        /** There were mailboxes at the last start: what the window shows before the store is open. */
        filled: z.boolean(),
        keyIn: z.enum(['keychain', 'passphrase', 'none']),
        /** Locking would ask for something before the mail is shown again. */
        canLock: z.boolean(),
        standIn: z.boolean(),
        /** Set when a provision file was given and could not be used. */
        provisionError: z.string().nullable(),
      }),
  ),
  /**
   * What the last run showed first (`LastSeen`), for the window to draw before the store is open; null: there is nothing, or it was
   * handed out. As JSON, since the bridge into the page copies an object value by value.
   */
  'app.lastSeen': app(
    'read',
    'read',
    () => nothing,
    () => z.object({ seen: z.string().nullable() }),
  ),
  'app.unlock': app(
    'write',
    'settings',
    () => z.object({ passphrase: z.string().min(1).max(1024) }),
    () => done,
  ),
  /** The system's own check, where the key is in its keychain (Touch ID). */
  'app.unlockWithSystem': app(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
  'app.setPassphrase': app(
    'write',
    'settings',
    () => z.object({ passphrase: z.string().min(8).max(1024), current: z.string().max(1024).optional() }),
    () => done,
  ),
  'app.removePassphrase': app(
    'write',
    'settings',
    () => z.object({ current: z.string().min(1).max(1024) }),
    () => done,
  ),
  /** Encrypts the whole store anew under another key; with a passphrase, that is asked for. Answers when the store is open again. */
  'app.changeKey': app(
    'write',
    'settings',
    () => z.object({ current: z.string().max(1024).optional() }),
    () => done,
  ),
  /** `leave`: what an erasure could not take away stays, and the computer is set up afresh beside it. */
  'app.restartService': app(
    'write',
    'settings',
    () => z.object({ service: z.enum(['store', 'mail']), leave: z.boolean().default(false) }),
    () => done,
  ),
  'app.setAsideDamaged': app(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
  'app.testConnection': app(
    'write',
    'manage-mailboxes',
    () => z.object({ testId: z.string().max(64), settings: MailboxSettings, ...secrets }),
    () => done,
  ),
  'app.connectionTest': app(
    'read',
    'read',
    () => z.object({ testId: z.string().max(64) }),
    () => z.object({ steps: z.array(TestStep), finished: z.boolean(), ok: z.boolean() }),
  ),
  'app.addMailbox': app(
    'write',
    'manage-mailboxes',
    /** `depth` left out: all of it is kept. */ () =>
      z.object({
        settings: MailboxSettings,
        depth: MailboxDepth.optional(),
        ...secrets,
      }),
    () => z.object({ id: Id }),
  ),
  'app.updateMailbox': app(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id, settings: MailboxSettings, ...secrets }),
    () => done,
  ),
  /** Removes the mailbox, its secrets and its local copy. Nothing is deleted on the server. */
  'app.removeMailbox': app(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id }),
    () => done,
  ),
  /** Opens http, https and mailto only (R16). */
  'app.openLink': app(
    'write',
    'settings',
    () => z.object({ url: z.string().max(8192) }),
    () => done,
  ),
  'app.openAttachment': app(
    'write',
    'settings',
    () => z.object({ id: Id, confirmed: z.boolean() }),
    () => z.object({ opened: z.boolean() }),
  ),
  /** Asks where with the system's dialog; false when the person cancelled. */
  'app.saveAttachments': app(
    'write',
    'settings',
    () => z.object({ ids: z.array(Id).min(1).max(500) }),
    () => z.object({ saved: z.boolean() }),
  ),
  /** A notification of the system; a click on it shows the window and opens the conversation. Plain text. */
  'app.notify': app(
    'write',
    'settings',
    () => z.object({ title: z.string().max(200), body: z.string().max(500), conversationId: Id.nullable() }),
    () => z.object({ shown: z.boolean() }),
  ),
  /** The number on the icon in the dock or task bar, where the system has one. */
  'app.badge': app(
    'write',
    'settings',
    () => z.object({ count: z.int().min(0) }),
    () => done,
  ),
  'app.setTheme': app(
    'write',
    'settings',
    () => z.object({ theme: Theme }),
    () => done,
  ),
  /** The keys that the window has for its acts, by name, for the menu bar of macOS. */
  'app.setMenuKeys': app(
    'write',
    'settings',
    () => z.object({ keys: z.record(z.string().max(40), z.string().max(40)) }),
    () => done,
  ),
  'app.setTextSize': app(
    'write',
    'settings',
    () => z.object({ size: z.literal(textSizes) }),
    () => done,
  ),
  'app.window': app(
    'write',
    'settings',
    () => z.object({ act: z.enum(['minimize', 'maximize', 'close', 'ready-to-close', 'drawn', 'quit', 'show-logs']) }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
