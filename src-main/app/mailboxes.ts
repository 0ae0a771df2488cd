import type { AppForMail, Handlers, MailForApp, StoreForApp } from '../../src-preload/contract/internal'
import type { MailboxSettings, ServerSettings } from '../../src-preload/contract/mail'
import type { TestStep } from '../../src-preload/contract/calls'
import { PosternError } from '../../src-preload/contract/errors'
import type { Rpc } from '../shared/port-rpc'
import type { Keys } from './keys'
import type { Provision } from './provision'
import * as z from 'zod'

/** A password is bound to the server it was given for: it never goes to another one (R34). */
const Secret = z.object({ host: z.string(), port: z.int(), user: z.string(), password: z.string() })
type Use = 'imap' | 'smtp'

const secretName = (id: number, use: Use): string => `mailbox:${id}:${use}`

interface Test { steps: TestStep[]; finished: boolean; ok: boolean }

/** Adding, changing and removing mailboxes: secrets go to the keychain, settings to store, and mail is told. */
export class Mailboxes {
  private readonly tests = new Map<string, Test>()

  constructor(
    private readonly keys: Keys,
    private readonly store: () => Rpc<StoreForApp>,
    private readonly mail: () => Rpc<MailForApp>,
    private readonly testChanged: (testId: string) => void,
  ) {}

  async add(settings: MailboxSettings, password: string | undefined, smtpPassword: string | undefined): Promise<{ id: number; existed: boolean }> {
    refusePlaintext(settings)
    const made = await this.store().call('mailbox.create', { settings })
    if (password !== undefined) await this.keepSecrets(made.id, settings, password, smtpPassword)
    await this.tellMail('mailbox.changed', made.id)
    return made
  }

  async update(id: number, settings: MailboxSettings, password: string | undefined, smtpPassword: string | undefined): Promise<void> {
    refusePlaintext(settings)
    await this.store().call('mailbox.update', { id, settings })
    if (password !== undefined) await this.keepSecrets(id, settings, password, smtpPassword)
    await this.tellMail('mailbox.changed', id)
  }

  async remove(id: number): Promise<void> {
    await this.tellMail('mailbox.removed', id)
    await this.store().call('mailbox.remove', { id })
    for (const use of ['imap', 'smtp'] as const) await this.keys.removeSecret(secretName(id, use))
  }

  /** Mailboxes that are there already get the file's settings; a password only when the file holds one. */
  async provision(file: Provision): Promise<void> {
    const settings = { ...(file.workspace && { workspaceName: file.workspace.name }), ...(file.agent && { agentName: file.agent.name }) }
    if (Object.keys(settings).length > 0) await this.store().call('settings.set', settings)
    for (const { password, smtpPassword, ...mailbox } of file.mailboxes) {
      const made = await this.add(mailbox, password, smtpPassword)
      if (made.existed) await this.update(made.id, mailbox, undefined, undefined)
    }
  }

  private async keepSecrets(id: number, settings: MailboxSettings, password: string, smtpPassword: string | undefined): Promise<void> {
    const keep = async (use: Use, { host, port, user }: ServerSettings, value: string): Promise<void> =>
      this.keys.setSecret(secretName(id, use), JSON.stringify({ host, port, user, password: value }))
    await keep('imap', settings.imap, password)
    await keep('smtp', settings.smtp, smtpPassword ?? password)
  }

  /** mail may be down or restarting; it reads all mailboxes anew when it comes up. */
  private async tellMail(call: 'mailbox.changed' | 'mailbox.removed', id: number): Promise<void> {
    try {
      await this.mail().call(call, { id })
    } catch (fault) {
      if (!(fault instanceof PosternError) || !['service-stopped', 'service-restarting'].includes(fault.code)) throw fault
    }
  }

  /** Starts a test; its steps come through `test`. */
  startTest(testId: string, settings: MailboxSettings, password: string, smtpPassword: string | undefined): void {
    refusePlaintext(settings)
    const started: Test = { steps: [], finished: false, ok: false }
    this.tests.set(testId, started)
    if (this.tests.size > 20) this.tests.delete([...this.tests.keys()][0] ?? '')
    const end = (ok: boolean): void => {
      Object.assign(this.tests.get(testId) ?? started, { finished: true, ok })
      this.testChanged(testId)
    }
    this.mail().call('connection.test', { testId, settings, password, smtpPassword }).then(({ ok }) => end(ok), () => end(false))
  }

  test(testId: string): Test {
    const test = this.tests.get(testId)
    if (!test) throw new PosternError('not-found', 'no such test')
    return test
  }

  /** What mail may ask of app. */
  readonly forMail: Handlers<AppForMail> = {
    'credentials.get': async ({ mailboxId, use, server }) => {
      const stored = await this.keys.secret(secretName(mailboxId, use))
      if (stored === null) throw new PosternError('auth-refused', 'no password is kept', { missing: true })
      const secret = Secret.parse(JSON.parse(stored))
      if (secret.host !== server.host || secret.port !== server.port || secret.user !== server.user) {
        throw new PosternError('auth-refused', 'the server changed since the password was given', { serverChanged: true })
      }
      return { user: secret.user, password: secret.password }
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
