import { PosternError } from '../../src-preload/contract/errors'
import type { Unlock } from '../../src-preload/contract/support'
import type { Lock } from '../shared/lock'
import { logger } from '../shared/log'
import type { Guest } from './guest'
import type { Keys, KeyState } from './keys'
import type { Managed } from './managed'
import type { SystemUnlock } from './system-unlock'
import type { Phase } from './workspace-options'

const log = logger('key-acts')

/** What acts on the key need of the workspace. */
export interface KeyHouse {
  readonly keys: Keys
  readonly managed: Managed
  readonly guest: Guest
  readonly systemUnlock: SystemUnlock
  /** Held while the store is put away. */
  readonly turn: Lock
  readonly phase: () => Phase
  /** Goes on with what became of the key, as a start does. */
  readonly takeKey: (found: KeyState) => Promise<void>
  readonly useKey: (key: Buffer) => Promise<void>
  /** Empties the window and ends mail and store; no key or token is in memory afterwards. */
  readonly close: (phase: Phase) => Promise<void>
  /** Closes mail and store and encrypts the database anew. */
  readonly encryptAnew: (key: Buffer, next: Buffer) => Promise<void>
  /** Tells the window to ask again how the program stands. */
  readonly tell: () => void
}

/** What people do with the key of this profile: they lock and unlock, set or remove a passphrase, and give the database another key. */
export class KeyActs {
  /** How often it was locked in this run. */
  locks = 0
  /** Passphrases that were refused since it was unlocked last. */
  private refused = 0
  /** What the access log is still to be told. */
  private readonly unlocked: Unlock[] = []

  constructor(private readonly house: KeyHouse) {}

  /** Whether locking makes sense: something must be asked for before the key comes back. */
  get canLock(): boolean {
    const { keys, systemUnlock } = this.house
    return keys.keyIn === 'passphrase' || this.mustLock || (keys.keyIn === 'keychain' && systemUnlock.available())
  }

  /** Policy wants a passphrase where mail is shown without one. */
  get mustLock(): boolean {
    return this.house.phase() === 'ready' && this.house.managed.wantsLock
  }

  /**
   * Stops mail, closes the store, forgets every key and token and empties the window, until somebody unlocks.
   * What was not sent waits in the store. Throws `not-allowed` when nothing would be asked for at unlocking.
   */
  async lock(): Promise<void> {
    const { house, mustLock } = this
    if (house.phase() !== 'ready' || !this.canLock) throw new PosternError('not-allowed', 'no passphrase')
    this.locks += 1
    await house.close(mustLock ? 'starting' : 'locked')
    // Nothing locks it yet: a passphrase is asked for.
    if (mustLock) await house.takeKey(await house.keys.find())
  }

  /** @throws PosternError `wrong-passphrase` */
  async unlock(passphrase: string): Promise<void> {
    const { house } = this
    await this.open(async () => {
      const key = await house.keys.unlock(passphrase).catch((fault: unknown) => {
        if (fault instanceof PosternError && fault.code === 'wrong-passphrase') this.refused += 1
        throw fault
      })
      this.noteUnlock('passphrase')
      return () => house.useKey(key)
    })
  }

  /** Unlocks a profile whose key is in the keychain by the system's own check. Throws `not-allowed` when it says no. */
  async unlockWithSystem(): Promise<void> {
    const { house } = this
    if (house.phase() !== 'locked' || house.keys.keyIn !== 'keychain')
      throw new PosternError('not-allowed', 'not locked by the system')
    if (!(await house.systemUnlock.ask())) throw new PosternError('cancelled', 'system unlock')
    await this.open(async () => {
      const found = await house.keys.find()
      if (found.is === 'ready') this.noteUnlock('system')
      return () => house.takeKey(found)
    })
  }

  private noteUnlock(by: Unlock['by']): void {
    this.unlocked.push({ by, refused: this.refused })
    this.refused = 0
  }

  /** Has the store that is open write down how that came. A disk that takes nothing keeps nobody out: it is written at the next opening. */
  async tellUnlocks(write: (unlock: Unlock) => Promise<unknown>): Promise<void> {
    try {
      for (let [first] = this.unlocked; first; [first] = this.unlocked) {
        await write(first)
        this.unlocked.shift()
      }
    } catch (fault) {
      log.error('an unlocking is not in the access log', { fault })
    }
  }

  /** Not while the store is put away: the key would be forgotten with it, and the window left without a store. */
  private async open(fetchKey: () => Promise<() => Promise<void>>): Promise<void> {
    let opening: Promise<void> | undefined
    await this.house.turn.hold(async () => {
      const open = await fetchKey()
      this.house.guest.joined()
      opening = open()
    })
    await opening
  }

  /** @throws PosternError `store-locked` (there is no key to protect), `wrong-passphrase` */
  async setPassphrase(passphrase: string, current: string | undefined): Promise<void> {
    const { house } = this
    // A key that should be there and is not must not be answered with a new one.
    if (house.phase() === 'failed') throw new PosternError('store-locked', 'there is no key')
    const state = await house.keys.setPassphrase(passphrase, current)
    if (state.is === 'ready' && house.phase() === 'set-passphrase') await house.useKey(state.key)
    house.tell()
  }

  /** @throws PosternError `not-allowed` (policy wants one), `wrong-passphrase` */
  async removePassphrase(current: string): Promise<void> {
    this.house.managed.refuseWithoutPassphrase()
    await this.house.keys.removePassphrase(current)
    this.house.tell()
  }

  /**
   * Gives the database another key: mail stops, the store is closed, encrypted anew as a copy, and opened again. Whatever
   * ends it, the database opens with the key that it then has. Rejects when the old key still holds.
   */
  async changeKey(passphrase: string | undefined): Promise<void> {
    const { house } = this
    if (house.phase() !== 'ready') throw new PosternError('store-locked')
    const { key, next } = await house.keys.beginChange(passphrase)
    // Locked meanwhile: what was begun is settled when somebody unlocks.
    if (house.phase() !== 'ready') throw new PosternError('store-locked')
    let failure: PosternError | null = null
    try {
      await house.encryptAnew(key, next)
    } catch (fault) {
      failure = PosternError.from(fault)
      log.error('the key was not changed', { code: failure.code })
    }
    const holds = await house.keys.endChange(next).catch(async (fault: unknown) => {
      // Which key holds is found at the next try.
      await house.takeKey({ is: 'failed', error: PosternError.from(fault) })
      throw fault
    })
    await house.useKey(holds)
    if (failure) throw failure
  }
}
