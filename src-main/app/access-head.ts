import * as z from 'zod'
import { logger } from '../shared/log'
import type { Keys } from './keys'

const log = logger('access')
const Head = z.object({ device: z.string(), entries: z.int(), hash: z.string() })
export type Head = z.infer<typeof Head>
const name = 'access-head'
const quietMs = 1000

/**
 * Keeps where the access log stands in the keychain, outside the database: an older copy of the database that is put in
 * its place does not go through it (R58). The last second is written at the end of the program too.
 */
export class AccessHead {
  private waiting: Head | null = null
  private timer: NodeJS.Timeout | undefined
  private keeping: Promise<void> = Promise.resolve()

  constructor(private readonly keys: Keys) {}

  /**
   * What an earlier run kept; null when there is none. Throws `keychain-failed` when that is not known: what is kept must not
   * be written over then, for the log was not held against it.
   */
  async read(): Promise<Head | null> {
    const stored = await this.keys.secret(name)
    const head = stored === null ? null : Head.safeParse(json(stored))
    if (head?.success === false) log.warn('the head of the access log cannot be read')
    return head?.data ?? null
  }

  /** Takes an event of the store. @returns false when it is none about the head */
  hear(event: unknown): boolean {
    const head = Head.safeParse(event)
    if (!head.success || head.data.entries === 0) return head.success
    this.waiting = head.data
    this.timer ??= setTimeout(() => void this.flush(), quietMs)
    return true
  }

  /** The log that it belonged to is gone. */
  forget(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.waiting = null
  }

  /** Returns once what was told before is kept, also what is on its way to the keychain already. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    this.keeping = this.keeping.then(() => this.keep())
    await this.keeping
  }

  /** One after the other: a head that the keychain does not take is tried again with the next one, and at the end, unless a later one came. */
  private async keep(): Promise<void> {
    const head = this.waiting
    if (!head) return
    this.waiting = null
    try {
      await this.keys.setSecret(name, JSON.stringify(head))
    } catch (fault) {
      this.waiting ??= head
      log.warn('the head of the access log cannot be kept', { fault })
    }
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
