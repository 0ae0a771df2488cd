import type { StoreForMail } from '../../src-preload/contract/internal'
import type { NetworkContact, NetworkRules } from '../../src-preload/contract/network'
import { guardNetwork, sinceTold, type Contact, type Told } from '../shared/network-gate'
import type { Rpc } from '../shared/port-rpc'

const tellMs = 500

/** Carries what the gate sees to the store, added up by host and use; what the store has not taken yet is kept. */
export class NetworkLedger {
  private rules: NetworkRules = { blockUnexpected: true, allowedHosts: null }
  private waiting = new Map<string, NetworkContact>()
  private store: Rpc<StoreForMail> | null = null
  private timer: NodeJS.Timeout | undefined
  private readonly told = new WeakMap<Contact, Told>()

  /** Stands at the gate of this process from now on. */
  start(): void {
    guardNetwork(
      () => this.rules,
      (contact) => this.note(contact),
    )
  }

  setRules(rules: NetworkRules): void {
    this.rules = rules
  }

  connectStore(store: Rpc<StoreForMail>): void {
    this.store = store
    this.later()
  }

  /** Hands over what waits, for the end of the process. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const { store } = this
    if (!store || this.waiting.size === 0) return
    const sent = this.waiting
    this.waiting = new Map()
    try {
      await store.call('network.record', { contacts: [...sent.values()] })
    } catch {
      // The next store gets it.
      for (const contact of sent.values()) this.add(contact)
    }
  }

  private note(contact: Contact): void {
    this.add(sinceTold(contact, this.told.get(contact)))
    this.told.set(contact, { state: contact.state, sent: contact.sent, received: contact.received })
    this.later()
  }

  private add(contact: NetworkContact): void {
    const key = [contact.host, contact.port, contact.address, contact.use, contact.mailboxId, contact.expected].join(
      ' ',
    )
    const known = this.waiting.get(key)
    this.waiting.set(
      key,
      known
        ? {
            ...contact,
            at: Math.max(contact.at, known.at),
            begun: known.begun + contact.begun,
            blocked: known.blocked + contact.blocked,
            failed: known.failed + contact.failed,
            sent: known.sent + contact.sent,
            received: known.received + contact.received,
          }
        : contact,
    )
  }

  private later(): void {
    this.timer ??= setTimeout(() => void this.flush(), tellMs).unref()
  }
}
