import * as z from 'zod'
import { mailboxOfIt } from './set-up'
import { SettingsToBeginWith } from './settings'
import { OauthClient } from './sign-in'
import { longestGrantDays, SupportCard } from './support'

const HostPattern = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^(\*\.)?[A-Za-z0-9._:-]+$/)

/**
 * Everything that IT can set. A key that is there is locked, except what stands under `defaults`. The descriptions go into the templates for administrators
 * (resources/policy), which are generated from this schema.
 */
export const policyShape = {
  managedBy: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .describe('Who manages these settings, as people will read it: "Northwind IT".'),
  supportAccess: z.enum(['allowed', 'off']).describe('Whether anybody outside the team can be granted access at all.'),
  supportAccessLongestDays: z
    .int()
    .min(1)
    .max(longestGrantDays)
    .describe('Longest grant in days; 180 is the most that Postern allows.'),
  supportIdentities: z
    .array(SupportCard)
    .max(50)
    .describe('Support cards of the only people who may be granted access.'),
  customerSuccessAccess: z
    .enum(['allowed', 'off'])
    .describe('Whether grants for customer-success managers can be made.'),
  blockUnexpectedHosts: z.boolean().describe('Refuse connections that were not announced; off only shows them.'),
  allowedMailHosts: z
    .array(HostPattern)
    .min(1)
    .max(500)
    .describe('The only hosts that Postern may connect to; *.example.com takes every name below example.com.'),
  oauthClients: z
    .array(z.strictObject(OauthClient.shape))
    .max(50)
    .describe('OAuth clients by mail server, for signing in with the browser; they go before those that people give.'),
  mailboxes: z
    .array(z.strictObject(mailboxOfIt))
    .max(50)
    .describe(
      'Mailboxes that every computer has; people are asked for the password or to sign in, and can change or remove none of them. A depth that is named holds; an identity is what the mailbox begins with, and the team may change it.',
    ),
  diagnostics: z
    .enum(['allowed', 'off'])
    .describe('Whether an admin may switch performance and troubleshooting on; reports are never sent by themselves.'),
  supportAddress: z.email().max(320).describe('The address that Contact support writes to.'),
  mailDepthMonths: z
    .int()
    .min(0)
    .max(240)
    .describe(
      'Whole messages are kept on each computer for at most so many months, of older ones the headers; 0 keeps headers only.',
    ),
  mailDepthMegabytes: z
    .int()
    .min(1)
    .max(160)
    .describe('Of messages larger than so many megabytes only the beginning is kept on each computer.'),
  lockMinutesLongest: z
    .int()
    .min(1)
    .max(1440)
    .describe('Postern locks after at most so many minutes without a key or the mouse, where it has a passphrase.'),
  appLock: z
    .enum(['optional', 'required'])
    .describe('Whether a passphrase must be set before Postern opens; it can then be changed, not taken away.'),
  recoveryKey: SupportCard.describe(
    'Card of whoever may open the database of a computer whose passphrase or keychain is lost (postern support-id make, postern recover).',
  ),
  keychainRequired: z
    .boolean()
    .describe('Whether Postern opens a new profile only where the system keeps secrets; off lets a passphrase do it.'),
  offlineLeaseDays: z
    .int()
    .min(1)
    .max(365)
    .describe(
      'A computer that has not reached its team for so many days shows nothing until it has; the team may say fewer.',
    ),
  lockOnSleep: z.boolean().describe('Whether Postern locks when the computer sleeps, where it has a passphrase.'),
  remoteContent: z.enum(['ask', 'never']).describe('Whether people may show remote images of a message.'),
  defaults: z
    .strictObject(SettingsToBeginWith.shape)
    .describe('Settings that people begin with; unlike everything else here they may change them.'),
} as const

/** A policy as one JSON object; keys that it does not know are refused, so that a typing error is not a hole. */
export const Policy = z.strictObject(policyShape).partial()
export type Policy = z.infer<typeof Policy>
export type PolicyKey = keyof typeof policyShape

/** What is in force. */
export const PolicyState = z.object({
  /** Where it was read from; null when nothing is managed. */
  source: z.string().nullable(),
  managedBy: z.string().nullable(),
  locked: z.array(z.string()),
  /** Files that could not be used: name, key and what is wrong. What they would lock is locked at its safest. */
  faults: z.array(z.object({ file: z.string(), key: z.string(), why: z.string() })),
  policy: Policy,
})
export type PolicyState = z.infer<typeof PolicyState>
