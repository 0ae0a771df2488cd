import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { wake } from './work'
import type { Workspace } from '../workspace'

const log = logger('store')

/** A clock that is set, a laptop that slept, and what a colleague or an undo put to sleep, are noticed within this, ms. */
const longest = 30_000

/** Brings snoozed conversations back when their time has come. */
export class Alarm {
  private timer: NodeJS.Timeout | null = null
  private stopped = false

  constructor(private readonly workspace: Workspace) {
    this.look()
  }

  /** Wakes what is due and waits for the next. */
  look(): void {
    if (this.timer) clearTimeout(this.timer)
    if (this.stopped) return
    const next = this.wake() ?? Infinity
    this.timer = setTimeout(() => this.look(), Math.max(0, Math.min(longest, next - Date.now())))
    this.timer.unref()
  }

  /** A disk that takes nothing now may take it later. */
  private wake(): number | null {
    try {
      return wake(this.workspace, Date.now())
    } catch (fault) {
      log.warn('a snooze could not be ended', { code: PosternError.from(fault).code })
      return Date.now() + longest
    }
  }

  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
  }
}
