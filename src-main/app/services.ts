import type { UtilityProcess } from 'electron'
import {
  appForMail,
  appForStore,
  mailForApp,
  storeForApp,
  type AppForMail,
  type AppForStore,
  type Handlers,
  type MailForApp,
  type StoreForApp,
} from '../../src-preload/contract/internal'
import { logger, type LogLine } from '../shared/log'
import type { Rpc } from '../shared/port-rpc'
import { channel, Service } from './processes'

const log = logger('services')

export interface ServicesOptions {
  /** The store's first process, where it was started ahead of everything. */
  readonly storeProcess: UtilityProcess | null
  /** Sample mail instead of servers; null: none. */
  readonly sampleDir: string | null
  readonly onLog: (process: string, line: LogLine) => void
  /** What mail may ask of app. */
  readonly forMail: Handlers<AppForMail>
  /** Whether the store is open to mail, and network and power are told to it. */
  readonly ready: () => boolean
  readonly onStoreUp: () => Promise<void>
  readonly onStoreEvent: (event: unknown) => void
  /** `stopped`: it crashed too often and stays away. */
  readonly onStoreDown: (stopped: boolean) => void
  readonly onMailDown: () => void
}

/** The two processes that hold mail, and the ports between them and the windows. */
export class Services {
  readonly store: Service<AppForStore, StoreForApp>
  readonly mail: Service<AppForMail, MailForApp>
  private onBattery = false

  constructor(private readonly options: ServicesOptions) {
    this.store = new Service({
      name: 'store',
      ...(options.storeProcess ? { first: options.storeProcess } : {}),
      mine: appForStore,
      theirs: storeForApp,
      onLog: options.onLog,
      handlers: {
        'mailbox.changed': async ({ id }) => {
          await this.mail.rpc.call('mailbox.changed', { id })
          return {}
        },
      },
      finish: (rpc) => rpc.call('store.close', {}),
      deadline: 5000,
      onUp: () => options.onStoreUp(),
      onEvent: (event) => options.onStoreEvent(event),
      onDown: (stopped) => options.onStoreDown(stopped),
    })
    this.mail = new Service({
      name: 'mail',
      mine: appForMail,
      handlers: options.forMail,
      theirs: mailForApp,
      onLog: options.onLog,
      finish: (rpc) => rpc.call('mail.stop', {}),
      deadline: 3000,
      onUp: async (rpc) => {
        if (options.ready()) await this.begin(rpc)
      },
      onDown: () => options.onMailDown(),
    })
  }

  /** Those that crashed too often and wait for a person. */
  get stopped(): ('store' | 'mail')[] {
    return [...(this.store.stopped ? ['store' as const] : []), ...(this.mail.stopped ? ['mail' as const] : [])]
  }

  /** Mail goes to work on the store that is open now. */
  async startMail(): Promise<void> {
    if (this.mail.running) await this.begin(this.mail.rpc)
    else this.mail.start()
  }

  private async begin(rpc: Rpc<MailForApp>): Promise<void> {
    const { one, two } = channel()
    this.store.give(one, 'mail', null)
    this.mail.give(two, 'store', null)
    await rpc.call('power.changed', { onBattery: this.onBattery })
    if (this.options.sampleDir === null) await rpc.call('mail.start', {})
    else await this.importSample(rpc, this.options.sampleDir)
  }

  /** The demo without a server: the sample mail comes from its files, and nothing connects anywhere. */
  private async importSample(rpc: Rpc<MailForApp>, dir: string): Promise<void> {
    const { mailboxes } = await this.store.rpc.call('mailbox.all', {})
    const { messages } = await rpc.call('import.sample', { dir, mailboxIds: mailboxes.map(({ id }) => id) })
    log.info('sample mail is in', { messages })
  }

  /** A port to store for the agents' window: who is asking is fixed here. */
  windowPort(): Electron.MessagePortMain {
    const { one, two } = channel()
    this.store.give(one, 'window', { kind: 'agent', name: '' })
    return two
  }

  /** The same for the window of a support session. */
  supportPort(session: number, name: string): Electron.MessagePortMain {
    const { one, two } = channel()
    this.store.give(one, 'window', { kind: 'support', name, session })
    return two
  }

  powerChanged(onBattery: boolean): void {
    this.onBattery = onBattery
    if (this.mail.running && this.options.ready())
      void this.mail.rpc.call('power.changed', { onBattery }).catch(() => undefined)
  }

  networkChanged(online: boolean): void {
    if (this.mail.running && this.options.ready())
      void this.mail.rpc.call('network.changed', { online }).catch(() => undefined)
  }
}
