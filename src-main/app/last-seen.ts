import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PosternError } from '../../src-preload/contract/errors'
import type { StoreForApp } from '../../src-preload/contract/internal'
import type { LastSeen } from '../../src-preload/contract/last-seen'
import type { PolicyState } from '../../src-preload/contract/policy'
import { open, seal, subkey } from '../crypto/envelopes'
import { logger } from '../shared/log'
import type { Rpc } from '../shared/port-rpc'
import { lastSeenFile } from './files'

const log = logger('last-seen')
const purpose = 'last seen'
/** ms that the start waits for the window to ask for it, at most. */
const askedWithin = 1500
/** ms that an end waits for what the next start shows first. */
const answeredWithin = 1000

/**
 * What a window draws first, as it was when the program ended, for the next start to draw before the store is open: nothing changes a
 * store between two runs. Sealed under a key of its own out of the store's key, and bound to the store's files as they were left, to the
 * program's build and to the policy in force. Whatever does not fit makes an ordinary start. What was sealed had been checked when the
 * store answered, so app hands its text on as it is: read and checked again here it held up each start.
 */
export class LastSeenFile {
  private tell: (seen: string | null) => void = () => undefined
  private seen = new Promise<string | null>((resolve) => (this.tell = resolve))
  private tellHanded: () => void = () => undefined
  private readonly handed = new Promise<void>((resolve) => (this.tellHanded = resolve))

  /**
   * @param build the program's version and code: another build may know other shapes
   * @param taken what the file held when the program started; it is gone since
   */
  constructor(
    private readonly profile: string,
    private readonly build: string,
    private taken: Uint8Array | null,
  ) {}

  /**
   * Opens what the last run left, for `handOut`. Answers when the window has it, and at once when there is nothing that fits.
   * @param key null: nothing may be shown
   */
  async offer(key: Uint8Array | null, policy: PolicyState): Promise<void> {
    const seen = key && this.open(key, policy)
    this.taken = null
    if (seen) log.info('what was seen last is shown')
    this.tell(seen)
    if (seen) await Promise.race([this.handed, new Promise((resolve) => setTimeout(resolve, askedWithin).unref())])
  }

  /** The text of what the last run showed first, once; null when there is nothing that may be shown. Waits until that is known. */
  async handOut(): Promise<string | null> {
    const seen = await this.seen
    this.seen = Promise.resolve(null)
    this.tellHanded()
    return seen
  }

  private open(key: Uint8Array, policy: PolicyState): string | null {
    if (!this.taken) return null
    try {
      return open(subkey(key, purpose), this.taken, this.belongsTo(policy)).toString('utf8')
    } catch {
      log.info('what was seen last does not fit')
      return null
    }
  }

  /** Keeps it for the next start. To be called once the store is closed; what cannot be written is not kept. */
  keep(key: Uint8Array, policy: PolicyState, seen: LastSeen): void {
    const file = lastSeenFile(this.profile)
    try {
      rmSync(file, { force: true })
      const sealed = seal(subkey(key, purpose), Buffer.from(JSON.stringify(seen), 'utf8'), this.belongsTo(policy))
      writeFileSync(file, sealed, { mode: 0o600, flag: 'wx' })
    } catch {
      log.warn('what was seen last is not kept')
      rmSync(file, { force: true })
    }
  }

  /** The store's files as they are, which a write, or a copy that is put back, changes; the build; the policy. */
  private belongsTo(policy: PolicyState): string {
    const files = ['postern.db', 'postern.db-wal'].map((name) => {
      const { ino, size, mtimeNs, ctimeNs } = statSync(join(this.profile, name), {
        bigint: true,
        throwIfNoEntry: false,
      }) ?? { ino: 0n, size: 0n, mtimeNs: 0n, ctimeNs: 0n }
      return [ino, size, mtimeNs, ctimeNs].map(String)
    })
    return JSON.stringify([this.build, files, policy])
  }
}

/** What a window would draw first now; null where the store keeps it back, or does not say in time. */
export async function askLastSeen(store: Rpc<StoreForApp>): Promise<LastSeen | null> {
  const late = new Promise<{ seen: null }>((resolve) => setTimeout(resolve, answeredWithin, { seen: null }).unref())
  try {
    return (await Promise.race([store.call('store.lastSeen', {}), late])).seen
  } catch (fault) {
    log.warn('what was seen last is not known', { code: PosternError.from(fault).code })
    return null
  }
}
