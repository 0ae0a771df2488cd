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

  constructor(private readonly keys: Keys) {}

  /** What an earlier run kept; null when there is none or the keychain does not answer. */
  async read(): Promise<Head | null> {
    try {
      const stored = await this.keys.secret(name)
      const head = stored === null ? null : Head.safeParse(JSON.parse(stored))
      return head?.success ? head.data : null
    } catch (fault) {
      log.warn('the head of the access log cannot be read', { fault })
      return null
    }
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

  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const head = this.waiting
    this.waiting = null
    if (!head) return
    try {
      await this.keys.setSecret(name, JSON.stringify(head))
    } catch (fault) {
      log.warn('the head of the access log cannot be kept', { fault })
    }
  }
}
