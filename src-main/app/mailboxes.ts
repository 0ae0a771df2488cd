import { isDeepStrictEqual } from 'node:util'
import type {
  AppForMail,
  Credential,
  Handlers,
  MailForApp,
  StoreForApp,
  TableInput,
} from '../../src-preload/contract/internal'
import type { MailboxDepth } from '../../src-preload/contract/depth'
import { MailboxSettings, type Mailbox } from '../../src-preload/contract/mailboxes'
import { MailUse, OauthClient } from '../../src-preload/contract/sign-in'
import type { SignInFacts, TestStep } from '../../src-preload/contract/calls'
import { PosternError } from '../../src-preload/contract/errors'
import { ownClient } from '../shared/providers'
import type { Rpc } from '../shared/port-rpc'
import { FormerPasswords, type Password } from './former-access'
import type { Keys } from './keys'
import type { SignIns } from './oauth'
import { identityChange, isInterruption, type Provision } from './provision'
import * as z from 'zod'
import { sameAddress } from '../../src-preload/contract/address'

/**
 * What one server of a mailbox is signed in to with, an entry of its own in the keychain. It is bound to the server it was
 * given for: it never goes to another one (R34).
 */
const bound = { host: z.string(), port: z.int(), user: z.string() }
const Secret = z.union([z.object({ ...bound, password: z.string() }), z.object({ ...bound, grant: z.string() })])
type Secret = z.infer<typeof Secret>
const uses = MailUse.options

/** What a person gave: passwords, finished sign-ins by browser, or both. Left out: what is kept stays. */
export interface Given {
  readonly password?: string | undefined
  readonly smtpPassword?: string | undefined
  readonly signInId?: string | undefined
  readonly smtpSignInId?: string | undefined
}

const secretName = (id: number, use: MailUse): string => `mailbox:${id}:${use}`

interface Test {
  steps: TestStep[]
  finished: boolean
  ok: boolean
}

/** Adding, changing and removing mailboxes: secrets go to the keychain, settings to store, and mail is told. */
export class Mailboxes {
  readonly former: FormerPasswords
  private readonly tests = new Map<string, Test>()

  constructor(
    private readonly keys: Keys,
    private readonly signIns: SignIns,
    private readonly store: () => Rpc<StoreForApp>,
    private readonly mail: () => Rpc<MailForApp>,
    private readonly testChanged: (testId: string) => void,
    private readonly managedClients: () => readonly OauthClient[] = () => [],
  ) {
    this.former = new FormerPasswords(keys)
  }

  /** A person adds a mailbox: mail gets ready for its first page meanwhile. Where mail is not up, only time is lost. */
  comes(): void {
    this.tellMail('mailbox.coming', {}).catch(() => undefined)
  }

  /** A mailbox that is there already stays as it is. `depth` is set before mail hears of the mailbox: nothing is fetched beyond it. */
  async add(settings: MailboxSettings, given: Given, depth?: MailboxDepth): Promise<{ id: number; existed: boolean }> {
    refusePlaintext(settings)
    const made = await this.store().call('mailbox.create', { settings, depth })
    if (made.existed) return made
    try {
      await this.keepSecrets(made.id, settings, given)
    } catch (fault) {
      // Left behind without its password it could not be added again.
      await this.store().call('mailbox.remove', { id: made.id })
      throw fault
    }
    await this.tellMail('mailbox.changed', { id: made.id })
    return made
  }

  async update(id: number, settings: MailboxSettings, given: Given): Promise<void> {
    refusePlaintext(settings)
    if (Object.values(given).some((one) => one !== undefined)) await this.keepFormer(id)
    await this.store().call('mailbox.update', { id, settings })
    await this.keepSecrets(id, settings, given)
    await this.tellMail('mailbox.changed', { id })
  }

  async remove(id: number): Promise<void> {
    // First: a keychain that does not answer keeps the mailbox, or nobody could take its password and permissions away any more.
    const grants = await this.grantsOf(id)
    await this.tellMail('mailbox.removed', { id })
    try {
      await this.store().call('mailbox.remove', { id })
    } catch (fault) {
      // It is still there, and mail has let go of it.
      await this.tellMail('mailbox.changed', { id })
      throw fault
    }
    for (const use of uses) await this.keys.removeSecret(secretName(id, use))
    await this.former.forget(id)
    for (const grant of grants.keys()) await this.signIns.forget(grant, true)
  }

  /**
   * Mailboxes that are there already get the file's settings where they differ; a password only when the file holds one.
   * Identities follow once all are there: given again at each try they would undo what the team made of them since.
   * @throws PosternError of the first that could not be set up, once all others are; of an interruption before any other
   */
  async provision(file: Provision): Promise<void> {
    const settings = {
      ...(file.workspace && { workspaceName: file.workspace.name }),
      ...(file.agent && { agentName: file.agent.name }),
      ...(file.oauthClients && { oauthClients: file.oauthClients }),
    }
    if (Object.keys(settings).length > 0) await this.store().call('settings.set', settings)
    const faults: unknown[] = []
    for (const mailbox of file.mailboxes) await this.provisionOne(mailbox).catch((fault) => faults.push(fault))
    if (faults.length > 0) throw faults.find(isInterruption) ?? faults[0]
    await this.provisionIdentities(file)
  }

  private async provisionOne(wanted: Provision['mailboxes'][number]): Promise<void> {
    const { password, smtpPassword, depth, identity: _identity, ...mailbox } = wanted
    const given = { password, smtpPassword }
    const { id, existed } = await this.add(mailbox, given, depth)
    if (!existed) return
    const now = await this.find(id)
    const otherDepth = depth !== undefined && !isDeepStrictEqual(depth, now?.depth)
    if (otherDepth) await this.store().call('mailbox.depth', { id, depth })
    const settings = MailboxSettings.parse(mailbox)
    if (otherDepth || password || smtpPassword || !isDeepStrictEqual(settings, now && MailboxSettings.parse(now)))
      await this.update(id, settings, given)
  }

  /** After all mailboxes are there: one may send through the account of another. */
  private async provisionIdentities(file: Provision): Promise<void> {
    const { mailboxes } = await this.store().call('mailbox.all', {})
    const idOf = (address: string): number | null =>
      mailboxes.find((one) => sameAddress(one.address, address))?.id ?? null
    for (const { address, identity } of file.mailboxes) {
      const id = idOf(address)
      if (!identity || id === null) continue
      if (identity.sendThrough && idOf(identity.sendThrough) === null)
        throw new PosternError('provision-invalid', 'no such account', {
          what: `sendThrough: there is no mailbox ${identity.sendThrough}`,
        })
      await this.store().call('mailbox.identity', { id, identity: identityChange(identity, idOf) })
    }
  }

  /** OAuth clients for a mail server: what IT prescribes for it, else what the settings say. */
  async oauthClients(host: string): Promise<readonly OauthClient[]> {
    const managed = this.managedClients()
    if (ownClient(host, managed)) return managed
    const stored = z.array(z.unknown()).safeParse((await this.store().call('settings.get', {}))['oauthClients'])
    return (stored.data ?? []).flatMap((one) => OauthClient.safeParse(one).data ?? [])
  }

  private async keepSecrets(id: number, settings: MailboxSettings, given: Given): Promise<void> {
    const before = await this.grantsOf(id)
    const kept = new Map<string, string>()
    const grantOf = async (signInId: string): Promise<string> => {
      const known = kept.get(signInId) ?? (await this.signIns.keep(signInId))
      kept.set(signInId, known)
      return known
    }
    const secrets = new Map<string, string>()
    for (const use of uses) {
      const { host, port, user, signIn = 'password' } = settings[use]
      const keep = (secret: Secret): void => void secrets.set(secretName(id, use), JSON.stringify(secret))
      const password = use === 'smtp' ? (given.smtpPassword ?? given.password) : given.password
      const signInId = use === 'smtp' ? (given.smtpSignInId ?? given.signInId) : given.signInId
      if (signIn === 'oauth' && signInId !== undefined) keep({ host, port, user, grant: await grantOf(signInId) })
      else if (signIn === 'password' && password !== undefined) keep({ host, port, user, password })
    }
    if (secrets.size > 0) await this.keys.setSecrets(secrets)
    if (before.size === 0) return
    const now = await this.grantsOf(id)
    // A permission that was replaced is forgotten here; telling the provider would end the new one with it.
    for (const grant of before.keys()) if (!now.has(grant)) await this.signIns.forget(grant, false)
  }

  private async secret(id: number, use: MailUse): Promise<Secret | null> {
    const stored = await this.keys.secret(secretName(id, use))
    return stored === null ? null : Secret.parse(JSON.parse(stored))
  }

  /** The passwords that a mailbox is signed in to with now. */
  async passwords(mailbox: Mailbox): Promise<Password[]> {
    const found = await Promise.all(
      uses.map(async (use) => ({ use, server: mailbox[use], secret: await this.secret(mailbox.id, use) })),
    )
    return found.flatMap(({ use, server, secret }) =>
      secret && 'password' in secret
        ? [
            {
              use,
              server: { ...server, host: secret.host, port: secret.port, user: secret.user },
              password: secret.password,
            },
          ]
        : [],
    )
  }

  /** While it has not been tried whether the mailbox is closed to somebody who was taken out, what they know is kept. */
  private async keepFormer(id: number): Promise<void> {
    const { mailboxId, people, now } = await this.store().call('team.former', {})
    if (mailboxId !== id || !people.some(({ open }) => open)) return
    const mailbox = await this.find(id)
    if (mailbox) await this.former.keep(id, await this.passwords(mailbox), now)
  }

  /** The permissions of a mailbox and what each serves. */
  private async grantsOf(id: number): Promise<Map<string, MailUse[]>> {
    const found = new Map<string, MailUse[]>()
    const secrets = await Promise.all(uses.map(async (use) => ({ use, secret: await this.secret(id, use) })))
    for (const { use, secret } of secrets) {
      if (secret && 'grant' in secret) found.set(secret.grant, [...(found.get(secret.grant) ?? []), use])
    }
    return found
  }

  /** undefined: it is not there any more. */
  async find(id: number): Promise<Mailbox | undefined> {
    return (await this.store().call('mailbox.all', {})).mailboxes.find((one) => one.id === id)
  }

  /** How each mailbox that signs in by browser stands. */
  async signInFacts(): Promise<SignInFacts[]> {
    const { mailboxes } = await this.store().call('mailbox.all', {})
    const facts: SignInFacts[] = []
    for (const mailbox of mailboxes) {
      const wanted = uses.filter((use) => mailbox[use].signIn === 'oauth')
      if (wanted.length === 0) continue
      const grants = await this.grantsOf(mailbox.id)
      for (const [id, served] of grants) {
        const grant = await this.signIns.grant(id)
        const serves = served.filter((use) => wanted.includes(use))
        if (grant && serves.length > 0)
          facts.push({
            mailboxId: mailbox.id,
            uses: serves,
            service: grant.service.name,
            scope: grant.scope.split(' ').filter(Boolean),
            at: grant.at,
            endsAt: grant.endsAt,
            state: this.signIns.stateOf(grant),
          })
      }
      const missing = wanted.filter((use) => ![...grants.values()].some((served) => served.includes(use)))
      if (missing.length > 0)
        facts.push({
          mailboxId: mailbox.id,
          uses: missing,
          service: mailbox[missing[0] ?? 'imap'].host,
          scope: [],
          at: 0,
          endsAt: null,
          state: 'needed',
        })
    }
    return facts
  }

  /** mail may be down or restarting; it reads all mailboxes anew when it comes up. */
  private async tellMail<N extends 'mailbox.coming' | 'mailbox.changed' | 'mailbox.removed'>(
    call: N,
    input: TableInput<MailForApp, N>,
  ): Promise<void> {
    try {
      await this.mail().call(call, input)
    } catch (fault) {
      if (!(fault instanceof PosternError) || !['service-stopped', 'service-restarting'].includes(fault.code))
        throw fault
    }
  }

  /** Starts a test; its steps come through `test`. Tokens of a sign-in go to the servers it was made for only. */
  startTest(testId: string, settings: MailboxSettings, given: Given): void {
    refusePlaintext(settings)
    const credential = (use: MailUse): Credential => {
      const own = use === 'smtp'
      const signInId = own ? (given.smtpSignInId ?? given.signInId) : given.signInId
      if (settings[use].signIn === 'oauth')
        return signInId === undefined ? {} : { accessToken: this.signIns.pendingToken(signInId, settings[use]) }
      const password = own ? (given.smtpPassword ?? given.password) : given.password
      return password === undefined ? {} : { password }
    }
    const input = { testId, settings, imap: credential('imap'), smtp: credential('smtp') }
    const started: Test = { steps: [], finished: false, ok: false }
    this.tests.set(testId, started)
    if (this.tests.size > 20) this.tests.delete([...this.tests.keys()][0] ?? '')
    const end = (ok: boolean): void => {
      Object.assign(this.tests.get(testId) ?? started, { finished: true, ok })
      this.testChanged(testId)
    }
    this.mail()
      .call('connection.test', input)
      .then(
        ({ ok }) => end(ok),
        () => end(false),
      )
  }

  test(testId: string): Test {
    const test = this.tests.get(testId)
    if (!test) throw new PosternError('not-found', 'no such test')
    return test
  }

  /** What mail may ask of app. */
  readonly forMail: Handlers<AppForMail> = {
    'credentials.get': async ({ mailboxId, use, server, renew = false }) => {
      const secret = await this.secret(mailboxId, use)
      const byBrowser = server.signIn === 'oauth'
      if (secret === null || 'grant' in secret !== byBrowser) {
        throw byBrowser
          ? new PosternError('sign-in-needed', 'not signed in', { host: server.host })
          : new PosternError('auth-refused', 'no password is kept', { missing: true })
      }
      if (secret.host !== server.host || secret.port !== server.port || secret.user !== server.user) {
        throw new PosternError(
          byBrowser ? 'sign-in-needed' : 'auth-refused',
          'the server changed since this was given',
          { serverChanged: true },
        )
      }
      if ('password' in secret) return { user: secret.user, password: secret.password }
      return { user: secret.user, accessToken: await this.signIns.token(secret.grant, server, renew) }
    },
    'oauth.step': async ({ signInId, step }) => {
      await this.signIns.step(signInId, step)
      return {}
    },
    'connection.progress': ({ testId, steps, finished }) => {
      const test = this.tests.get(testId)
      if (test && !test.finished) {
        // The verdict comes with the answer of the test itself.
        test.steps = steps
        if (!finished) this.testChanged(testId)
      }
      return {}
    },
  }
}

/** Without encryption a password would be readable on the way; a server on this computer has no way. */
function refusePlaintext({ imap, smtp }: MailboxSettings): void {
  for (const server of [imap, smtp]) {
    if (server.security === 'none' && !/^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(server.host)) {
      throw new PosternError('plaintext-refused', 'encryption is required', { host: server.host })
    }
  }
}
