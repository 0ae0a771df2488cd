import type { Caller } from '../../src-preload/contract/access'
import { calls, supportTable, type CallName, type Calls } from '../../src-preload/contract/calls'
import { PosternError } from '../../src-preload/contract/errors'
import type { NetworkContact } from '../../src-preload/contract/network'
import type { PosternEvent } from '../../src-preload/contract/events'
import {
  appForStore,
  mailForStore,
  storeForApp,
  storeForMail,
  type AppForStore,
  type MailForStore,
} from '../../src-preload/contract/internal'
import { logger } from '../shared/log'
import { joinPort, type Port, type Rpc } from '../shared/port-rpc'
import { requirePermission } from './access'
import { Publisher } from './changes'
import type { Reader } from './file/database'
import { recordContacts } from './privacy/ledger'
import { appHandlers, mailHandlers } from './handlers/internal'
import { recoverSending } from './outbox/outbox-queue'
import { rotate } from './file/rotation'
import { getSettings } from './settings'
import { supportHandlers } from './handlers/support'
import { SupportDesk } from './privacy/support-desk'
import { mustErase } from './team/hand-over'
import { afterLease, requireLease } from './team/lease'
import { ownPermissions } from './team/roles'
import { Timings } from './timings'
import { windowHandlers } from './handlers'
import { openAll, type Open, type OpenStore } from './open-store'

const log = logger('store')

/** Refused connections that wait for the store to be open, at most. */
const mostRefused = 100

export type StoreCallName = Exclude<CallName, `app.${string}`>
/** The window's calls that are at home here. */
export type StoreCalls = Pick<Calls, StoreCallName>

/** The store as a service: ports come and go, the database is opened and closed by app, events go to every window. */
export class StoreService {
  private current: OpenStore | null = null
  private mail: Rpc<MailForStore> | null = null
  private app: Rpc<AppForStore> | null = null
  private readonly refused: NetworkContact[] = []
  private readonly windows = new Set<Rpc<Record<never, never>>>()
  private readonly supportWindows = new Map<number, Rpc<Record<never, never>>>()
  readonly timings = new Timings()
  private readonly publisher = new Publisher((event) => this.publish(event))

  /** `threadScript`: the file that serves as the store's thread; null: its work is done in this one. */
  constructor(private readonly threadScript: URL | null = null) {}

  /** @throws PosternError `store-locked` before `store.open` and after `store.close` */
  get open(): Open {
    if (!this.current) throw new PosternError('store-locked')
    return this.current.open
  }

  /** The database for questions. @throws PosternError `store-locked` like `open` */
  get read(): Reader {
    return this.open.workspace.db.read
  }

  /** Asking again for what is open is no error: app may not have heard the first answer. */
  openStore(dir: string, key: Uint8Array, device: Uint8Array): { created: boolean; restored: boolean } {
    if (this.current?.dir === dir) return { created: this.current.created, restored: false }
    this.closeStore()
    this.current = openAll(dir, key, device, this.threadScript, {
      mail: () => this.mail,
      app: () => this.app,
      committed: (changes) => this.publisher.committed(changes),
      sessionEnded: (session, why) => this.dropSupport(session, why),
    })
    this.recordRefused()
    const { created, restored } = this.current
    log.info('database is open', { created, restored })
    return { created, restored }
  }

  /** Gives the store another key; see rotation. It is closed afterwards. */
  async rotateKey(dir: string, key: Uint8Array, next: Uint8Array): Promise<void> {
    this.closeStore()
    await rotate(dir, key, next, (step, done, total) => this.app?.emit({ topic: 'rotation', step, done, total }))
  }

  closeStore(): void {
    const { current } = this
    if (!current) return
    current.open.support.close()
    this.current = null
    current.close()
    log.info('database is closed')
  }

  joinApp(port: Port): void {
    this.app = joinPort(port, storeForApp, appHandlers(this), appForStore, { onFault })
  }

  /** A new mail process: what the old one was sending is in doubt. */
  joinMail(port: Port): void {
    this.mail?.close('service-restarting')
    const rpc = joinPort(
      {
        ...port,
        onClose: (listener) =>
          port.onClose?.(() => {
            listener()
            if (this.mail === rpc) this.mail = null
          }),
      },
      storeForMail,
      mailHandlers(this),
      mailForStore,
      { onFault, onRefused: this.onRefused },
    )
    this.mail = rpc
    if (!this.current) return
    recoverSending(this.current.open.workspace)
    this.tellNetworkRules()
  }

  /** A process that must not connect tried to: it goes into the ledger, once that is open. */
  connectionRefused(contact: NetworkContact): void {
    this.refused.push(contact)
    if (this.refused.length > mostRefused) this.refused.shift()
    // Whoever tried may have been in the middle of a transaction.
    setImmediate(() => this.recordRefused())
  }

  private recordRefused(): void {
    if (!this.current || this.refused.length === 0) return
    const contacts = this.refused.splice(0)
    this.open.workspace.db.write((tx) => recordContacts(tx, contacts))
  }

  /** Settings or policy changed which hosts may be reached. */
  tellNetworkRules(): void {
    this.mail
      ?.call('network.rules', {
        blockUnexpected: this.open.support.policy.blockUnexpectedHosts ?? getSettings(this.read).blockUnexpectedHosts,
        allowedHosts: this.open.support.policy.allowedMailHosts ?? null,
      })
      .catch(() => undefined)
  }

  /** Whether durations and faults are part of a report now. */
  get isTroubleshooting(): boolean {
    return this.open.support.policy.diagnostics !== 'off' && getSettings(this.read).troubleshooting
  }

  troubleshootingChanged(): void {
    this.timings.switch(this.isTroubleshooting)
  }

  /** The window of a support session: its own table, its own functions, its own connection. */
  private joinSupport(port: Port, number: number): void {
    const desk = this.current?.open.support
    // It was taken away while its window opened.
    if (!desk?.has(number)) return this.dropSupport(number, 'ended')
    const session = desk.session(number)
    const rpc = joinPort(
      {
        ...port,
        onClose: (listener) =>
          port.onClose?.(() => {
            listener()
            this.current?.open.support.endSession(number, 'window-closed')
          }),
      },
      supportTable,
      supportHandlers(this, session),
      {},
      {
        before: (name) => this.admitSupport(session, name),
        onUnknown: (name) => session.admit(name),
        onFault,
        onRefused: this.onRefused,
      },
    )
    this.supportWindows.set(number, rpc)
  }

  /** A computer that is locked to its own people is locked to guests. */
  private admitSupport(session: ReturnType<SupportDesk['session']>, name: string): void {
    const { workspace } = this.open
    if (mustErase(workspace.db.read)) throw new PosternError('erased', 'this computer was taken out of the team')
    requireLease(workspace)
    session.admit(name)
  }

  private dropSupport(number: number, why: string): void {
    const rpc = this.supportWindows.get(number)
    this.supportWindows.delete(number)
    rpc?.emit({ topic: 'support-ended', why } satisfies PosternEvent)
    rpc?.close()
    this.app?.emit({ topic: 'support-ended', session: number, why })
  }

  joinWindow(port: Port, caller: Caller): void {
    if (caller.kind === 'support') return this.joinSupport(port, caller.session)
    const mine: StoreCalls = calls
    const rpc = joinPort(
      {
        ...port,
        onClose: (listener) =>
          port.onClose?.(() => {
            listener()
            this.windows.delete(rpc)
          }),
      },
      mine,
      windowHandlers(this, caller),
      {},
      {
        before: (name) => {
          const def = isStoreCall(name) ? calls[name] : undefined
          if (def?.home !== 'store') throw new PosternError('invalid-input', 'not a call of the store')
          const workspace = this.current?.open.workspace
          if (inARow.has(name)) workspace?.turns.asked()
          if (def.kind === 'write') this.publisher.act()
          if (byHand.has(name)) workspace?.turns.hand()
          if (workspace && mustErase(workspace.db.read))
            throw new PosternError('erased', 'this computer was taken out of the team')
          if (workspace && !afterLease.has(name)) requireLease(workspace)
          requirePermission(
            caller,
            def.permission,
            workspace ? ownPermissions(workspace.db.read, workspace.device.id) : null,
          )
        },
        onServed: (name, ms) => {
          this.timings.note(name, ms)
          log.debug('call', { call: name, ms: Math.round(ms) })
        },
        onFault,
        onRefused: this.onRefused,
      },
    )
    this.windows.add(rpc)
  }

  callMail(): Rpc<MailForStore> | null {
    return this.mail
  }

  callApp(): Rpc<AppForStore> | null {
    return this.app
  }

  /** Damage that is met while reading: app is told, so that it can offer to set the database aside. */
  private readonly onRefused = (call: string, error: PosternError): void => {
    if (error.code !== 'store-corrupt') return
    log.error('the database is damaged', { call })
    this.app?.emit({ topic: 'store-damaged' })
  }

  /** What was committed just now is told without waiting for what follows. */
  tellNow(): void {
    this.publisher.act()
  }

  private publish(event: PosternEvent): void {
    for (const window of this.windows) window.emit(event)
  }
}

/** Calls that only a person's step causes; the others a window repeats by itself to stay fresh. */
const byHand: ReadonlySet<string> = new Set<StoreCallName>([
  'conversations.get',
  'messages.body',
  'search.query',
  'drafts.save',
])

/** Calls after which more are likely to come at once: of somebody who scrolls, types or walks through conversations. What a window asks by itself now and then must not make a sync take smaller steps. */
const inARow: ReadonlySet<string> = new Set<StoreCallName>([
  'conversations.get',
  'conversations.list',
  'conversations.position',
  'customers.get',
  'messages.body',
  'search.query',
  'drafts.save',
])

function isStoreCall(name: string): name is StoreCallName {
  return Object.hasOwn(calls, name) && !name.startsWith('app.')
}

function onFault(name: string, fault: unknown): void {
  log.error('handler failed', { call: name, fault })
}
