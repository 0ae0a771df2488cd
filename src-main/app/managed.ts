import { addressKey } from '../../src-preload/contract/address'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { StoreForApp } from '../../src-preload/contract/internal'
import { PosternError } from '../../src-preload/contract/errors'
import { MailboxSettings } from '../../src-preload/contract/mailboxes'
import { managedMailbox } from '../../src-preload/contract/managed'
import { IdentityOfIt } from '../../src-preload/contract/set-up'
import { logger } from '../shared/log'
import type { Rpc } from '../shared/port-rpc'
import type { Keys, KeyState } from './keys'
import type { Mailboxes } from './mailboxes'
import type { PolicyWatch } from './policy'

const log = logger('managed')

const refused = (why: string): PosternError => new PosternError('not-allowed', why, { managed: true })

/** The setting that holds, by address, the identities that policy gave mailboxes to begin with. */
const given = 'managedIdentities'
const Given = z.record(z.string(), IdentityOfIt)

/** What the organisation's policy asks of the key and of mailboxes; read anew at each call, since it may change at any time. */
export class Managed {
  constructor(
    private readonly policy: PolicyWatch,
    private readonly keys: Keys,
    private readonly mailboxes: Mailboxes,
    private readonly store: () => Rpc<StoreForApp>,
  ) {}

  private get said() {
    return this.policy.state.policy
  }

  /** The key is where policy does not want it: a passphrase must be set before anything is shown. */
  get wantsPassphrase(): boolean {
    return this.said.appLock === 'required' && this.keys.keyIn === 'keychain'
  }

  /** The same while mail is shown. A policy that cannot be read closes nothing that is open. */
  get wantsLock(): boolean {
    return this.policy.state.faults.length === 0 && this.wantsPassphrase
  }

  /** Why a key that was found must not be used as it is, and where the window stops for it; null when it may be used. */
  objection(found: KeyState): { phase: 'set-passphrase' | 'failed'; error: PosternError } | null {
    if (found.is === 'ready' && this.wantsPassphrase)
      return { phase: 'set-passphrase', error: refused('policy wants a passphrase') }
    if (found.is === 'set-passphrase' && this.said.keychainRequired === true)
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
   * The mailboxes that policy names are there and as it says. What it says of an identity is done once: what people and the
   * team made of it since stays until policy says something else.
   * @throws PosternError as `Mailboxes.provision`
   */
  async provision(): Promise<void> {
    const { mailboxes = [] } = this.said
    const before = Given.safeParse((await this.store().call('settings.get', {}))[given]).data ?? {}
    const isDone = ({ address, identity }: (typeof mailboxes)[number]): boolean =>
      isDeepStrictEqual(before[addressKey(address)], identity)
    if (mailboxes.length > 0)
      await this.mailboxes.provision({
        version: 1,
        // How deep they go the store knows from policy itself.
        mailboxes: mailboxes.map((one) => ({
          ...MailboxSettings.parse(one),
          identity: isDone(one) ? undefined : one.identity,
        })),
      })
    const now = Object.fromEntries(
      mailboxes.flatMap(({ address, identity }) => (identity ? [[addressKey(address), identity]] : [])),
    )
    if (!isDeepStrictEqual(before, now)) await this.store().call('settings.set', { [given]: now })
  }

  /**
   * A mailbox that policy names is not removed (`settings` null), and is changed to nothing but what policy says: so a password is taken.
   * @throws PosternError `not-allowed`
   */
  async refuseChange(id: number, settings: MailboxSettings | null): Promise<void> {
    if (this.said.mailboxes === undefined) return
    const { mailboxes } = await this.store().call('mailbox.all', {})
    const address = mailboxes.find((one) => one.id === id)?.address
    const managed = address === undefined ? undefined : managedMailbox(this.said, address)
    if (
      managed &&
      (settings === null || !isDeepStrictEqual(MailboxSettings.parse(settings), MailboxSettings.parse(managed)))
    )
      throw refused('policy names this mailbox')
  }
}
