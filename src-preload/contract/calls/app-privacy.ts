import * as z from 'zod'
import { app, done, nothing, type CallDef } from './define'
import { SupportCard } from '../support'

const saved = z.object({ saved: z.boolean() })
const passphrase = z.string().min(8).max(1024)
const Person = z.object({ card: SupportCard, fingerprint: z.string(), words: z.string() })

/** What only app can do for the privacy panel: files that a person asks for, keys of support people, their window. False when the person cancelled. */
export const appPrivacyCalls = {
  /** The whole network ledger as JSON Lines. */
  'app.saveLedger': app(
    'write',
    'settings',
    () => nothing,
    () => saved,
  ),
  /** The access log as JSON Lines, and its proof beside it. */
  'app.saveAccessLog': app(
    'write',
    'settings',
    () => z.object({ by: z.string().max(120) }),
    () => z.object({ saved: z.boolean(), entries: z.int(), proof: z.string() }),
  ),
  /** Makes a support identity and saves its key file where the person says; null when they cancelled. */
  'app.makeSupportIdentity': app(
    'write',
    'read',
    () =>
      z.object({
        name: z.string().trim().min(1).max(120),
        organisation: z.string().trim().min(1).max(120),
        passphrase,
      }),
    () => z.object({ person: Person.nullable() }),
  ),
  /** Saves the public card of an identity. */
  'app.saveSupportCard': app(
    'write',
    'read',
    () => z.object({ card: SupportCard }),
    () => saved,
  ),
  /** Opens a text file that holds a card; null when the person cancelled. */
  'app.openSupportCard': app(
    'read',
    'read',
    () => nothing,
    () => z.object({ text: z.string().nullable() }),
  ),
  /** Chooses the key file for signing in; it stays with app. */
  'app.openSupportKey': app(
    'read',
    'read',
    () => nothing,
    () => z.object({ person: Person.nullable() }),
  ),
  /** Signs in with the chosen key file and opens the session's window. */
  'app.supportSignIn': app(
    'write',
    'read',
    () => z.object({ passphrase: z.string().min(1).max(1024) }),
    () => done,
  ),
  /** For a key that is on another device: a challenge to sign there, and its answer. */
  'app.supportChallenge': app(
    'write',
    'read',
    () => z.object({ card: z.string().max(20_000) }),
    () => z.object({ challenge: z.string() }),
  ),
  'app.supportAnswer': app(
    'write',
    'read',
    () => z.object({ challenge: z.string().max(2000), answer: z.string().trim().max(200) }),
    () => done,
  ),
  /** From the lock screen: somebody of the team opens the store for a support session; the window stays locked. null: the system's own check. */
  'app.supportUnlock': app(
    'write',
    'settings',
    () => z.object({ passphrase: z.string().min(1).max(1024).nullable() }),
    () => done,
  ),
  /** Nobody signed in after all: the store is closed again. */
  'app.supportRelock': app(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
  /** Signs a challenge with a key file, for a session on another computer. */
  'app.signChallenge': app(
    'write',
    'read',
    () => z.object({ challenge: z.string().trim().max(2000), passphrase: z.string().min(1).max(1024) }),
    () => z.object({ answer: z.string() }),
  ),
  /** From the session's own window. */
  'app.endSupport': app(
    'write',
    'read',
    () => nothing,
    () => done,
  ),
} as const satisfies Record<string, CallDef>
