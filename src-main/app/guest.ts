import { PosternError } from '../../src-preload/contract/errors'
import type { Lock } from '../shared/lock'
import type { Keys } from './keys'
import type { SystemUnlock } from './system-unlock'

/** How long the store stays open behind the lock screen for somebody who does not sign in. */
const guestMs = 2 * 60_000

/** What a guest needs of the workspace. */
export interface GuestHouse {
  readonly keys: Keys
  readonly systemUnlock: SystemUnlock
  /** Held while the store is put away. */
  readonly turn: Lock
  readonly isLocked: () => boolean
  /** Begins to open the store; the guest is told by `opened` or `failed`. */
  readonly useKey: (key: Buffer) => Promise<void>
  /** Closes the store and forgets its key. */
  readonly closeStore: () => Promise<void>
}

/** The store open for a support session only, while the window stays locked and mail stays away. */
export class Guest {
  private here: {
    open: Promise<void>
    opened(): void
    failed(error: unknown): void
    timer: NodeJS.Timeout
  } | null = null
  private inSession = false

  constructor(private readonly house: GuestHouse) {}

  get isHere(): boolean {
    return this.here !== null
  }

  /**
   * Somebody of the team gives the passphrase (null: the system's check). What was opened is closed again with the session,
   * or after two minutes without one.
   * @throws PosternError `not-allowed`, `wrong-passphrase`, `cancelled`, or what kept the store from opening
   */
  async letIn(passphrase: string | null): Promise<void> {
    const { house } = this
    if (this.here) return
    if (!house.isLocked()) throw new PosternError('not-allowed', 'not locked')
    if (passphrase === null && (house.keys.keyIn !== 'keychain' || !(await house.systemUnlock.ask())))
      throw new PosternError('cancelled', 'system unlock')
    let open = Promise.resolve()
    await house.turn.hold(async () => {
      // Somebody has unlocked meanwhile.
      if (!house.isLocked()) throw new PosternError('not-allowed', 'not locked')
      // Asked for twice: one store, and one time after which it closes, serve both.
      if (this.here) return void (open = this.here.open)
      const found = passphrase === null ? await house.keys.find() : null
      if (found && found.is !== 'ready') throw new PosternError('keychain-failed', 'no key')
      const key = found?.is === 'ready' ? found.key : await house.keys.unlock(passphrase ?? '')
      const { promise, resolve: opened, reject: failed } = Promise.withResolvers<void>()
      open = promise
      this.here = { open, opened, failed, timer: setTimeout(() => void this.leave(), guestMs) }
      void house.useKey(key).catch(failed)
      return undefined
    })
    await open.catch(async (fault: unknown) => {
      await this.leave()
      throw fault
    })
  }

  opened(): void {
    this.here?.opened()
  }
  failed(error: PosternError): void {
    this.here?.failed(error)
  }

  /** The session has begun: it ends by itself or is ended. */
  signedIn(): void {
    if (!this.here) return
    clearTimeout(this.here.timer)
    this.inSession = true
  }

  /** The store's process died, and the session with it: nobody is there for whom it should come up again. */
  storeDied(): void {
    if (this.inSession) void this.leave()
  }

  /** Somebody unlocks the window while a session is open: the store stays, for both. */
  joined(): void {
    if (this.here) clearTimeout(this.here.timer)
    this.inSession = false
    this.here = null
  }

  /** Closes what was open for the session only. Nothing to do when somebody has unlocked meanwhile. */
  async leave(): Promise<void> {
    await this.house.turn.hold(async () => {
      if (!this.here) return
      this.joined()
      await this.house.closeStore()
    })
  }
}
