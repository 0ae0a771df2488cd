import { PosternError } from '../../src-preload/contract/errors'
import { MailboxSettings, type Mailbox } from '../../src-preload/contract/mail'
import { logger } from '../shared/log'
import type { Keys, KeyState } from './keys'
import type { Mailboxes } from './mailboxes'
import type { PolicyWatch } from './policy'

const log = logger('managed')

const refused = (why: string): PosternError => new PosternError('not-allowed', why, { managed: true })

/** What the organisation's policy asks of the key and of mailboxes; read anew at each call, since it may change at any time. */
export class Managed {
  constructor(
    private readonly policy: PolicyWatch,
    private readonly keys: Keys,
    private readonly mailboxes: Mailboxes,
    private readonly all: () => Promise<readonly Mailbox[]>,
  ) {}

  private get said() {
    return this.policy.state.policy
  }

  /** Why a key that was found must not be used as it is, and where the window stops for it; null when it may be used. */
  objection(found: KeyState): { phase: 'set-passphrase' | 'failed'; error: PosternError } | null {
    const { appLock, keychainRequired } = this.said
    if (found.is === 'ready' && found.keyIn === 'keychain' && appLock === 'required')
      return { phase: 'set-passphrase', error: refused('policy wants a passphrase') }
    if (found.is === 'set-passphrase' && keychainRequired === true)
      return { phase: 'failed', error: new PosternError('no-keychain', 'policy wants a keychain', { managed: true }) }
    return null
  }

  /** @throws PosternError `not-allowed` */
  refuseWithoutPassphrase(): void {
    if (this.said.appLock === 'required') throw refused('policy wants a passphrase')
  }

  /** A policy that cannot be read takes nothing back that it may still say. */
  sealRecovery(): void {
    const { policy, faults } = this.policy.state
    try {
      if (policy.recoveryKey || faults.length === 0) this.keys.sealRecovery(policy.recoveryKey ?? null)
    } catch (fault) {
      log.error('the key was not sealed for recovery', { fault })
    }
  }

  /**
   * The mailboxes that policy names are there and as it says.
   * @throws PosternError as `Mailboxes.provision`
   */
  async provision(): Promise<void> {
    const { mailboxes = [] } = this.said
    if (mailboxes.length > 0) await this.mailboxes.provision({ version: 1, mailboxes })
  }

  /**
   * A mailbox that policy names is not removed (`settings` null), and is changed to nothing but what policy says: so a password is taken.
   * @throws PosternError `not-allowed`
   */
  async refuseChange(id: number, settings: MailboxSettings | null): Promise<void> {
    const { mailboxes = [] } = this.said
    const all = mailboxes.length === 0 ? [] : await this.all()
    const address = all.find((one) => one.id === id)?.address.toLowerCase()
    const managed = mailboxes.find((one) => one.address.toLowerCase() === address)
    const plain = (given: unknown): string => JSON.stringify(MailboxSettings.parse(given))
    if (managed && (settings === null || plain(settings) !== plain(managed))) throw refused('policy names this mailbox')
  }
}
