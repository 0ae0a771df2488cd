import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { PosternError } from '../../src-preload/contract/errors'
import type { SupportCard } from '../../src-preload/contract/support'
import { deviceSecretBytes, newDeviceSecret } from '../crypto/device-keys'
import { newKey, unwrapKey, WrappedKey, wrapKey } from '../crypto/keys'
import { openWithKeyFile, sealToCard, type KeyFile } from '../crypto/support-identity'
import { Lock } from '../shared/lock'
import { logger } from '../shared/log'
import { changeNames, emptySecrets, moveSecrets, sweepSecrets } from './kept-secrets'
import { filesOf, isKeyOf, Keyring, readRing, Recovery, recoveryPurpose } from './keyring'
import { removeWrittenFile, writeFileSafely } from './files'
import { keychainWorks, resealFile, sealedFile, systemKeychain, type SecretKeeper } from './secrets'

const log = logger('keys')
/** Unlocking waits for the keychain for so long at most, in ms. */
const sweepMs = 1000

export type KeyState =
  | { is: 'ready'; key: Buffer; keyIn: 'keychain' | 'passphrase' }
  | { is: 'set-passphrase' }
  | { is: 'locked' }
  | { is: 'failed'; error: PosternError }

/** The database key and the mailbox passwords of one profile. Never writes a key in the clear, never makes a second key for an existing database. */
export class Keys {
  private readonly files: ReturnType<typeof filesOf>
  private key: Buffer | null = null
  private ring: Keyring | null = null
  private wrongTries = 0
  private lastTry: Promise<unknown> = Promise.resolve()
  private deviceKeys: Buffer | null = null
  /** Between the begin and the end of a change of the key. */
  private isChanging = false
  /** Takes away what a crash may have left in the keychain. */
  private sweeping: Promise<void> = Promise.resolve()
  /** One change of what is kept, or of where, at a time: another one's secret would be left behind. */
  private readonly moving = new Lock()
  /** Names of the secrets that were given to keep and are not kept yet. */
  readonly onTheWay = new Set<string>()

  constructor(
    private readonly profile: string,
    private readonly keychain: SecretKeeper = systemKeychain(),
  ) {
    this.files = filesOf(profile)
  }

  get keyIn(): 'keychain' | 'passphrase' | 'none' {
    return this.ring?.mode ?? 'none'
  }

  /** Whether the keychain was asked something that it has not answered. */
  get keychainOwes(): boolean {
    return this.keychain.owes?.() ?? false
  }

  /** Finds the key, or says what a person must do. Changes nothing when a key that should be there is not (R45). */
  async find(): Promise<KeyState> {
    try {
      this.ring = this.ringOfProfile()
      if (this.ring) {
        if (this.ring.mode === 'passphrase') return { is: 'locked' }
        this.key = await this.keyInKeychain(this.ring.id)
        if (this.ring.changing) {
          const next = await this.keychain.get(`database-next:${this.ring.id}`)
          await this.settleChange(this.ring, this.key, next === null ? null : Buffer.from(next, 'base64'), null)
        }
        return { is: 'ready', key: this.key, keyIn: 'keychain' }
      }
      if (!(await keychainWorks(this.keychain))) return { is: 'set-passphrase' }
      const id = randomUUID()
      const key = newKey()
      await this.keychain.set(`database:${id}`, key.toString('base64'))
      return this.keep({ version: 1, mode: 'keychain', id }, key)
    } catch (fault) {
      const error = PosternError.from(fault)
      log.error('no key', { code: error.code })
      return { is: 'failed', error }
    }
  }

  /**
   * Whether the key of a profile is where it should be. Makes no key and settles no change of it, so that it may be asked
   * while the program runs on this profile. Throws `key-missing`, `keychain-failed`.
   */
  async look(): Promise<'keychain' | 'passphrase' | 'none'> {
    const ring = this.ringOfProfile()
    if (ring?.mode === 'keychain') (await this.keyInKeychain(ring.id)).fill(0)
    return ring?.mode ?? 'none'
  }

  /** null: a new profile. Throws `key-missing`. */
  private ringOfProfile(): Keyring | null {
    const ring = readRing(this.files.ring)
    if (!ring && existsSync(this.files.ring)) throw new PosternError('key-missing', 'keyring does not fit')
    if (!ring && existsSync(join(this.profile, 'postern.db')))
      throw new PosternError('key-missing', 'database without keyring')
    return ring
  }

  private async keyInKeychain(id: string): Promise<Buffer> {
    const stored = await this.keychain.get(`database:${id}`)
    const key = Buffer.from(stored ?? '', 'base64')
    if (key.length !== 32) throw new PosternError('key-missing', stored === null ? 'no key' : 'key has a wrong length')
    return key
  }

  /** Locked while something was waited for: what is left of the key is zeros, and must not be kept in its place. */
  private refuseForgotten(key: Buffer): void {
    if (this.key !== key) throw new PosternError('store-locked')
  }

  /** Whose passphrase it would be is open until the change of the key has ended, and the keyring must say until then that there are two. */
  private refuseInChange(): void {
    if (this.isChanging) throw new PosternError('store-locked', 'the key is being changed')
  }

  private keep(ring: Keyring, key: Buffer): KeyState {
    writeFileSafely(this.files.ring, JSON.stringify(ring))
    this.ring = ring
    this.key = key
    return { is: 'ready', key, keyIn: ring.mode }
  }

  /** Opens a passphrase-locked profile. Throws `wrong-passphrase`, later each time. */
  async unlock(passphrase: string): Promise<Buffer> {
    if (this.ring?.mode !== 'passphrase') throw new PosternError('not-found', 'no passphrase is set')
    const ring = this.ring
    this.key = await this.unwrap(ring.wrapped, passphrase)
    if (ring.next) await this.settleChange(ring, this.key, await unwrapKey(ring.next, passphrase), ring.next)
    this.sweeping = sweepSecrets(this.keychain, ring.id)
    // A keychain that does not answer holds nobody up who has given the passphrase.
    await Promise.race([this.sweeping, new Promise((resolve) => setTimeout(resolve, sweepMs).unref())])
    return this.key
  }

  /** Every place that takes a passphrase takes it here, one after the other: wrong ones slow all of them down. */
  private async unwrap(wrapped: WrappedKey, passphrase: string): Promise<Buffer> {
    const own = this.lastTry.then(() => this.tryPassphrase(wrapped, passphrase))
    this.lastTry = own.catch(() => undefined)
    return await own
  }

  private async tryPassphrase(wrapped: WrappedKey, passphrase: string): Promise<Buffer> {
    await new Promise((resolve) =>
      setTimeout(resolve, Math.min(30_000, this.wrongTries === 0 ? 0 : 250 * 2 ** this.wrongTries)),
    )
    try {
      const key = await unwrapKey(wrapped, passphrase)
      this.wrongTries = 0
      return key
    } catch (fault) {
      this.wrongTries++
      throw fault
    }
  }

  /** Locked: no key and no secret of this profile is in memory any more. */
  forget(): void {
    this.key?.fill(0)
    this.deviceKeys?.fill(0)
    this.key = this.deviceKeys = null
  }

  /** First passphrase of a new profile, a new one for an old (then `current` must fit), or a lock on a keychain profile. */
  async setPassphrase(passphrase: string, current: string | undefined): Promise<KeyState> {
    return await this.moving.hold(() => this.toPassphrase(passphrase, current))
  }

  private async toPassphrase(passphrase: string, current: string | undefined): Promise<KeyState> {
    this.refuseInChange()
    const ring = this.ring
    if (ring?.mode === 'passphrase') (await this.unwrap(ring.wrapped, current ?? '')).fill(0)
    // Nothing but what a crash left there, under a key that may be gone: at the next change of the key nobody could read it.
    else removeWrittenFile(this.files.secrets)
    const key = this.key ?? newKey()
    if (ring && !this.key) throw new PosternError('store-locked')
    const id = ring?.id ?? randomUUID()
    const next: Keyring = { version: 1, mode: 'passphrase', id, wrapped: await wrapKey(key, passphrase) }
    const moved = ring?.mode === 'keychain' ? await moveSecrets(this.keychain, sealedFile(this.profile, key), id) : []
    if (ring) this.refuseForgotten(key)
    const state = this.keep(next, key)
    // Only once the wrapped key is safely on disk does the keychain forget its copies; the names last, so that what is left is found.
    if (ring?.mode === 'keychain')
      for (const name of [`database:${id}`, `database-next:${id}`, ...moved.reverse()]) await this.keychain.remove(name)
    return state
  }

  /** Back to the keychain. Throws `wrong-passphrase`, `no-keychain`. */
  async removePassphrase(current: string): Promise<void> {
    await this.moving.hold(() => this.toKeychain(current))
  }

  private async toKeychain(current: string): Promise<void> {
    this.refuseInChange()
    if (this.ring?.mode !== 'passphrase') throw new PosternError('not-found', 'no passphrase is set')
    const key = await this.unwrap(this.ring.wrapped, current)
    if (!(await keychainWorks(this.keychain))) throw new PosternError('no-keychain')
    // It would take away what is put there now.
    await this.sweeping
    const { id } = this.ring
    await this.keychain.set(`database:${id}`, key.toString('base64'))
    await moveSecrets(sealedFile(this.profile, key), this.keychain, id)
    this.keep({ version: 1, mode: 'keychain', id }, key)
    removeWrittenFile(this.files.secrets)
  }

  /**
   * Begins to give the database another key: from now on both are kept until `endChange`, which looks at the database to
   * see whose it is. Throws `wrong-passphrase` before anything is changed.
   */
  async beginChange(passphrase: string | undefined): Promise<{ key: Buffer; next: Buffer }> {
    // Whatever moves secrets now is done first, and nothing else begins; a lock does not wait for the rest.
    await this.moving.hold(async () => {
      this.refuseInChange()
      this.isChanging = true
    })
    try {
      return await this.toTwoKeys(passphrase)
    } catch (fault) {
      this.isChanging = false
      throw fault
    }
  }

  private async toTwoKeys(passphrase: string | undefined): Promise<{ key: Buffer; next: Buffer }> {
    const { ring, key } = this
    if (!ring || !key) throw new PosternError('store-locked')
    const next = newKey()
    if (ring.mode === 'passphrase') {
      ;(await this.unwrap(ring.wrapped, passphrase ?? '')).fill(0)
      const wrapped = await wrapKey(next, passphrase ?? '')
      this.refuseForgotten(key)
      this.keep({ ...ring, next: wrapped }, key)
    } else {
      // The mark first, so that whatever is kept from here on is looked for.
      this.keep({ ...ring, changing: true }, key)
      await this.keychain.set(`database-next:${ring.id}`, next.toString('base64'))
      this.refuseForgotten(key)
    }
    return { key: Buffer.from(key), next }
  }

  /** Ends a change of the key, whether it came about or not; the key that holds now. */
  async endChange(next: Buffer): Promise<Buffer> {
    return await this.moving.hold(async () => {
      const { ring, key } = this
      if (!ring || !key) throw new PosternError('store-locked')
      await this.settleChange(ring, key, next, ring.mode === 'passphrase' ? (ring.next ?? null) : null)
      return Buffer.from(this.key ?? key)
    })
  }

  /** The first bytes of the database say which of the two keys is its own; the other one is forgotten. Can be begun again at any step. */
  private async settleChange(
    ring: Keyring,
    key: Buffer,
    next: Buffer | null,
    wrapped: WrappedKey | null,
  ): Promise<void> {
    const changed = next !== null && isKeyOf(join(this.profile, 'postern.db'), next)
    const holds = changed ? next : key
    if (ring.mode === 'passphrase') {
      if (changed) resealFile(this.profile, key, next)
      const { next: _next, ...kept } = ring
      this.keep({ ...kept, wrapped: changed && wrapped ? wrapped : ring.wrapped }, holds)
    } else {
      if (changed) await this.keychain.set(`database:${ring.id}`, next.toString('base64'))
      await this.keychain.remove(`database-next:${ring.id}`)
      const { changing: _changing, ...kept } = ring
      this.keep(kept, holds)
    }
    this.isChanging = false
    log.info('a change of the key was settled', { changed })
  }

  /**
   * Destroys every key and secret of this profile. While the keychain does not give up what it holds, mailbox passwords among it,
   * the keyring stays, which has no key but says where they are: the next try goes on. `last`: there is none.
   * @returns whether nothing is left
   */
  async destroy(last = false): Promise<boolean> {
    const ring = this.ring
    this.forget()
    removeWrittenFile(this.files.secrets)
    removeWrittenFile(this.files.recovery)
    const gone = ring?.mode !== 'keychain' || (await emptySecrets(this.keychain, ring.id))
    if (!gone && !last) return false
    this.ring = null
    removeWrittenFile(this.files.ring)
    return gone
  }

  /** Seals the key to whom policy names, so that they can open this database; null: nobody can any more. */
  sealRecovery(to: SupportCard | null): void {
    if (to === null) removeWrittenFile(this.files.recovery)
    else if (this.key)
      writeFileSafely(
        this.files.recovery,
        JSON.stringify({ version: 1, to, sealed: sealToCard(to, this.key, recoveryPurpose).toString('base64') }),
      )
  }

  /**
   * Opens a profile with the key of whom policy named and puts it under a new passphrase. Throws `key-missing` (nothing is
   * sealed here, or another key holds now), `wrong-passphrase`, `unreadable` (sealed to somebody else).
   */
  async recover(by: KeyFile, passphrase: string, next: string): Promise<void> {
    const { recovery } = this.files
    if (!existsSync(recovery)) throw new PosternError('key-missing', 'nothing is sealed for recovery')
    const { sealed } = Recovery.parse(JSON.parse(readFileSync(recovery, 'utf8')))
    const key = await openWithKeyFile(by, passphrase, Buffer.from(sealed, 'base64'), recoveryPurpose)
    if (!isKeyOf(join(this.profile, 'postern.db'), key)) throw new PosternError('key-missing', 'another key holds')
    const before = readRing(this.files.ring)
    const id = before?.id ?? randomUUID()
    // What the keychain still gives comes along; passwords that it does not are asked for again.
    if (before?.mode === 'keychain') await moveSecrets(this.keychain, sealedFile(this.profile, key), id).catch(() => [])
    this.keep({ version: 1, mode: 'passphrase', id, wrapped: await wrapKey(key, next) }, key)
  }

  /** The device's own keys (crypto/device-keys), made once. When they are lost, this installation is a new device to the team. */
  async device(): Promise<Buffer> {
    if (this.deviceKeys) return Buffer.from(this.deviceKeys)
    const stored = await this.secret('device')
    const found = stored === null ? null : Buffer.from(stored, 'base64')
    if (found && found.length !== deviceSecretBytes)
      throw new PosternError('key-missing', 'the device keys have a wrong length')
    const secret = found ?? newDeviceSecret()
    if (!found) await this.setSecret('device', secret.toString('base64'))
    this.deviceKeys = secret
    return Buffer.from(secret)
  }

  /** Mailbox passwords, by the names that `names` lists. */
  async secret(name: string): Promise<string | null> {
    return this.keeper().get(this.scoped(name))
  }
  async setSecret(name: string, value: string): Promise<void> {
    await this.setSecrets(new Map([[name, value]]))
  }
  async setSecrets(secrets: ReadonlyMap<string, string>): Promise<void> {
    for (const name of secrets.keys()) this.onTheWay.add(name)
    try {
      await this.moving.hold(async () => {
        const keeper = this.keeper()
        // Names first: a secret that nobody knows of would be left behind when the keeper changes.
        await changeNames(keeper, this.id, (names) => [...names, ...secrets.keys()])
        await Promise.all([...secrets].map(([name, value]) => keeper.set(this.scoped(name), value)))
      })
    } finally {
      for (const name of secrets.keys()) this.onTheWay.delete(name)
    }
  }
  async removeSecret(name: string): Promise<void> {
    await this.moving.hold(async () => {
      const keeper = this.keeper()
      await keeper.remove(this.scoped(name))
      await changeNames(keeper, this.id, (names) => names.filter((one) => one !== name))
    })
  }

  /** Returns once everything is kept that was given to keep before, or was not taken. */
  async settled(): Promise<void> {
    await this.moving.hold(() => Promise.resolve())
  }

  private keeper(): SecretKeeper {
    if (!this.key || !this.ring) throw new PosternError('store-locked')
    return this.ring.mode === 'keychain' ? this.keychain : sealedFile(this.profile, this.key)
  }

  private get id(): string {
    return this.ring?.id ?? ''
  }

  /** Two profiles on one computer share a keychain but not their secrets. */
  private scoped(name: string): string {
    return `${name}:${this.id}`
  }
}
