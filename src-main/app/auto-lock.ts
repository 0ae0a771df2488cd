/** When to lock, as the settings say. */
export interface LockRules {
  readonly minutes: number
  readonly onSleep: boolean
}

export interface LockPorts {
  /** Whether the workspace is open and can be locked. */
  open(): boolean
  rules(): Promise<LockRules>
  /** Seconds since the last key or movement anywhere on the computer; 0 where the system does not tell. */
  systemIdle(): number
  now(): number
  lock(): void
}

/** Rules are asked for only once nobody was there for this long, in seconds. */
const lookAfter = 30

/** Locks after minutes without a hand on the computer, and when it sleeps or its screen is locked. */
export class AutoLock {
  private handAt: number

  constructor(private readonly ports: LockPorts) {
    this.handAt = ports.now()
  }

  /** A key or the mouse in our own window: what counts where the system does not tell. */
  handSeen(): void {
    this.handAt = this.ports.now()
  }

  /** Seconds without a hand. Some desktops always answer 0: then our own window is what is known. */
  private idle(): number {
    const system = this.ports.systemIdle()
    return system > 0 ? system : (this.ports.now() - this.handAt) / 1000
  }

  /** To be called every few seconds. */
  async tick(): Promise<void> {
    if (!this.ports.open() || this.idle() < lookAfter) return
    const { minutes } = await this.ports.rules()
    if (minutes > 0 && this.idle() >= minutes * 60 && this.ports.open()) this.ports.lock()
  }

  /** The computer goes to sleep, or its screen is locked. */
  async sleeping(): Promise<void> {
    if (!this.ports.open()) return
    if ((await this.ports.rules()).onSleep && this.ports.open()) this.ports.lock()
  }
}
