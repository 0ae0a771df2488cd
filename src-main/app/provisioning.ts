import { PosternError } from '../../src-preload/contract/errors'
import { logger } from '../shared/log'
import type { Mailboxes } from './mailboxes'
import type { Managed } from './managed'
import { isInterruption, readProvision } from './provision'

const log = logger('provisioning')

type Source = 'file' | 'policy'

/** Sets up what this computer was given: by a provision file once, by policy whenever it may have changed. */
export class Provisioning {
  private readonly faults = new Map<Source, PosternError>()
  private used = false
  private turn: Promise<unknown> = Promise.resolve()

  /** `changed`: told when something of it could not be used, or can be after all. */
  constructor(
    private readonly file: string | null,
    private readonly mailboxes: Mailboxes,
    private readonly managed: Managed,
    private readonly changed: () => void,
  ) {}

  /** Why it cannot be used, plain text for a person; null when it can. */
  get failure(): string | null {
    const fault = this.faults.get('file') ?? this.faults.get('policy')
    return fault === undefined ? null : String(fault.detail['what'] ?? fault.code)
  }

  /** The store is open. */
  async opened(): Promise<void> {
    const { file } = this
    if (file !== null && !this.used)
      this.used = await this.attempt('file', () => this.mailboxes.provision(readProvision(file)))
    await this.policyChanged()
  }

  async policyChanged(): Promise<void> {
    await this.attempt('policy', () => this.managed.provision())
  }

  /** The next store that opens is an empty one. */
  startOver(): void {
    this.used = false
  }

  /** One after the other: two at once would both find a mailbox missing. @returns false: it was interrupted */
  private attempt(source: Source, provision: () => Promise<void>): Promise<boolean> {
    const done = this.turn.then(async () => {
      const before = this.failure
      try {
        await provision()
        this.faults.delete(source)
      } catch (fault) {
        const error = PosternError.from(fault)
        log.error('provision failed', { source, code: error.code, fault })
        if (isInterruption(error)) return false
        this.faults.set(source, error)
      }
      if (this.failure !== before) this.changed()
      return true
    })
    this.turn = done
    return done
  }
}
