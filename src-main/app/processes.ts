import { MessageChannelMain, type UtilityProcess } from 'electron'
import type { Caller } from '../../src-preload/contract/access'
import { PosternError } from '../../src-preload/contract/errors'
import type { CallTable, Handlers } from '../../src-preload/contract/internal'
import { joinPort, type Port, type Rpc } from '../shared/port-rpc'
import { logger, type LogLine } from '../shared/log'
import { Crashes } from './crashes'
import { forkService, type ServiceName } from './fork'

const log = logger('processes')

const restartDelays = [200, 1000, 3000, 8000]

export interface ServiceOptions<Mine extends CallTable, Theirs extends CallTable> {
  readonly name: ServiceName
  /** Its first process, when it was started before anything else: it runs, or has ended since. */
  readonly first?: UtilityProcess
  readonly mine: Mine
  readonly handlers: Handlers<Mine>
  readonly theirs: Theirs
  readonly onLog: (process: string, line: LogLine) => void
  /** What the process tells besides log lines. */
  readonly onEvent?: (event: unknown) => void
  /** Called each time a fresh process is up. What may fail in it is the owner's to show: a rejection is only logged. */
  readonly onUp: (rpc: Rpc<Theirs>) => Promise<void>
  readonly onDown: (stopped: boolean) => void
  /** Asks it to finish, when it is stopped; after `deadline` ms it is ended all the same. */
  readonly finish: (rpc: Rpc<Theirs>) => Promise<unknown>
  readonly deadline: number
}

/**
 * One supervised utility process: restarted with growing delays; five crashes in five minutes stop it until a person
 * asks for another try. All calls that wait when it dies fail with `service-restarting` or `service-stopped`.
 */
export class Service<Mine extends CallTable, Theirs extends CallTable> {
  private child: UtilityProcess | null = null
  private current: Rpc<Theirs> | null = null
  private readonly crashes = new Crashes()
  private wanted = false
  private first: UtilityProcess | undefined
  stopped = false

  constructor(private readonly options: ServiceOptions<Mine, Theirs>) {
    this.first = options.first
  }

  /** The connection; throws `service-stopped` or `service-restarting` while there is none. */
  get rpc(): Rpc<Theirs> {
    if (!this.current) throw new PosternError(this.stopped ? 'service-stopped' : 'service-restarting')
    return this.current
  }
  get running(): boolean {
    return this.current !== null
  }
  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Starts it, also after it was stopped for crashing too often. */
  start(): void {
    this.wanted = true
    this.stopped = false
    this.crashes.forget()
    if (!this.child) this.spawn()
  }

  private spawn(): void {
    const { name } = this.options
    // One without a number has ended before anybody listened to it.
    const child = this.first?.pid === undefined ? forkService(name) : this.first
    this.first = undefined
    this.child = child
    // Output outside the logger is a fault of a library or a crash report: its first bytes go to the log, redacted.
    child.stderr?.on('data', (chunk: Buffer) =>
      log.warn(`${name} wrote to stderr`, { text: chunk.toString('utf8', 0, 500) }),
    )
    child.stdout?.on('data', (chunk: Buffer) =>
      log.warn(`${name} wrote to stdout`, { text: chunk.toString('utf8', 0, 200) }),
    )

    const port: Port = {
      post: (message) => child.postMessage(message),
      onMessage: (listener) => child.on('message', listener),
    }
    const rpc = joinPort(port, this.options.mine, this.options.handlers, this.options.theirs, {
      onFault: (call, fault) => log.error('handler failed', { call, fault }),
    })
    rpc.onEvent((event) => {
      if (isLogEvent(event)) this.options.onLog(name, event.line)
      else this.options.onEvent?.(event)
    })
    const up = (): void => {
      if (this.child !== child) return
      this.current = rpc
      log.info('process is up', { service: name, pid: child.pid })
      this.options.onUp(rpc).catch((fault: unknown) => log.error('start failed', { service: name, fault }))
    }
    if (child.pid === undefined) child.once('spawn', up)
    else up()
    child.once('exit', (code) => {
      const last = this.child === child
      rpc.close(this.wanted ? 'service-restarting' : 'service-stopped')
      if (!last) return
      this.child = null
      this.current = null
      if (this.wanted) this.crashed(code)
    })
  }

  private crashed(code: number): void {
    const { count, tooMany } = this.crashes.note()
    this.stopped = tooMany
    log.error('process ended', {
      service: this.options.name,
      exit: code,
      crashes: count,
      stopped: this.stopped,
    })
    this.options.onDown(this.stopped)
    if (this.stopped) {
      this.wanted = false
      return
    }
    const delay = restartDelays[Math.min(count - 1, restartDelays.length - 1)] ?? 8000
    setTimeout(() => {
      if (this.wanted && !this.child) this.spawn()
    }, delay)
  }

  /** Hands one end of a channel to this process. Does nothing when it is not up: it gets a new one when it is. */
  give(port: Electron.MessagePortMain, to: 'window' | 'mail' | 'store', caller: Caller | null): void {
    this.child?.postMessage({ t: 'port', to, caller }, [port])
  }

  /** Lets it finish, for at most `deadline` ms, and ends it. */
  async stop(deadline = this.options.deadline): Promise<void> {
    this.wanted = false
    const { child, current } = this
    const { name, finish } = this.options
    if (!child) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    if (current) {
      const asked = finish(current).catch((fault: unknown) => log.warn('did not finish', { service: name, fault }))
      await Promise.race([asked, gone, new Promise((resolve) => setTimeout(resolve, deadline))])
    }
    child.kill()
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 1000))])
  }
}

/** A fresh channel between two processes, or between a process and the window. */
export function channel(): { one: Electron.MessagePortMain; two: Electron.MessagePortMain } {
  const { port1, port2 } = new MessageChannelMain()
  return { one: port1, two: port2 }
}

function isLogEvent(event: unknown): event is { topic: 'log'; line: LogLine } {
  return typeof event === 'object' && event !== null && 'topic' in event && event.topic === 'log' && 'line' in event
}
