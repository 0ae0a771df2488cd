import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import type { Mailboxes } from './mailboxes'
import type { Managed } from './managed'
import { readProvision } from './provision'

const log = logger('provisioning')

/** Sets up what this computer was given: by a provision file once, by policy whenever it may have changed. */
export class Provisioning {
  private error: PosternError | null = null
  private used = false

  /** `failed`: told when something of it could not be used. */
  constructor(
    private readonly file: string | null,
    private readonly mailboxes: Mailboxes,
    private readonly managed: Managed,
    private readonly failed: () => void,
  ) {}

  /** Why it could not be used, plain text for a person; null when it could. */
  get failure(): string | null {
    return this.error === null ? null : String(this.error.detail['what'] ?? this.error.code)
  }

  /** The store is open. */
  async opened(): Promise<void> {
    const { file } = this
    if (file !== null && !this.used) {
      this.used = true
      await this.attempt(() => this.mailboxes.provision(readProvision(file)))
    }
    await this.policyChanged()
  }

  async policyChanged(): Promise<void> {
    await this.attempt(() => this.managed.provision())
  }

  /** The next store that opens is an empty one. */
  startOver(): void {
    this.used = false
  }

  private async attempt(provision: () => Promise<void>): Promise<void> {
    try {
      await provision()
    } catch (fault) {
      this.error = PosternError.from(fault)
      log.error('provision failed', { code: this.error.code, fault })
      this.failed()
    }
  }
}
