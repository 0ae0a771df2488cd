import * as z from 'zod'
import { Failure } from '../errors'
import { Id, Time } from '../mail'
import { MailboxSettings } from '../mailboxes'
import { MailUse, ProviderFacts } from '../sign-in'
import { Tried, Whose } from '../team'
import { app, done, nothing, type CallDef } from './define'

const signInId = z.string().min(1).max(64)

/** Settings that were found for an address, and by whom they were told. */
export const FoundSettings = z.object({
  settings: MailboxSettings,
  provider: ProviderFacts.nullable(),
  source: z.enum(['known', 'exchanger', 'published', 'srv', 'guessed']),
  /** Servers outside of the address's domain that the domain itself did not vouch for over TLS: a person looks at them first (R31). */
  foreign: z.array(z.string()),
  /** Some server would be spoken to by STARTTLS, not by TLS from the first byte. */
  weaker: z.boolean(),
})
export type FoundSettings = z.infer<typeof FoundSettings>

/** How one of a mailbox's servers is signed in to by browser, and how long that holds. */
export const SignInFacts = z.object({
  mailboxId: Id,
  uses: z.array(MailUse),
  service: z.string(),
  scope: z.array(z.string()),
  at: Time,
  /** When the provider said that it ends; null: it did not say. */
  endsAt: Time.nullable(),
  /** `needed`: the provider wants the person again. `not-lasting`: it gave no permission beyond this run of Postern. */
  state: z.enum(['good', 'ends-soon', 'not-lasting', 'needed']),
})
export type SignInFacts = z.infer<typeof SignInFacts>

/** Setting mailboxes up and signing in: what needs the network, the browser or the keychain. */
export const appAccountCalls = {
  /** null: nothing was found; the person knows better. */
  'app.findSettings': app(
    'read',
    'manage-mailboxes',
    () => z.object({ address: z.email().max(320) }),
    () => z.object({ found: FoundSettings.nullable() }),
  ),
  /** How to sign in for a server by browser; null: no such way is known. */
  'app.provider': app(
    'read',
    'read',
    () => z.object({ host: z.string().max(253), uses: z.array(MailUse).min(1) }),
    () => z.object({ provider: ProviderFacts.nullable() }),
  ),
  /** Begins a sign-in. The token it gives goes to the servers of `settings` named in `uses` only. */
  'app.signIn': app(
    'write',
    'manage-mailboxes',
    () =>
      z.object({
        signInId,
        settings: MailboxSettings,
        uses: z.array(MailUse).min(1),
        method: z.enum(['browser', 'device']),
      }),
    () => done,
  ),
  'app.signInState': app(
    'read',
    'read',
    () => z.object({ signInId }),
    () =>
      z.object({
        state: z.enum(['starting', 'browser', 'device', 'done', 'failed']),
        /** Where the person goes: in the browser, or to type `userCode`. */
        url: z.string().nullable(),
        userCode: z.string().nullable(),
        until: Time.nullable(),
        /** The account that was picked, when the provider said so; and what it allowed. */
        address: z.string().nullable(),
        scope: z.array(z.string()),
        error: Failure.nullable(),
      }),
  ),
  /** Opens the browser once more. */
  'app.openSignIn': app(
    'write',
    'manage-mailboxes',
    () => z.object({ signInId }),
    () => done,
  ),
  'app.cancelSignIn': app(
    'write',
    'manage-mailboxes',
    () => z.object({ signInId }),
    () => done,
  ),
  'app.signIns': app(
    'read',
    'read',
    () => nothing,
    () => z.object({ signIns: z.array(SignInFacts) }),
  ),
  /** How the team's mailbox is closed to somebody who was taken out. */
  'app.former': app(
    'read',
    'manage-team',
    () => z.object({ whose: Whose }),
    () =>
      z.object({
        address: z.string(),
        /** Whether they know a password that can be tried; else they sign in by themselves, and nothing can. */
        password: z.boolean(),
        /** The new password is here already. */
        replaced: z.boolean(),
        /** The password that is tried is surely one that they know. */
        certain: z.boolean(),
      }),
  ),
  /**
   * Signs in with the password that they know, and with the new one, which is kept when the server takes it and refuses the
   * other. What came of it stands in the team's troubles too.
   */
  'app.tryFormer': app(
    'write',
    'manage-team',
    () => z.object({ whose: Whose, password: z.string().min(1).max(1000).nullable() }),
    () => z.object({ tried: Tried }),
  ),
  /** Closes the store, forgets every key and stops mail until somebody unlocks. */
  'app.lock': app(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
} as const satisfies Record<string, CallDef>
