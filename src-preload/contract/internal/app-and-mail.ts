import * as z from 'zod'
import { defer } from '../defer'
import { FoundSettings, TestStep } from '../calls'
import { Id } from '../mail'
import { MailboxSettings, ServerSettings } from '../mailboxes'
import { MailUse, OauthService, OauthTokens, SignInStep } from '../sign-in'
import { done, nothing, type CallTable } from './define'

/** What one connection signs in with: a password or an access token. */
export const Credential = z.object({ password: z.string().optional(), accessToken: z.string().optional() })
export type Credential = z.infer<typeof Credential>
const endpoints = OauthService.shape.endpoints.unwrap()
const grantCall = z.object({ service: OauthService, endpoints, refreshToken: z.string() })

/** Served by mail to app. */
export const mailForApp = {
  'mail.start': defer(
    () => nothing,
    () => done,
  ),
  /** One is about to be added: what its first page needs gets ready. */
  'mailbox.coming': defer(
    () => nothing,
    () => done,
  ),
  'mailbox.changed': defer(
    () => z.object({ id: Id }),
    () => done,
  ),
  'mailbox.removed': defer(
    () => z.object({ id: Id }),
    () => done,
  ),
  'power.changed': defer(
    () => z.object({ onBattery: z.boolean() }),
    () => done,
  ),
  'network.changed': defer(
    () => z.object({ online: z.boolean() }),
    () => done,
  ),
  /** Finishes or gives up what is under way, closes connections. */
  'mail.stop': defer(
    () => nothing,
    () => done,
  ),
  'connection.test': defer(
    () => z.object({ testId: z.string(), settings: MailboxSettings, imap: Credential, smtp: Credential }),
    () => z.object({ ok: z.boolean() }),
  ),
  /** Signs in with a password that should not open any more. */
  'login.try': defer(
    () => z.object({ mailboxId: Id, use: MailUse, server: ServerSettings, password: z.string() }),
    () => z.object({ opens: z.boolean() }),
  ),
  /** Settings for an address; null when nobody publishes any and no guess answers. */
  'settings.find': defer(
    () => z.object({ address: z.string() }),
    () => z.object({ found: FoundSettings.omit({ provider: true }).nullable() }),
  ),
  /** Signs in by browser or device code; answers when the provider gave its tokens. */
  'oauth.signIn': defer(
    () =>
      z.object({
        signInId: z.string(),
        service: OauthService,
        address: z.string(),
        method: z.enum(['browser', 'device']),
      }),
    () => z.object({ tokens: OauthTokens, endpoints }),
  ),
  'oauth.cancel': defer(
    () => z.object({ signInId: z.string() }),
    () => done,
  ),
  'oauth.refresh': defer(
    () => grantCall,
    () => OauthTokens,
  ),
  'oauth.revoke': defer(
    () => grantCall,
    () => z.object({ told: z.boolean() }),
  ),
  /** Loads the sample mail from its files into mailboxes that have no server (demo without Dovecot). */
  'import.sample': defer(
    () => z.object({ dir: z.string(), mailboxIds: z.array(Id) }),
    () => z.object({ messages: z.int() }),
  ),
} as const satisfies CallTable
export type MailForApp = typeof mailForApp

/** Served by app to mail. */
export const appForMail = {
  /** The secret for one connection. Refused when the mailbox's host is not the one the secret was given for (R34). */
  'credentials.get': defer(
    /** `renew`: the server refused the access token that was given last. */
    () =>
      z.object({
        mailboxId: Id,
        use: MailUse,
        server: ServerSettings,
        renew: z.boolean().optional(),
      }),
    () => Credential.extend({ user: z.string() }),
  ),
  'oauth.step': defer(
    () => z.object({ signInId: z.string(), step: SignInStep }),
    () => done,
  ),
  'connection.progress': defer(
    () => z.object({ testId: z.string(), steps: z.array(TestStep), finished: z.boolean() }),
    () => done,
  ),
} as const satisfies CallTable
export type AppForMail = typeof appForMail
