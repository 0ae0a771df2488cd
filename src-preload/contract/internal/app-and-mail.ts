import * as z from 'zod'
import { FoundSettings, TestStep } from '../calls'
import { Id, MailboxSettings, ServerSettings } from '../mail'
import { OauthService, OauthTokens, SignInStep } from '../sign-in'
import { done, nothing, type CallTable } from './define'

/** What one connection signs in with: a password or an access token. */
export const Credential = z.object({ password: z.string().optional(), accessToken: z.string().optional() })
export type Credential = z.infer<typeof Credential>
const endpoints = OauthService.shape.endpoints.unwrap()
const grantCall = z.object({ service: OauthService, endpoints, refreshToken: z.string() })

/** Served by mail to app. */
export const mailForApp = {
  'mail.start': { input: nothing, output: done },
  'mailbox.changed': { input: z.object({ id: Id }), output: done },
  'mailbox.removed': { input: z.object({ id: Id }), output: done },
  'power.changed': { input: z.object({ onBattery: z.boolean() }), output: done },
  'network.changed': { input: z.object({ online: z.boolean() }), output: done },
  /** Finishes or gives up what is under way, closes connections. */
  'mail.stop': { input: nothing, output: done },
  'connection.test': {
    input: z.object({ testId: z.string(), settings: MailboxSettings, imap: Credential, smtp: Credential }),
    output: z.object({ ok: z.boolean() }),
  },
  /** Settings for an address; null when nobody publishes any and no guess answers. */
  'settings.find': {
    input: z.object({ address: z.string() }),
    output: z.object({ found: FoundSettings.omit({ provider: true }).nullable() }),
  },
  /** Signs in by browser or device code; answers when the provider gave its tokens. */
  'oauth.signIn': {
    input: z.object({
      signInId: z.string(),
      service: OauthService,
      address: z.string(),
      method: z.enum(['browser', 'device']),
    }),
    output: z.object({ tokens: OauthTokens, endpoints }),
  },
  'oauth.cancel': { input: z.object({ signInId: z.string() }), output: done },
  'oauth.refresh': { input: grantCall, output: OauthTokens },
  'oauth.revoke': { input: grantCall, output: z.object({ told: z.boolean() }) },
  /** Loads the sample mail from its files into mailboxes that have no server (demo without Dovecot). */
  'import.sample': {
    input: z.object({ dir: z.string(), mailboxIds: z.array(Id) }),
    output: z.object({ messages: z.int() }),
  },
} as const satisfies CallTable
export type MailForApp = typeof mailForApp

/** Served by app to mail. */
export const appForMail = {
  /** The secret for one connection. Refused when the mailbox's host is not the one the secret was given for (R34). */
  'credentials.get': {
    /** `renew`: the server refused the access token that was given last. */
    input: z.object({
      mailboxId: Id,
      use: z.enum(['imap', 'smtp']),
      server: ServerSettings,
      renew: z.boolean().optional(),
    }),
    output: Credential.extend({ user: z.string() }),
  },
  'oauth.step': { input: z.object({ signInId: z.string(), step: SignInStep }), output: done },
  'connection.progress': {
    input: z.object({ testId: z.string(), steps: z.array(TestStep), finished: z.boolean() }),
    output: done,
  },
} as const satisfies CallTable
export type AppForMail = typeof appForMail
