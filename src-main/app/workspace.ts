import { PosternError } from '../../src-preload/contract/errors'
import type { NetworkContact } from '../../src-preload/contract/network'
import type { PolicyState } from '../../src-preload/contract/policy'
import type { MailForApp, StoreForApp } from '../../src-preload/contract/internal'
import { Lock } from '../shared/lock'
import { logger } from '../shared/log'
import type { Rpc } from '../shared/port-rpc'
import { AccessHead, keptBeforeEnd } from './access-head'
import { Erasure, isTakenOut, takenOut } from './erasure'
import { Guest } from './guest'
import { KeyActs } from './key-acts'
import { askLastSeen } from './last-seen'
import type { Keys, KeyState } from './keys'
import { FormerAccess } from './former-access'
import { Mailboxes } from './mailboxes'
import { Managed } from './managed'
import { SignIns } from './oauth'
import { eraseFiles, forgetErased, setDatabaseAside, wasErased } from './profile-files'
import { Provisioning } from './provisioning'
import { Services } from './services'
import { StoreEvent } from './store-events'
import type { KeyChange, Phase, WorkspaceOptions } from './workspace-options'

const log = logger('workspace')

/** Brings the workspace up: finds the key, opens store, starts mail, joins them, and does so again after a crash. */
export class Workspace {
  readonly keys: Keys
  readonly guest: Guest
  readonly keyActs: KeyActs
  readonly mailboxes: Mailboxes
  readonly formerAccess: FormerAccess
  readonly managed: Managed
  readonly provisioning: Provisioning
  readonly signIns: SignIns
  phase: Phase = 'starting'
  error: PosternError | null = null
  keyChange: KeyChange | null = null
  private key: Buffer | null = null
  private readonly head: AccessHead
  private readonly erasure: Erasure
  /** Told when a support session is over; null: every one, for the store's process that held them is gone. */
  onSupportEnded: (session: number | null, why: string) => void = () => undefined
  private windowReady = false
  /** Held while the store is put away, and while its key is fetched: who wants it meanwhile would get one that goes. */
  private readonly turn = new Lock()
  readonly services: Services

  constructor(private readonly options: WorkspaceOptions) {
    this.keys = options.keys
    this.head = new AccessHead(options.keys, options.profile)
    this.guest = new Guest({
      keys: options.keys,
      systemUnlock: options.systemUnlock,
      turn: this.turn,
      isLocked: () => this.phase === 'locked',
      useKey: (key) => this.useKey(key),
      closeStore: () => this.closeStore(),
    })
    options.policy.onChange((state) => {
      // What policy held up may go on now.
      if (this.error?.detail['managed'] === true && ['set-passphrase', 'failed'].includes(this.phase))
        void this.keys.find().then((found) => this.takeKey(found))
      if (this.phase === 'ready' || this.guest.isHere) void this.takePolicy(state)
    })
    this.signIns = new SignIns(
      this.keys,
      () => this.services.mail.rpc,
      options.openBrowser,
      (signInId) => options.emit({ topic: 'sign-in', signInId }),
    )
    this.mailboxes = new Mailboxes(
      this.keys,
      this.signIns,
      () => this.store,
      () => this.services.mail.rpc,
      (testId) => options.emit({ topic: 'connection-test', testId }),
      () => options.policy.state.policy.oauthClients ?? [],
    )
    this.formerAccess = new FormerAccess(
      this.mailboxes,
      () => this.store,
      () => this.services.mail.rpc,
    )
    this.managed = new Managed(options.policy, this.keys, this.mailboxes, () => this.store)
    this.keyActs = new KeyActs({
      keys: this.keys,
      managed: this.managed,
      guest: this.guest,
      systemUnlock: options.systemUnlock,
      turn: this.turn,
      phase: () => this.phase,
      takeKey: (found) => this.takeKey(found),
      useKey: (key) => this.useKey(key),
      close: async (phase) => {
        this.hide(phase, null)
        await this.putAway()
      },
      encryptAnew: (key, next) => this.encryptAnew(key, next),
      tell: () => options.emit({ topic: 'app-state' }),
    })
    this.provisioning = new Provisioning(options.provisionFile, this.mailboxes, this.managed, () =>
      options.emit({ topic: 'app-state' }),
    )
    this.erasure = new Erasure({
      profile: options.profile,
      keys: this.keys,
      head: this.head,
      endServices: async () => {
        await this.services.mail.stop()
        await this.services.store.stop()
      },
      putAway: () => this.putAway(),
      erased: (nothingLeft) => {
        this.provisioning.startOver()
        this.become('failed', takenOut(nothingLeft ? 'erased' : 'erase-unfinished'))
      },
    })
    this.services = new Services({
      storeProcess: options.storeProcess,
      sampleDir: options.sampleDir,
      onLog: options.onLog,
      forMail: this.mailboxes.forMail,
      ready: () => this.phase === 'ready',
      onStoreUp: () => this.openStore(),
      onStoreEvent: (event) => this.heard(event),
      onStoreDown: (stopped) => {
        options.windowPort(null)
        this.onSupportEnded(null, 'store-stopped')
        this.guest.storeDied()
        if (stopped)
          this.become('failed', new PosternError('service-stopped', 'store crashed too often', { service: 'store' }))
        else options.emit({ topic: 'app-state' })
      },
      onMailDown: () => options.emit({ topic: 'app-state' }),
    })
  }

  get store(): Rpc<StoreForApp> {
    if (this.phase !== 'ready') throw new PosternError('store-locked')
    return this.services.store.rpc
  }
  get mail(): Rpc<MailForApp> {
    return this.services.mail.rpc
  }
  get stopped(): ('store' | 'mail')[] {
    return this.services.stopped
  }
  powerChanged(onBattery: boolean): void {
    this.services.powerChanged(onBattery)
  }
  networkChanged(online: boolean): void {
    this.services.networkChanged(online)
  }

  /**
   * The store's process starts while the keychain is asked; neither needs the other. Where the last run left what it showed, the
   * window gets that first, and the process starts behind it.
   */
  async start(): Promise<void> {
    const { storeProcess, found, lastSeen, policy } = this.options
    if (storeProcess) this.services.store.start()
    // Cut off: what is left goes before the keychain has answered.
    if (wasErased(this.options.profile)) eraseFiles(this.options.profile)
    const state = await found
    const mayShow = state.is === 'ready' && !this.managed.objection(state) && !wasErased(this.options.profile)
    await lastSeen.offer(mayShow ? state.key : null, policy.state)
    if (!storeProcess) this.services.store.start()
    await this.takeKey(state)
  }

  private async takeKey(found: KeyState): Promise<void> {
    // Begun and cut off, or done and not yet read by a person.
    if (wasErased(this.options.profile)) {
      this.closeTakenOut()
      return this.erasure.run()
    }
    const objection = this.managed.objection(found)
    if (objection) this.become(objection.phase, objection.error)
    else if (found.is === 'ready') await this.useKey(found.key)
    else if (found.is === 'failed') this.become('failed', found.error)
    else this.become(found.is, found.is === 'set-passphrase' ? new PosternError('no-keychain') : null)
  }

  /** Policy changed while the store is open. What it forbids is forbidden before mailboxes are set up by it. */
  private async takePolicy(state: PolicyState): Promise<void> {
    this.managed.sealRecovery()
    try {
      await this.storeForSupport.call('policy.set', state)
    } catch (fault) {
      log.error('policy was not taken', { fault })
    }
    if (this.phase === 'ready') await this.provisioning.policyChanged()
  }

  private become(phase: Phase, error: PosternError | null): void {
    this.phase = phase
    this.error = error
    log.info('phase', { phase, code: error?.code })
    this.options.emit({ topic: 'app-state' })
  }

  private async useKey(key: Buffer): Promise<void> {
    this.key = key
    // After a lock the store's process has to come up first; it opens the store by itself.
    if (this.services.store.running) await this.openStore()
    else this.services.store.start()
  }

  /** Somebody tried to connect from this process, which has no business to: it goes into the ledger. */
  connectionRefused(contact: NetworkContact): void {
    if (this.services.store.running)
      void this.services.store.rpc
        .call('network.refused', contact)
        .catch(() => log.warn('a refusal is not in the ledger'))
  }

  /** Runs when both the key and a store process are there; again for each new store process. */
  private async openStore(): Promise<void> {
    if (!this.key) return
    try {
      const { rpc } = this.services.store
      const opened = await rpc.call('store.open', {
        dir: this.options.profile,
        key: this.key,
        device: await this.keys.device(),
      })
      log.info('store is open', { created: opened.created })
      if (!this.guest.isHere) {
        this.phase = 'ready'
        this.error = null
      }
      this.managed.sealRecovery()
      // Before anybody can ask anything: what policy forbids is forbidden from the first call on.
      await rpc.call('policy.set', this.options.policy.state)
      if (!this.guest.isHere) await this.keyActs.tellUnlocks((unlock) => rpc.call('access.unlocked', unlock))
    } catch (fault) {
      const error = PosternError.from(fault)
      this.guest.failed(error)
      // A process that died meanwhile is restarted and comes here again; whoever stopped it, for a lock or an end, says why.
      if (!['service-restarting', 'service-stopped'].includes(error.code)) this.become('failed', error)
      return
    }
    const { rpc } = this.services.store
    const guest = this.guest.isHere
    if (!guest) this.giveWindowPort()
    void this.head.check(
      (marks) => rpc.call('access.marks', { marks }),
      () => this.services.store.running && this.services.store.rpc === rpc,
    )
    if (guest) return this.guest.opened()
    this.options.emit({ topic: 'app-state' })
    await this.provisioning.opened()
    await this.options.drawn
    await this.services.startMail()
    this.options.onFilled((await this.store.call('mailbox.all', {})).mailboxes.length > 0)
  }

  /** The window's page has loaded (again): it gets a port of its own. */
  windowLoaded(): void {
    this.windowReady = true
    this.giveWindowPort()
  }

  private giveWindowPort(): void {
    if (!this.windowReady || this.phase !== 'ready' || !this.services.store.running) return
    this.options.windowPort(this.services.windowPort())
  }

  private heard(event: unknown): void {
    const { data } = StoreEvent.safeParse(event)
    if (data?.topic === 'store-damaged') {
      // The same page as when it is found at the start.
      this.become('failed', new PosternError('store-corrupt', 'damage met while reading'))
    } else if (data?.topic === 'taken-out') {
      this.closeTakenOut()
      if (data.erase) void this.erasure.run()
    } else if (data?.topic === 'rotation') {
      this.keyChange = data
      this.options.emit({ topic: 'app-state' })
    } else if (data?.topic === 'access-head') this.head.hear(data)
    else if (data?.topic === 'support-ended') {
      this.onSupportEnded(data.session, data.why)
      void this.guest.leave()
    }
  }

  /** Opens a support session with the answer to a challenge; the key goes along for the session's own connection. */
  async supportSignIn(challenge: string, answer: string): Promise<{ session: number; name: string }> {
    if (!this.key) throw new PosternError('store-locked')
    const begun = await this.storeForSupport.call('support.signIn', { challenge, answer, key: this.key })
    this.guest.signedIn()
    return begun
  }

  /** The store for the sign-in of a support person and the end of their session, also while the window is locked. */
  get storeForSupport(): Rpc<StoreForApp> {
    return this.guest.isHere ? this.services.store.rpc : this.store
  }

  private async closeStore(): Promise<void> {
    await this.services.store.stop()
    await this.head.flush()
    this.head.leave()
    await this.keys.settled()
    this.keys.forget()
    this.key?.fill(0)
    this.key = null
  }

  /** Takes everything out of the windows, that of a support session too. */
  private hide(phase: Phase, error: PosternError | null): void {
    this.become(phase, error)
    this.options.windowPort(null)
    this.options.emptyWindow()
    this.onSupportEnded(null, 'closed')
  }

  /** Neither mail nor store runs afterwards, and no key or token is in memory. */
  private async putAway(): Promise<void> {
    await this.turn.hold(async () => {
      await this.signIns.renewed()
      await this.services.mail.stop()
      this.signIns.clear()
      await this.closeStore()
    })
  }

  /** The database under another key; it is closed afterwards, whatever came of it. */
  private async encryptAnew(key: Buffer, next: Buffer): Promise<void> {
    this.keyChange = { step: 'copying', done: 0, total: 0 }
    this.become('changing-key', null)
    this.options.windowPort(null)
    try {
      await this.services.mail.stop()
      // Without a key a store that dies and comes back opens nothing. `keys` still holds it.
      this.key = null
      await this.services.store.rpc.call('store.rotate', { dir: this.options.profile, key, next: Buffer.from(next) })
    } finally {
      this.keyChange = null
    }
  }

  /** A person asks for another try after a failure or too many crashes. `leave`: see the call. */
  async restart(service: 'store' | 'mail', leave = false): Promise<void> {
    if (service === 'mail') {
      this.services.mail.start()
      this.options.emit({ topic: 'app-state' })
      return
    }
    if (this.error?.code === 'erasing') return
    if (this.error?.code === 'erase-unfinished' && !leave) {
      this.become('failed', takenOut('erasing'))
      return await this.erasure.run()
    }
    if (isTakenOut(this.error)) {
      // What the keychain did not give up before is asked for once more.
      await this.keys.destroy(true)
      forgetErased(this.options.profile)
    }
    this.become('starting', null)
    if (!this.key) {
      this.services.store.start()
      return this.takeKey(await this.keys.find())
    }
    // A process that has to be started opens the store by itself when it is up.
    if (this.services.store.running) await this.openStore()
    else this.services.store.start()
  }

  /** Moves a damaged database away (never deletes it) and opens a fresh one; mail comes again from the server. */
  async setAsideDamaged(): Promise<void> {
    if (this.error?.code !== 'store-corrupt') throw new PosternError('not-allowed', 'the store is not damaged')
    // Its database is put away as it is: there is less to wait for.
    await this.services.store.stop(3000)
    setDatabaseAside(this.options.profile)
    this.provisioning.startOver()
    this.become('starting', null)
    this.services.store.start()
  }

  /** The team's owner took this computer out: nobody sees anything here any more. Mail goes on until what is handed over has left. */
  private closeTakenOut(): void {
    if (this.phase === 'failed' && this.error?.code === 'erasing') return
    this.hide('failed', takenOut('erasing'))
  }

  /** In reverse order of starting, each with its deadline. */
  async stop(): Promise<void> {
    await this.signIns.renewed()
    await this.services.mail.stop()
    // Nothing where a passphrase or a person must be asked first.
    const mayKeep = this.phase === 'ready' && this.keys.keyIn === 'keychain' && !this.keyActs.mustLock
    const seen = mayKeep ? await askLastSeen(this.services.store.rpc) : null
    await this.services.store.stop()
    if (seen && this.key) this.options.lastSeen.keep(this.key, this.options.policy.state, seen)
    await keptBeforeEnd(this.keys, this.head)
    this.keys.forget()
    this.key?.fill(0)
  }
}
