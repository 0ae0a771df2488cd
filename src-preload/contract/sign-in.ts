import * as z from 'zod'
import { Time } from './mail'

/** Which of a mailbox's two servers a sign-in serves. */
export const MailUse = z.enum(['imap', 'smtp'])
export type MailUse = z.infer<typeof MailUse>

/** Where a token may go: bound at sign-in, never widened later (R34). */
export const BoundHost = z.object({ host: z.string().min(1).max(253), port: z.int().min(1).max(65535) })
export type BoundHost = z.infer<typeof BoundHost>

const https = z.url({ protocol: /^https$/ }).max(2048)

/** An OAuth client of one's own for mail servers: a host name, or `*.example.com` for every name below it. */
export const OauthClient = z.object({
  host: z.string().trim().min(1).max(253),
  /** Name of the service, for people. */
  name: z.string().trim().max(80).optional(),
  /** Issuer (RFC 8414); its endpoints are found there. For the built-in providers it may be left out. */
  issuer: https.optional(),
  clientId: z.string().trim().min(1).max(500),
  /** Some providers give native apps one; it is no secret (RFC 8252, 8.5). */
  clientSecret: z.string().max(500).optional(),
  /** Scopes, when they are not the provider's usual ones. */
  scope: z.string().max(2000).optional(),
})
export type OauthClient = z.infer<typeof OauthClient>

/** Everything that a sign-in needs to know of the provider. */
export const OauthService = z.object({
  name: z.string(),
  issuer: https,
  /** Without them they are found at the issuer. */
  endpoints: z
    .object({ authorization: https, token: https, device: https.optional(), revocation: https.optional() })
    .nullable(),
  clientId: z.string(),
  clientSecret: z.string().nullable(),
  scope: z.string(),
  /** More parameters for the authorization request, such as Google's `access_type`. */
  parameters: z.record(z.string(), z.string()),
})
export type OauthService = z.infer<typeof OauthService>

/** What the token endpoint gave. Only app keeps it, in the keychain. */
export const OauthTokens = z.object({
  accessToken: z.string(),
  accessUntil: Time,
  refreshToken: z.string().nullable(),
  /** When the provider says that the refresh token ends. */
  refreshUntil: Time.nullable(),
  scope: z.string(),
  /** The account that was picked, when the provider says so. */
  address: z.string().nullable(),
})
export type OauthTokens = z.infer<typeof OauthTokens>

/** Where a sign-in stands; a step leads to the person's browser or to a code to type on another device. */
export const SignInStep = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('browser'), url: z.string() }),
  z.object({ kind: z.literal('device'), url: z.string(), userCode: z.string(), until: Time }),
])
export type SignInStep = z.infer<typeof SignInStep>

/** A provider as the set-up shows it before anything is asked. */
export const ProviderFacts = z.object({
  id: z.string(),
  name: z.string(),
  /** null: there is no way to sign in with a browser here. */
  oauth: z
    .object({
      /** The host that the browser opens. */
      opens: z.string(),
      scope: z.array(z.string()),
      /** true: this build has no client id for it, and none was given. */
      clientMissing: z.boolean(),
      device: z.boolean(),
    })
    .nullable(),
})
export type ProviderFacts = z.infer<typeof ProviderFacts>
