import { wake } from './work'
import type { Workspace } from '../workspace'

/** A clock that is set, and a laptop that slept, are noticed within this, ms. */
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
    const next = wake(this.workspace, Date.now())
    if (next === null) return
    this.timer = setTimeout(() => this.look(), Math.max(0, Math.min(longest, next - Date.now())))
    this.timer.unref()
  }

  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
  }
}
