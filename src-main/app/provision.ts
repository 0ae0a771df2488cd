import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { plainSignature, type IdentityChange } from '../../src-preload/contract/identity'
import { mailboxOfIt, type IdentityOfIt } from '../../src-preload/contract/set-up'
import { OauthClient } from '../../src-preload/contract/sign-in'

const Password = z.string().min(1).max(4096)

/**
 * The file of `--provision=FILE`: what IT writes to set a laptop up without a click. `resources/provision.schema.json`
 * is generated from this. Unknown keys are refused, so that a typing error is not a silent default.
 */
export const Provision = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  workspace: z.strictObject({ name: z.string().trim().min(1).max(80) }).optional(),
  agent: z.strictObject({ name: z.string().trim().min(1).max(80) }).optional(),
  /** OAuth clients of one's own, by mail server, for servers with `"signIn": "oauth"`. */
  oauthClients: z.array(z.strictObject(OauthClient.shape)).max(50).optional(),
  mailboxes: z
    .array(
      z.strictObject({
        ...mailboxOfIt,
        /** Goes into the keychain and is not kept anywhere else; the file can be deleted afterwards. Left out: Postern asks. */
        password: Password.optional(),
        /** When the outgoing server wants another one. */
        smtpPassword: Password.optional(),
      }),
    )
    .max(50),
})
export type Provision = z.infer<typeof Provision>

/** What a file says about a mailbox's identity, as the store takes it. `idOf`: the mailbox with an address, null when there is none. */
export function identityChange(given: IdentityOfIt, idOf: (address: string) => number | null): IdentityChange {
  const { signature: text, aliases, sendThrough, ...rest } = given
  return {
    ...rest,
    ...(text === undefined ? {} : { signature: plainSignature(text) }),
    ...(aliases === undefined
      ? {}
      : {
          aliases: aliases.map((alias) => ({
            address: alias.address,
            name: alias.name ?? '',
            signature: alias.signature === undefined ? null : plainSignature(alias.signature),
          })),
        }),
    ...(sendThrough === undefined ? {} : { sendThrough: idOf(sendThrough) }),
  }
}

const largest = 1024 * 1024

/** Throws `provision-invalid` or `file-not-found` with where and what, in words that IT can act on. */
export function readProvision(file: string): Provision {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new PosternError('file-not-found', 'provision file cannot be read', {
      what: 'it is not there or cannot be read',
    })
  }
  if (text.length > largest)
    throw new PosternError('provision-invalid', 'too large', { what: 'it is larger than 1 MB' })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new PosternError('provision-invalid', 'not JSON', { what: 'it is not valid JSON' })
  }
  const parsed = Provision.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') ?? ''
  throw new PosternError('provision-invalid', `does not fit at ${where}`, {
    what: `${where === '' ? 'the file' : where}: ${(issue?.message ?? 'does not fit').slice(0, 200)}`,
  })
}

/** The store went away meanwhile: what was to be set up is done once that is open again. */
export const isInterruption = (fault: unknown): boolean =>
  ['store-locked', 'service-restarting', 'service-stopped'].includes(PosternError.from(fault).code)
